// SPDX-License-Identifier: Apache-2.0
// Which site a link means, by its suite, without visiting it.

import { PortholeError } from '../../proto/errors.ts';
import type { Message } from '../../proto/rendezvous.ts';
import { Rendezvous } from '../../transport/rendezvous/client.ts';
import { linkParts } from '../links/invite-link.ts';
import type { SiteInfo } from './visit.ts';

/** How long the suite may take to answer, in milliseconds. */
const CONTACT_MS = 10_000;

/** The site that a suite describes. */
export function siteInfo({ site, name, card, link }: Message<'SiteStatus'>): SiteInfo {
  return { id: site, name, title: card?.title ?? '', link };
}

/**
 * Asks the suite of a link.
 * @throws PortholeError LINK_INVALID, SUITE_UNREACHABLE, SITE_UNKNOWN, KEY_WRONG; the signal's reason
 */
export async function findSite(given: string, signal?: AbortSignal): Promise<SiteInfo> {
  const { link, site } = linkParts(given);
  const rendezvous = new Rendezvous(link, {});
  try {
    await rendezvous.ready(CONTACT_MS, signal);
    const info = siteInfo(await rendezvous.ask('find', { link }));
    if (site !== null && info.id !== site)
      throw new PortholeError('KEY_WRONG', 'the suite leads to another site than the one that the link names');
    return info;
  } finally {
    rendezvous.close();
  }
}

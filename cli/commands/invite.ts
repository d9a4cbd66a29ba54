// SPDX-License-Identifier: Apache-2.0
// `porthole invite`: a link that opens a site hosted from this machine, for a while.

import { randomBytes } from 'node:crypto';
import { withInvite, withKey } from '../../client-runtime/invite-link.ts';
import { noteInvite } from '../../host-agent/access/invite-list.ts';
import { INVITE_KEY_LABEL, makeInvite } from '../../host-agent/access/invites.ts';
import type { Identity } from '../../host-agent/identity.ts';
import { PortholeError } from '../../proto/errors.ts';
import { siteLink } from '../../signaling/names.ts';
import { suiteUrl } from '../../transport/suite-url.ts';
import type { Context } from '../context.ts';
import { usableHome } from '../home.ts';
import { SiteHome } from '../site-home.ts';

/** How long an invitation lasts when it is not said, in milliseconds: a week. */
const EXPIRES_MS = 7 * 24 * 60 * 60 * 1000;
const ID_BYTES = 8;
const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

export async function invite({ output, settings }: Context, folder: string, now: number = Date.now()): Promise<void> {
  const home = await SiteHome.of(await usableHome(settings), folder || undefined, settings.name);
  const site = await home.known();
  if (!site) throw new PortholeError('SITE_UNKNOWN', 'this site was never hosted from here; bring it online first:  porthole host');
  const link = await linkOf(home, site, settings.suite);
  const id = randomBytes(ID_BYTES);
  const token = makeInvite(site.identity.derive(INVITE_KEY_LABEL), id, now + (settings.expires ?? EXPIRES_MS));
  // The token counts whole seconds.
  const expires = Math.ceil((now + (settings.expires ?? EXPIRES_MS)) / 1000) * 1000;
  const label = settings.label ?? '';
  await noteInvite(home.invitesFile, { id: id.toString('hex'), expires, label }, now);
  const invited = withInvite(link, token);
  output.event(
    { event: 'invite', link: invited, id: id.toString('hex'), expires: new Date(expires).toISOString(), label },
    `\n  ${invited}\n\n  Whoever has this link gets in until ${when.format(expires)}.\n`,
  );
  output.qr(invited);
}

type Known = { readonly identity: Identity; readonly name: string };

/** The site's link: as its suite gave it, or as the suite that is named would. */
async function linkOf(home: SiteHome, site: Known, suite: string | undefined): Promise<string> {
  const last = await home.lastOnline();
  const url = suite === undefined ? null : suiteUrl(suite);
  if (last && (!url || new URL(last.suite).origin === url.origin)) return last.link;
  if (url) return withKey(siteLink(url, site.name), site.identity.id);
  throw new PortholeError('CONFIG_INVALID', 'where this site is online is not known; give --suite');
}

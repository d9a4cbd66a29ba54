// SPDX-License-Identifier: Apache-2.0
// Begins visits: one that keeps trying, and one that has a path before it is handed over.

import { abortable } from '../../transport/time/clock.ts';
import { SiteVisit } from './site-visit.ts';
import type { Visit, VisitOptions } from './visit.ts';

/**
 * Begins a visit; it keeps trying until closed. See `status` for where it stands.
 * @param link a link to a site, or any URL the suite understands
 * @throws PortholeError LINK_INVALID, TOKEN_INVALID
 */
export function startVisit(link: string, options: VisitOptions): Visit {
  return new SiteVisit(link, options);
}

/**
 * Visits a site: resolves when a path stands.
 * @param link a link to a site
 * @throws PortholeError LINK_INVALID, SUITE_UNREACHABLE, SITE_UNKNOWN, HOST_OFFLINE, NO_PATH; NOT_ALLOWED, PASSWORD_NEEDED and
 * their like when the host does not let this visitor in; the signal's reason
 */
export async function visitSite(link: string, options: VisitOptions): Promise<Visit> {
  const visit = new SiteVisit(link, options);
  try {
    await abortable(visit.firstPath(), options.signal);
    return visit;
  } catch (error) {
    await visit.close();
    throw error;
  }
}

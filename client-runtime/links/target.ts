// SPDX-License-Identifier: Apache-2.0
// Which path and query of a site a link asks for.

import { withScheme } from '../../transport/rendezvous/suite-url.ts';

/**
 * The target (path and query) that a link names on its site.
 * @param link as the visitor gave it: on the site's own origin, or `…/name/path` or `…/?hostid=…` on the suite's
 * @param site the site's name, id and its own link
 */
export function targetOf(link: string, site: { readonly name: string; readonly id: string; readonly link: string }): string {
  const url = new URL(withScheme(link));
  const own = new URL(site.link);
  // Under an address a site is a path of the suite's own origin, not an origin.
  const isOrigin = own.pathname === '/';
  if ((isOrigin && url.hostname === own.hostname) || url.hostname.startsWith(`${site.id}.`)) return url.pathname + url.search;
  const [, label = '', rest = '/'] = /^\/([^/]*)(.*)$/.exec(url.pathname) ?? [];
  // Names have no case.
  if (label.toLowerCase() === site.name || label.toLowerCase() === site.id) return (rest || '/') + url.search;
  return '/';
}

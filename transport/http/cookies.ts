// SPDX-License-Identifier: Apache-2.0
// Which cookies of a site a gateway passes on: none that would apply to other sites of the same suite.

/** Whether a cookie is for the site's own host name: one for all names of the suite would reach its neighbours. */
export function isForHost(cookie: string, host: string): boolean {
  const own = host.replace(/:\d+$/, '').toLowerCase();
  return [...cookie.matchAll(/;\s*domain\s*=\s*\.?([^;]*)/gi)].every(([, domain = '']) => ['', own].includes(domain.trim().toLowerCase()));
}

/** A site's cookie at a gateway that calls it by another name: for that name alone; null where it was for others than the site's own. */
export function hostOnly(cookie: string, host: string): string | null {
  return isForHost(cookie, host) ? cookie.replace(/;\s*domain\s*=[^;]*/gi, '') : null;
}

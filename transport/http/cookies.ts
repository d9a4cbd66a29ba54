// SPDX-License-Identifier: Apache-2.0
// Which cookies of a site a gateway passes on: none that would apply to other sites of the same suite.

/** Whether a cookie is for the site's own host name: one for all names of the suite would reach its neighbours. */
export function isForHost(cookie: string, host: string): boolean {
  const own = host.replace(/:\d+$/, '').toLowerCase();
  return [...cookie.matchAll(/;\s*domain\s*=\s*\.?([^;]*)/gi)].every(([, domain = '']) => ['', own].includes(domain.trim().toLowerCase()));
}

/** A site's cookie for the host that it was asked by, alone; null where it was for others than the site's own. @param hosts what the site is called */
export function hostOnly(cookie: string, hosts: readonly string[]): string | null {
  return hosts.some((host) => isForHost(cookie, host)) ? cookie.replace(/;\s*domain\s*=[^;]*/gi, '') : null;
}

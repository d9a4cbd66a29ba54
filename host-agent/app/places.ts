// SPDX-License-Identifier: Apache-2.0
// Addresses of the site and of the app behind it, each as the other has it: paths below a base, and redirections back.

import { type AppTarget, isLoopbackName } from './target.ts';

/** No host has this name (RFC 6761 section 6.4): what leaves it leaves the site. */
const HERE = 'http://here.invalid';

/**
 * The target that the app is asked for. Where the site is the whole app it goes as it was written. Below a base it is `base` and
 * the path; one that begins with the base already stays, since pages of such apps link so.
 * @param target path and query, as the visitor wrote them
 */
export function targetAtApp({ base }: AppTarget, target: string): string {
  if (base === '/') return target;
  // Read as browsers do, so that no `..` leads out of the base.
  const { pathname, search } = new URL(HERE + target);
  return (isBelow(base, pathname) ? pathname : base + pathname.slice(1)) + search;
}

const isBelow = (base: string, path: string): boolean => path.startsWith(base) || path === base.slice(0, -1);

/** A path of the app (with query and fragment) as the site has it: the shortest that leads there again. */
function pathAtSite({ base }: AppTarget, path: string): string {
  if (base === '/' || !path.startsWith(base)) return path;
  const shorter = path.slice(base.length - 1);
  return isBelow(base, shorter.replace(/[?#].*$/s, '')) ? path : shorter;
}

/** Whether a host and port are those of the app; for one on this machine by whatever name. */
export function isOfApp(target: AppTarget, authority: string, secure: boolean): boolean {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:@]*)(?::(\d+))?$/.exec(authority.toLowerCase()) ?? [];
  if (host === '' || (port === undefined ? (secure ? 443 : 80) : Number(port)) !== target.port) return false;
  const name = host.replace(/^\[|\]$/g, '');
  return name === target.host || (target.loopback && isLoopbackName(name));
}

/** Whether an authority is the one that a visitor calls the site by, whatever scheme it was reached by. */
export function isOfSite(site: string, authority: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/:(80|443)$/, '');
  return site !== '' && plain(site) === plain(authority);
}

/**
 * Where a reference of the app's answer leads at the site: what leads into the app, by its own name or the site's, becomes a path,
 * which holds by whatever scheme the site was opened. All else stays as it is.
 * @param names the site's authorities
 */
export function referenceAtSite(target: AppTarget, names: readonly string[], reference: string): string {
  const [, scheme, authority, rest = ''] = /^\s*(?:(https?):)?\/\/([^/?#\\]*)(.*)$/is.exec(reference) ?? [];
  if (authority === undefined) {
    const path = pathAtSite(target, reference);
    return path === reference ? reference : within(path);
  }
  const secure = scheme === undefined ? target.secure : scheme.toLowerCase() === 'https';
  if (!isOfApp(target, authority, secure) && !names.some((site) => isOfSite(site, authority))) return reference;
  return within(pathAtSite(target, /^[/\\]/.test(rest) ? rest : `/${rest}`));
}

/** A path that is read as one: `//evil.example`, once its host is taken off, would lead to another host. */
function within(path: string): string {
  return URL.canParse(path, HERE) && new URL(path, HERE).origin === HERE ? path : `/.${path}`;
}

/** A path that a cookie of the app is for, as the site has it. */
export function cookiePathAtSite(target: AppTarget, path: string): string {
  return path === target.base.slice(0, -1) ? '/' : pathAtSite(target, path);
}

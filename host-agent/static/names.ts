// SPDX-License-Identifier: Apache-2.0
// Names: which path of a URL may name something in a folder, and what it is called there.

/** What a URL's path asks for: a name below the folder ('' is the folder itself), and whether it ends with a slash. */
export interface AskedPath {
  readonly name: string;
  readonly slash: boolean;
}

/** The one dot name that is meant for visitors (RFC 8615). */
const WELL_KNOWN = '.well-known';

/**
 * Whether a file or folder of this name is shown to visitors. Dot names hold secrets (.git, .env) and '..';
 * a slash, backslash or NUL in a single name can only be an attempt to climb.
 */
export function isPublicName(name: string): boolean {
  if (name === '' || name.includes('/') || name.includes('\\') || name.includes('\0')) return false;
  return name[0] !== '.' || name === WELL_KNOWN;
}

/** Whether every step of a path with slashes is public. The empty path, the folder itself, is. */
export function isPublicPath(path: string): boolean {
  return path === '' || path.split('/').every(isPublicName);
}

/**
 * Reads a URL's path (RFC 3986), as `URL.pathname` gives it.
 * @returns 'malformed' when its percent-encoding is not UTF-8, 'hidden' when it names what visitors may not have
 */
export function readPath(pathname: string): AskedPath | 'malformed' | 'hidden' {
  if (pathname === '/') return { name: '', slash: true };
  const slash = pathname.endsWith('/');
  const steps = pathname.slice(1, slash ? -1 : undefined).split('/');
  if (pathname.includes('%')) {
    for (const [index, step] of steps.entries()) {
      try {
        steps[index] = decodeURIComponent(step);
      } catch {
        return 'malformed';
      }
    }
  }
  return steps.every(isPublicName) ? { name: steps.join('/'), slash } : 'hidden';
}

// SPDX-License-Identifier: Apache-2.0
// Names: which path of a URL may name something in a folder, and what it is called there.

/** What a URL's path asks for: a name below the folder ('' is the folder itself), and whether it ends with a slash. */
export interface AskedPath {
  readonly name: string;
  readonly slash: boolean;
}

/** The one dot name that is meant for visitors (RFC 8615). */
const WELL_KNOWN = '.well-known';
/** Porthole's own settings: they name files with passwords and keys, and may lie beside what is shared. */
const SETTINGS_FILE = 'porthole.config.json';

/**
 * Whether a file or folder of this name is shown to visitors. Dot names hold secrets (.git, .env) and '..', settings of Porthole
 * are its owner's; a slash, backslash or NUL in a single name can only be an attempt to climb.
 */
export function isPublicName(name: string): boolean {
  return isLinkable(name) && !isHidden(name);
}

/** Whether a link can carry a name: it is text, and no part of it reads as a separator. */
export function isLinkable(name: string): boolean {
  // A name that is not UTF-8 comes with a replacement character, and no URL leads to it.
  return name !== '' && !/[/\\\0\ufffd]/.test(name);
}

/** Whether a name is kept from visitors. */
function isHidden(name: string): boolean {
  // File systems that do not tell cases apart open the settings by any of their spellings.
  return (name[0] === '.' && name !== WELL_KNOWN) || name.toLowerCase() === SETTINGS_FILE;
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

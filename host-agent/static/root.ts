// SPDX-License-Identifier: Apache-2.0
// What both kinds of folder share: where the root is, what is inside it, and what errors mean to a visitor.

import * as fs from 'node:fs';
import { sep } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';
import type { Found, Look } from './folder.ts';
import { isPublicName, isPublicPath } from './names.ts';

/** A FIFO that slips in must not hold the opening up; a terminal must not become ours. */
export const READ = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOCTTY ?? 0);

/** Where a folder is: the path it was given by, and the real path that this last led to. */
export interface Root {
  readonly path: string;
  real: string;
}

/** The name, with slashes, that a real path has inside a real folder; null when it is not inside. */
function nameInside(folder: string, real: string): string | null {
  if (real === folder) return '';
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  if (!real.startsWith(prefix)) return null;
  const name = real.slice(prefix.length);
  return sep === '/' ? name : name.replaceAll(sep, '/');
}

/** Whether a real path is in the folder and public, looking again where the folder is before saying no. */
export async function holds(root: Root, real: string): Promise<boolean> {
  let name = nameInside(root.real, real);
  if (name === null) {
    root.real = await fs.promises.realpath(root.path);
    name = nameInside(root.real, real);
  }
  return name !== null && isPublicPath(name);
}

/** What an error of the file system means to a visitor. */
export function refusal(thrown: unknown): Found {
  switch ((thrown as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'ENXIO':
      return 'missing';
    case 'EACCES':
    case 'EPERM':
      return 'forbidden';
    case 'EMFILE':
    case 'ENFILE':
      return 'busy';
    default:
      throw new PortholeError('SITE_FAILED', 'a file could not be opened', { cause: thrown });
  }
}

/** A look at what a file system says of a name; null when it is neither a file nor a folder. */
export function lookOf(stats: fs.Stats): Look | null {
  if (stats.isDirectory()) return { size: null, modified: stats.mtime };
  return stats.isFile() ? { size: stats.size, modified: stats.mtime } : null;
}

/** The first public names in a folder of the disk; null when it is none, or may not be read. */
export async function someNames(path: string, most: number): Promise<string[] | null> {
  try {
    const names: string[] = [];
    for await (const entry of await fs.promises.opendir(path)) {
      if (names.length === most) break;
      // A name that is not UTF-8 comes with a replacement character, and no URL leads to it.
      if (isPublicName(entry.name) && !entry.name.includes('\ufffd')) names.push(entry.name);
    }
    return names;
  } catch {
    return null;
  }
}

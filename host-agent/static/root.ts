// SPDX-License-Identifier: Apache-2.0
// What both kinds of folder share: where the root is, what is inside it, and what errors mean to a visitor.

import * as fs from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';
import type { Entries, Entry, Look, Refusal, Unseen } from './folder.ts';
import { isLinkable, isPublicName, isPublicPath } from './names.ts';

/** A FIFO that slips in must not hold the opening up; a terminal must not become ours. */
export const READ = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOCTTY ?? 0);

/** Where a folder is: the path it was given by, and the real path that this last led to. */
export interface Root {
  readonly path: string;
  real: string;
  /** Real paths below which nothing is offered. */
  readonly excluded: readonly string[];
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
  return name !== null && isPublicPath(name) && !isExcluded(root, real);
}

/** What is excluded lies in the folder: who shares a folder of an excluded one means it. */
function isExcluded(root: Root, real: string): boolean {
  return root.excluded.some((kept) => nameInside(kept, real) !== null && nameInside(kept, root.real) === null);
}

/** Where a path leads, or will lead once it is made: the real path of what is there of it, and the rest. */
export async function realPathToBe(path: string): Promise<string> {
  const whole = resolve(path);
  for (let at = whole; ; at = dirname(at)) {
    const real = await fs.promises.realpath(at).catch(() => null);
    if (real !== null) return join(real, relative(at, whole));
    if (at === dirname(at)) return whole;
  }
}

/** What an error of the file system means to a visitor. */
export function refusal(thrown: unknown): Refusal {
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

/** What a look at a path tells, or why visitors may not have it. The path must lead to it and nowhere else. */
export function lookOf(stats: fs.Stats | fs.BigIntStats, path: string): Look | Unseen {
  if (!stats.isDirectory() && !stats.isFile()) return 'special';
  if (!isReadable(path)) return 'unreadable';
  return { size: stats.isDirectory() ? null : Number(stats.size), modified: stats.mtime };
}

/** Tried, not asked: what the system grants follows from more than the mode. */
function isReadable(path: string): boolean {
  try {
    fs.closeSync(fs.openSync(path, READ));
    return true;
  } catch {
    return false;
  }
}

/** Entries that are fetched from the disk together. */
const ENTRIES_AT_ONCE = 1024;

/** The public entries of a folder of the disk. Throws Node's own error. */
export async function entriesOf(path: string, most: number): Promise<Entries> {
  const entries: Entry[] = [];
  const found = { hidden: false, unlinkable: 0, special: 0, more: false };
  for await (const entry of await fs.promises.opendir(path, { bufferSize: ENTRIES_AT_ONCE })) {
    if (entries.length === most) {
      found.more = true;
      break;
    }
    const kind = kindOf(entry);
    if (!isLinkable(entry.name)) found.unlinkable++;
    else if (!isPublicName(entry.name)) found.hidden = true;
    else if (kind === null) found.special++;
    else entries.push({ name: entry.name, kind });
  }
  return { entries, ...found };
}

function kindOf(entry: fs.Dirent): Entry['kind'] | null {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  const special = entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice();
  return special ? null : 'unknown'; // a link, or a file system that does not tell
}

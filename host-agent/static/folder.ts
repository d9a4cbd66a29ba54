// SPDX-License-Identifier: Apache-2.0
// A folder as a closed room: opens what lies in it, and nothing that lies elsewhere, whatever links say.

import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';
import { closeFd, openFd, statFd } from './fd.ts';
import { isPublicName, isPublicPath } from './names.ts';

/** What tells one state of a file from another. */
export interface FileFacts {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
}

/** A regular file, open for reading. Whoever gets it closes `fd`. */
export interface OpenFile {
  readonly fd: number;
  readonly facts: FileFacts;
}

/** What a name turned out to be: a file, a folder, nothing a visitor may have, unreadable, or too many files open just now. */
export type Found = OpenFile | 'folder' | 'missing' | 'forbidden' | 'busy';

/** What can be said of a file or folder without opening it; `size` in bytes, null for a folder. */
export interface Look {
  readonly size: number | null;
  readonly modified: Date;
}

/** A folder whose content is offered. Names are relative to it, with slashes, without a slash at either end. */
export interface Folder {
  /** Opens what has this name, following links that stay inside. Rejects with SITE_FAILED when the disk fails. */
  open(name: string): Promise<Found>;
  /** The public names in a folder of it, at most `most`, in no order; null when there is no such folder. */
  names(name: string, most: number): Promise<string[] | null>;
  /** What has this name; null when it is nothing that visitors may have. */
  look(name: string): Promise<Look | null>;
}

/** Linux: a handle on a name alone. Nothing is read, no device or FIFO notices. Node has no constant for it. */
const O_PATH = 0o10000000;
/** A FIFO that slips in must not hold the opening up; a terminal must not become ours. */
const READ = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOCTTY ?? 0);
const READ_NO_LINK = READ | (fs.constants.O_NOFOLLOW ?? 0);

/**
 * Opens a folder to offer what is in it.
 * @param path the folder; when it is a link that is later turned to another folder, that one is offered from then on
 * @param options `procfs`: whether /proc tells where an open file is; found out when left out
 * @throws PortholeError FOLDER_MISSING
 */
export async function openFolder(path: string, options: { procfs?: boolean } = {}): Promise<Folder> {
  let real: string;
  try {
    real = await fs.promises.realpath(path);
    // Also learns whether the folder may be read at all.
    (await fs.promises.opendir(real)).closeSync();
  } catch (cause) {
    throw new PortholeError('FOLDER_MISSING', `there is no folder that can be read at ${path}`, { cause });
  }
  const root: Root = { path: resolve(path), real };
  return (options.procfs ?? (await knowsPlaces(real))) ? new LinuxFolder(root) : new PortableFolder(root);
}

interface Root {
  readonly path: string;
  real: string;
}

/** The name that a real path has inside a real folder; null when it is not inside. */
function nameInside(folder: string, real: string): string | null {
  if (real === folder) return '';
  const prefix = folder.endsWith('/') ? folder : `${folder}/`;
  return real.startsWith(prefix) ? real.slice(prefix.length) : null;
}

/** Whether a real path is in the folder and public, looking again where the folder is before saying no. */
async function holds(root: Root, real: string): Promise<boolean> {
  let name = nameInside(root.real, real);
  if (name === null) {
    root.real = await fs.promises.realpath(root.path);
    name = nameInside(root.real, real);
  }
  return name !== null && isPublicPath(name);
}

/** Whether /proc/self/fd says where open files are: not so where /proc is absent or of another process namespace. */
async function knowsPlaces(real: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const handle = await openFd(real, O_PATH);
  try {
    return fs.readlinkSync(`/proc/self/fd/${handle}`) === real;
  } catch {
    return false;
  } finally {
    closeFd(handle);
  }
}

/** What an error of the file system means to a visitor. */
function refusal(thrown: unknown): Found {
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

/**
 * Opens first, then asks the kernel what was opened: no moment between the check and the use in which a link could be changed.
 * The first handle is on the name only (O_PATH); what may be read is opened again through it, which is the same file for certain.
 */
class LinuxFolder implements Folder {
  readonly #root: Root;

  constructor(root: Root) {
    this.#root = root;
  }

  async open(name: string): Promise<Found> {
    try {
      const handle = await this.#hold(name);
      if (handle === null) return 'missing';
      try {
        const stats = fs.fstatSync(handle);
        if (stats.isDirectory()) return 'folder';
        if (!stats.isFile()) return 'missing';
        const fd = await openFd(`/proc/self/fd/${handle}`, READ);
        return { fd, facts: statFd(fd) };
      } finally {
        closeFd(handle);
      }
    } catch (thrown) {
      return refusal(thrown);
    }
  }

  async names(name: string, most: number): Promise<string[] | null> {
    const handle = await this.#hold(name).catch(() => null);
    if (handle === null) return null;
    try {
      return await someNames(`/proc/self/fd/${handle}`, most);
    } finally {
      closeFd(handle);
    }
  }

  async look(name: string): Promise<Look | null> {
    const handle = await this.#hold(name).catch(() => null);
    if (handle === null) return null;
    try {
      return lookOf(fs.fstatSync(handle));
    } finally {
      closeFd(handle);
    }
  }

  /** An O_PATH handle on what has this name; null when it is elsewhere or hidden. */
  async #hold(name: string): Promise<number | null> {
    const handle = await openFd(name === '' ? this.#root.path : `${this.#root.path}/${name}`, O_PATH);
    try {
      if (await holds(this.#root, fs.readlinkSync(`/proc/self/fd/${handle}`))) return handle;
    } catch (thrown) {
      closeFd(handle);
      throw thrown;
    }
    closeFd(handle);
    return null;
  }
}

/** For systems that do not say where an open file is: resolves, checks, opens without following, and resolves once more. */
class PortableFolder implements Folder {
  readonly #root: Root;

  constructor(root: Root) {
    this.#root = root;
  }

  async open(name: string): Promise<Found> {
    try {
      const real = await this.#resolve(name);
      if (real === null) return 'missing';
      const stats = await fs.promises.lstat(real);
      if (stats.isDirectory()) return 'folder';
      if (!stats.isFile()) return 'missing';
      const fd = await openFd(real, READ_NO_LINK);
      let kept = false;
      try {
        const facts = statFd(fd);
        // A step of the path that became a link in between leads to another file now, or to none.
        const again = await this.#resolve(name);
        kept = again !== null && (await fs.promises.stat(again, { bigint: true })).ino === facts.inode;
        return kept ? { fd, facts } : 'missing';
      } finally {
        if (!kept) closeFd(fd);
      }
    } catch (thrown) {
      return refusal(thrown);
    }
  }

  async names(name: string, most: number): Promise<string[] | null> {
    const real = await this.#resolve(name).catch(() => null);
    return real === null ? null : someNames(real, most);
  }

  async look(name: string): Promise<Look | null> {
    try {
      const real = await this.#resolve(name);
      return real === null ? null : lookOf(await fs.promises.lstat(real));
    } catch {
      return null;
    }
  }

  async #resolve(name: string): Promise<string | null> {
    const real = await fs.promises.realpath(join(this.#root.path, name));
    return (await holds(this.#root, real)) ? real : null;
  }
}

function lookOf(stats: fs.Stats): Look | null {
  if (stats.isDirectory()) return { size: null, modified: stats.mtime };
  return stats.isFile() ? { size: stats.size, modified: stats.mtime } : null;
}

/** The first public names in a folder of the disk; null when it is none, or may not be read. */
async function someNames(path: string, most: number): Promise<string[] | null> {
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

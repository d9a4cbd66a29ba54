// SPDX-License-Identifier: Apache-2.0
// The folder on Linux, whose kernel tells where an open file is.

import * as fs from 'node:fs';
import { type FileFacts, factsOf } from './facts.ts';
import { type Descriptor, lookAt, openFd } from './fd.ts';
import type { Entries, Folder, Found, Look, Refusal, Unseen } from './folder.ts';
import { entriesOf, holds, lookOf, READ, type Root, refusal } from './root.ts';

/** Linux: a handle on a name alone. Nothing is read, no device or FIFO notices. Node has no constant for it. */
const O_PATH = 0o10000000;

/** Whether /proc/self/fd says where open files are: not so where /proc is absent or of another process namespace. */
export async function knowsPlaces(real: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const handle = await openFd(real, O_PATH);
  try {
    return fs.readlinkSync(handle.path) === real;
  } catch {
    return false;
  } finally {
    handle.close();
  }
}

/**
 * Opens first, then asks the kernel what was opened: no moment between the check and the use in which a link could be changed.
 * A plain file is opened at once; of anything else the first handle is on the name only (O_PATH), so that no device notices, and
 * what may be read is opened again through it, which is the same file for certain.
 */
export class LinuxFolder implements Folder {
  readonly #root: Root;

  constructor(root: Root) {
    this.#root = root;
  }

  async open(name: string): Promise<Found> {
    try {
      const seen = await lookAt(this.#pathOf(name));
      // Whoever reads it compares it with these facts, so a file that takes this one's place meanwhile is not taken for it.
      if (seen.isFile()) return await this.#openPlain(name, factsOf(seen));
      return await this.#openLinked(name);
    } catch (thrown) {
      return refusal(thrown);
    }
  }

  async #openPlain(name: string, facts: FileFacts): Promise<Found> {
    const fd = await openFd(this.#pathOf(name), READ | fs.constants.O_NOFOLLOW);
    return (await this.#isInside(fd)) ? { fd, facts } : 'missing';
  }

  async #openLinked(name: string): Promise<Found> {
    const handle = await this.#hold(name);
    if (handle === null) return 'missing';
    try {
      const stats = handle.stat();
      if (stats.isDirectory()) return 'folder';
      if (!stats.isFile()) return 'missing';
      return { fd: await openFd(handle.path, READ), facts: factsOf(stats) };
    } finally {
      handle.close();
    }
  }

  async entries(name: string, most: number): Promise<Entries | Refusal> {
    try {
      const handle = await this.#hold(name);
      if (handle === null) return 'missing';
      try {
        return await entriesOf(handle.path, most);
      } finally {
        handle.close();
      }
    } catch (thrown) {
      return refusal(thrown);
    }
  }

  async look(name: string): Promise<Look | Unseen> {
    try {
      const handle = await this.#hold(name);
      if (handle === null) return 'elsewhere';
      try {
        return lookOf(handle.stat(), handle.path);
      } finally {
        handle.close();
      }
    } catch (thrown) {
      return refusal(thrown) === 'missing' ? 'elsewhere' : 'unreadable';
    }
  }

  #pathOf(name: string): string {
    return name === '' ? this.#root.path : `${this.#root.path}/${name}`;
  }

  /** An O_PATH handle on what has this name; null when it is elsewhere or hidden. */
  async #hold(name: string): Promise<Descriptor | null> {
    const handle = await openFd(this.#pathOf(name), O_PATH);
    return (await this.#isInside(handle)) ? handle : null;
  }

  /** Whether what is open lies in the folder and is public; closes it when it does not. */
  async #isInside(fd: Descriptor): Promise<boolean> {
    let inside = false;
    try {
      inside = await holds(this.#root, fs.readlinkSync(fd.path));
      return inside;
    } finally {
      if (!inside) fd.close();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// The folder on any other system: checks before and after opening.

import * as fs from 'node:fs';
import { join } from 'node:path';
import { openFd } from './fd.ts';
import type { Entries, Folder, Found, Look, Refusal, Unseen } from './folder.ts';
import { entriesOf, holds, lookOf, READ, type Root, refusal } from './root.ts';

const READ_NO_LINK = READ | (fs.constants.O_NOFOLLOW ?? 0);
/** Times that a name is opened anew when it leads elsewhere afterwards. */
const TRIES = 5;

/** For systems that do not say where an open file is: resolves, checks, opens without following, and resolves once more. */
export class PortableFolder implements Folder {
  readonly #root: Root;

  constructor(root: Root) {
    this.#root = root;
  }

  async open(name: string): Promise<Found> {
    try {
      for (let tries = 0; tries < TRIES; tries++) {
        const found = await this.#tryOpen(name);
        if (found !== null) return found;
      }
      return 'busy';
    } catch (thrown) {
      return refusal(thrown);
    }
  }

  /** Null when what was opened is no longer what the name leads to: it was replaced, or a link was changed meanwhile. */
  async #tryOpen(name: string): Promise<Found | null> {
    const real = await this.#resolve(name);
    if (real === null) return 'missing';
    const stats = await fs.promises.lstat(real);
    if (stats.isDirectory()) return 'folder';
    if (!stats.isFile()) return stats.isSymbolicLink() ? null : 'missing';
    const fd = await openFd(real, READ_NO_LINK);
    let kept = false;
    try {
      const facts = fd.facts();
      const again = await this.#resolve(name);
      kept = again !== null && (await fs.promises.stat(again, { bigint: true })).ino === facts.inode;
      return kept ? { fd, facts } : null;
    } finally {
      if (!kept) fd.close();
    }
  }

  async entries(name: string, most: number): Promise<Entries | Refusal> {
    try {
      const real = await this.#resolve(name);
      return real === null ? 'missing' : await entriesOf(real, most);
    } catch (thrown) {
      return refusal(thrown);
    }
  }

  async look(name: string): Promise<Look | Unseen> {
    try {
      const real = await this.#resolve(name);
      if (real === null) return 'elsewhere';
      return lookOf(await fs.promises.lstat(real), real);
    } catch (thrown) {
      return refusal(thrown) === 'missing' ? 'elsewhere' : 'unreadable';
    }
  }

  async #resolve(name: string): Promise<string | null> {
    const real = await fs.promises.realpath(join(this.#root.path, name));
    return (await holds(this.#root, real)) ? real : null;
  }
}

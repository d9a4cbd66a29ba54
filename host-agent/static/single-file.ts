// SPDX-License-Identifier: Apache-2.0
// One file as a folder with nothing else in it, for sites that are a single file.

import * as fs from 'node:fs';
import { basename, resolve } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';
import { factsOf } from './facts.ts';
import { openFd } from './fd.ts';
import type { Entries, Folder, Found, Look, Refusal, Unseen } from './folder.ts';
import { isLinkable } from './names.ts';
import { lookOf, READ, refusal } from './root.ts';

/** A file under its own name; what lies beside it does not exist. Links are followed: who names one means what it leads to. */
export class SingleFile implements Folder {
  readonly name: string;
  readonly #path: string;

  private constructor(path: string, name: string) {
    this.#path = path;
    this.name = name;
  }

  /** @throws PortholeError FOLDER_MISSING (it cannot be read), CONFIG_INVALID (no link can carry its name) */
  static async at(path: string): Promise<SingleFile> {
    const whole = resolve(path);
    const name = basename(whole);
    if (!isLinkable(name)) throw new PortholeError('CONFIG_INVALID', 'no link can carry the name of this file; rename it');
    try {
      (await openFd(whole, READ)).close();
    } catch (cause) {
      throw new PortholeError('FOLDER_MISSING', `the file ${path} cannot be read`, { cause });
    }
    return new SingleFile(whole, name);
  }

  async open(name: string): Promise<Found> {
    if (name === '') return 'folder';
    if (name !== this.name) return 'missing';
    try {
      const fd = await openFd(this.#path, READ);
      const stats = fd.stat();
      if (stats.isFile()) return { fd, facts: factsOf(stats) };
      fd.close();
      return 'missing';
    } catch (thrown) {
      return refusal(thrown);
    }
  }

  async entries(name: string): Promise<Entries | Refusal> {
    if (name !== '') return 'missing';
    return { entries: [{ name: this.name, kind: 'file' }], more: false, hidden: false, unlinkable: 0, special: 0 };
  }

  async look(name: string): Promise<Look | Unseen> {
    if (name !== this.name) return 'elsewhere';
    const stats = await fs.promises.stat(this.#path).catch(() => null);
    return stats === null ? 'elsewhere' : lookOf(stats, this.#path);
  }
}

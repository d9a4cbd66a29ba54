// SPDX-License-Identifier: Apache-2.0
// A folder as a closed room: opens what lies in it, and nothing that lies elsewhere, whatever links say.

import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';
import { knowsPlaces, LinuxFolder } from './linux-folder.ts';
import { PortableFolder } from './portable-folder.ts';
import type { Root } from './root.ts';

/** What tells one state of a file from another. */
export interface FileFacts {
  readonly size: number;
  /** The last write to it. */
  readonly mtimeNs: bigint;
  /** The last change of it or of what is noted of it; nobody sets it back. */
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  readonly device: bigint;
}

/** A regular file, open for reading. Whoever gets it closes `fd`. */
export interface OpenFile {
  readonly fd: number;
  readonly facts: FileFacts;
}

/** What a name turned out to be: a file, a folder, nothing a visitor may have, unreadable, or not to be had just now. */
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

// SPDX-License-Identifier: Apache-2.0
// A folder as a closed room: opens what lies in it, and nothing that lies elsewhere, whatever links say.

import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';
import { knowsPlaces, LinuxFolder } from './linux-folder.ts';
import { PortableFolder } from './portable-folder.ts';
import { type Root, realPathToBe } from './root.ts';

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

/** Why a name is not to be had: it is nothing a visitor may have, this program may not read it, or too much is open just now. */
export type Refusal = 'missing' | 'forbidden' | 'busy';

/** What a name turned out to be. */
export type Found = OpenFile | 'folder' | Refusal;

/** What can be said of a file or folder without opening it; `size` in bytes, null for a folder. */
export interface Look {
  readonly size: number | null;
  readonly modified: Date;
}

/**
 * Why visitors may not have a name: it leads out, to what is hidden or nowhere; it is neither file nor folder; this program may
 * not read it.
 */
export type Unseen = 'elsewhere' | 'special' | 'unreadable';

/** An entry of a folder. Of a link, only a look tells what it is. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'unknown';
}

/** What lies in a folder. */
export interface Entries {
  /** In no order. */
  readonly entries: readonly Entry[];
  /** Whether there are more than were asked for. */
  readonly more: boolean;
  /** Whether there are some that are kept from visitors: dot names, settings. */
  readonly hidden: boolean;
  /** How many have names that no link can carry: they are not UTF-8, or have a backslash. */
  readonly unlinkable: number;
  /** How many are neither file nor folder nor link. */
  readonly special: number;
}

/** A folder whose content is offered. Names are relative to it, with slashes, without a slash at either end. */
export interface Folder {
  /** Opens what has this name, following links that stay inside. Rejects with SITE_FAILED when the disk fails. */
  open(name: string): Promise<Found>;
  /** What lies in a folder of it, `most` public entries at the most. Rejects with SITE_FAILED when the disk fails. */
  entries(name: string, most: number): Promise<Entries | Refusal>;
  /** What has this name, or why visitors may not have it. */
  look(name: string): Promise<Look | Unseen>;
}

export interface FolderOptions {
  /** Paths that are not offered, nor what is below them; they need not be there yet. */
  readonly exclude?: readonly string[];
  /** Whether /proc tells where an open file is; found out when left out. */
  readonly procfs?: boolean;
}

/**
 * Opens a folder to offer what is in it.
 * @param path the folder; when it is a link that is later turned to another folder, that one is offered from then on
 * @throws PortholeError FOLDER_MISSING
 */
export async function openFolder(path: string, options: FolderOptions = {}): Promise<Folder> {
  let real: string;
  try {
    real = await fs.promises.realpath(path);
    // Also learns whether the folder may be read at all.
    (await fs.promises.opendir(real)).closeSync();
  } catch (cause) {
    throw new PortholeError('FOLDER_MISSING', `there is no folder and no file that can be read at ${path}`, { cause });
  }
  const root: Root = { path: resolve(path), real, excluded: await Promise.all((options.exclude ?? []).map(realPathToBe)) };
  return (options.procfs ?? (await knowsPlaces(real))) ? new LinuxFolder(root) : new PortableFolder(root);
}

// SPDX-License-Identifier: Apache-2.0
// Opens a folder, in the way that this system can keep it closed.

import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';
import { noteWhereItLies } from './fd.ts';
import type { Folder } from './folder.ts';
import { knowsPlaces, LinuxFolder } from './linux-folder.ts';
import { PortableFolder } from './portable-folder.ts';
import { type Root, realPathToBe } from './root.ts';

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
    await noteWhereItLies(real);
  } catch (cause) {
    throw new PortholeError('FOLDER_MISSING', `there is no folder and no file that can be read at ${path}`, { cause });
  }
  const root: Root = { path: resolve(path), real, excluded: await Promise.all((options.exclude ?? []).map(realPathToBe)) };
  return (options.procfs ?? (await knowsPlaces(real))) ? new LinuxFolder(root) : new PortableFolder(root);
}

// SPDX-License-Identifier: Apache-2.0
// The built files for browsers: published with the package; built on the spot when run from the source.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';
import { homeOf, isStorageError, storageWords } from '../settings/home.ts';
import { fromSource, packageFolder } from '../settings/package-folder.ts';
import type { Context } from '../terminal/context.ts';

/** Hexadecimal digits of a hash in a folder's name. */
const HASH_CHARS = 16;

/** What makes the files, and where they may go, the best place first. */
export interface BrowserBuild {
  build(folder: string): Promise<unknown>;
  /** Folders that outlive this process; one that cannot be written is passed over. */
  readonly kept: readonly string[];
  /** Where a folder of this process alone can be made; `close` of what is returned removes it. */
  readonly temporary: string;
}

/** A folder of built files. */
export interface BrowserFiles {
  readonly folder: string;
  close(): Promise<void>;
}

/**
 * The folder with shell.html, sw.js and what they load, for as long as the command lives.
 * @throws PortholeError STORAGE_FAILED when there is nowhere to build them
 */
export async function browserAssets({ settings, life }: Pick<Context, 'settings' | 'life'>): Promise<string> {
  if (!fromSource) return join(packageFolder, 'dist', 'browser');
  const { buildBrowser } = await import('../../client-runtime/browser/build.ts');
  // A clone may be another user's, or lie on a disk that is read only.
  const kept = [join(packageFolder, 'node_modules', '.cache', 'porthole'), join(homeOf(settings), 'cache')];
  const files = life.keep(await buildSomewhere({ build: buildBrowser, kept, temporary: tmpdir() }));
  return files.folder;
}

/**
 * Builds in the first place that can be written. A folder is named by the hash of what is in it and appears under its name when
 * it is whole, so that processes which build at once, also of different sources, leave each other alone.
 * @throws PortholeError STORAGE_FAILED; what `build` throws when it is not the place that fails
 */
export async function buildSomewhere({ build, kept, temporary }: BrowserBuild): Promise<BrowserFiles> {
  for (const place of kept) {
    try {
      return { folder: await buildIn(place, build), close: async () => {} };
    } catch (error) {
      if (!isStorageError(error)) throw error;
    }
  }
  let folder: string | undefined;
  const remove = async (): Promise<void> => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    folder = await mkdtemp(join(temporary, 'porthole-browser-'));
    await build(folder);
    return { folder, close: remove };
  } catch (error) {
    await remove();
    if (!isStorageError(error)) throw error;
    const places = [...kept, temporary].join(', ');
    throw new PortholeError('STORAGE_FAILED', `the files for browsers can be built in none of ${places}: ${storageWords(error)}`, {
      cause: error,
    });
  }
}

async function buildIn(place: string, build: BrowserBuild['build']): Promise<string> {
  await mkdir(place, { recursive: true, mode: 0o700 });
  const fresh = await mkdtemp(join(place, '.browser-'));
  try {
    await build(fresh);
    const folder = join(place, `browser-${await hashOf(fresh)}`);
    // One that is there already has the same in it.
    await rename(fresh, folder).catch(async (error) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** The hash of all names and contents. */
async function hashOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
    const content = await readFile(path);
    hash.update(`${path.slice(folder.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, HASH_CHARS);
}

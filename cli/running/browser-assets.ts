// SPDX-License-Identifier: Apache-2.0
// The built files for browsers: published with the package; from the source they are built on the spot, once for each state of it.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';
import { homeOf, isStorageError, storageWords } from '../settings/home.ts';
import { fromSource, packageFolder } from '../settings/package-folder.ts';
import type { Context } from '../terminal/context.ts';

/** Hexadecimal digits of a hash in a folder's name. */
const HASH_CHARS = 16;

/** What the files are made from: the folders of the sources, what says which libraries there are, and what the bundler reads besides. */
export const SOURCES = ['client-runtime', 'transport', 'proto', 'package-lock.json', 'package.json', 'tsconfig.json'];

/** What makes the files, and where they may go, the best place first. */
export interface BrowserBuild {
  build(folder: string): Promise<unknown>;
  /** A hash of all that the files are made from: what was built from the same is not built again. */
  source(): Promise<string>;
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
  // A clone may be another user's, or lie on a disk that is read only.
  const kept = [join(packageFolder, 'node_modules', '.cache', 'porthole'), join(homeOf(settings), 'cache')];
  const source = (): Promise<string> => hashOf(SOURCES.map((name) => join(packageFolder, name)));
  const build = async (folder: string): Promise<unknown> => {
    const { buildBrowser } = await import('../../client-runtime/browser/build.ts');
    return buildBrowser(folder);
  };
  const files = life.keep(await buildSomewhere({ build, source, kept, temporary: tmpdir() }));
  return files.folder;
}

/**
 * Builds in the first place that can be written, or finds there what was built. A folder is named by the hash of what it is made
 * from and appears under its name when it is whole, so that processes which build at once, also of different sources, leave each
 * other alone.
 * @throws PortholeError STORAGE_FAILED; what `build` throws when it is not the place that fails
 */
export async function buildSomewhere({ build, source, kept, temporary }: BrowserBuild): Promise<BrowserFiles> {
  for (const place of kept) {
    try {
      return { folder: await buildIn(place, build, source), close: async () => {} };
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

async function buildIn(place: string, build: BrowserBuild['build'], source: BrowserBuild['source']): Promise<string> {
  const before = await source();
  const folder = join(place, `browser-${before}`);
  if (existsSync(folder)) return folder;
  await mkdir(place, { recursive: true, mode: 0o700 });
  const fresh = await mkdtemp(join(place, '.browser-'));
  try {
    await build(fresh);
    // Somebody wrote meanwhile: what was built is of neither state.
    if ((await source()) !== before) return await buildIn(place, build, source);
    // One that is there already has the same in it.
    await rename(fresh, folder).catch(async (error) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** The hash of all names and contents in folders, and of files. */
export async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const inside = (await stat(path)).isDirectory() ? await readdir(path, { recursive: true, withFileTypes: true }) : null;
    const files = inside?.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)) ?? [path];
    for (const file of files.sort()) {
      const content = await readFile(file);
      hash.update(`${relative(path, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex').slice(0, HASH_CHARS);
}

// SPDX-License-Identifier: Apache-2.0
// A folder or a single file, as an offering.

import { open, realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { openContentHashes } from '../../host-agent/static/content-hashes.ts';
import { SingleFile } from '../../host-agent/static/single-file.ts';
import { openShared, staticSite } from '../../host-agent/static/site.ts';
import { PortholeError } from '../../proto/errors.ts';
import { refuseHomeInside } from '../settings/home.ts';
import type { Settings } from '../settings/settings.ts';
import { type Place, placeOf } from '../settings/site-home.ts';
import type { Offering } from './offering.ts';
import { MAX_TITLE_SEARCH_BYTES, titleIn } from './title.ts';

/** The place of a folder or a file: it is the real path. @throws PortholeError FOLDER_MISSING */
export async function placeOfFiles(path: string): Promise<Place> {
  const real = await realpath(path).catch((cause) => {
    throw new PortholeError('FOLDER_MISSING', `there is no folder and no file ${path}`, { cause });
  });
  return placeOf(real, basename(real));
}

/** @throws PortholeError FOLDER_MISSING, CONFIG_INVALID (a file whose name no link can carry) */
export async function filesOffering(path: string, settings: Pick<Settings, 'listing' | 'spa'>, remark?: string): Promise<Offering> {
  const single = (await openShared(path)) instanceof SingleFile;
  return {
    kind: single ? 'file' : 'folder',
    at: resolve(path),
    place: await placeOfFiles(path),
    gives: single ? 'read the file' : 'read every file in',
    keeps: single ? '(nothing beside it)' : '(not dotfiles, nothing outside it)',
    remark,
    check: (home) => refuseHomeInside(path, { home }),
    async open({ own, hashesFile, keep }) {
      const hashes = keep(await openContentHashes(hashesFile));
      const site = await staticSite(path, { listing: settings.listing, spa: settings.spa, exclude: own, hashes });
      return { site, title: (await titleOf(path)) ?? basename(resolve(path)) };
    },
  };
}

/** What a folder's first page calls itself, where it says so at its beginning. */
async function titleOf(folder: string): Promise<string | null> {
  try {
    const page = await open(join(folder, 'index.html'));
    try {
      const { buffer, bytesRead } = await page.read(Buffer.alloc(MAX_TITLE_SEARCH_BYTES), 0, MAX_TITLE_SEARCH_BYTES, 0);
      return titleIn(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await page.close();
    }
  } catch {
    return null; // no such page, or none that can be read: the site itself will tell
  }
}

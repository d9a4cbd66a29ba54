// SPDX-License-Identifier: Apache-2.0
// The data folder: whether it can be used, and what is in the way when it cannot; and that it is not given away.

import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { realPathToBe } from '../../host-agent/static/root.ts';
import { PortholeError } from '../../proto/errors.ts';
import type { Settings } from './settings.ts';

const ANOTHER = 'name another with PORTHOLE_HOME or --home';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to it',
  EDQUOT: 'the quota of disk space is used up',
  EIO: 'the disk fails',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'its links lead in a circle',
  ENOENT: 'there is no such folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it is not a folder',
  EPERM: 'this user has no right to it',
  EROFS: 'it is on a file system that is read only',
};

/** The code of the system underneath an error; null when the system did not refuse to keep something. */
function storageCode(error: unknown): string | null {
  for (let one = error; one instanceof Error; one = one.cause) {
    const { code } = one as NodeJS.ErrnoException;
    if (code !== undefined && Object.hasOwn(WORDS, code)) return code;
  }
  return null;
}

/** Whether it is the place that fails: another one may do. */
export function isStorageError(error: unknown): boolean {
  return storageCode(error) !== null;
}

/** Why a place fails. */
export function storageWords(error: unknown): string {
  const code = storageCode(error);
  return code === null ? (error as Error).message : (WORDS[code] as string);
}

/** Bytes that must be free for a key: more than one file system keeps beside the file. */
const PROBE_BYTES = 8192;

/** The data folder is of no use for what a command wants to keep. */
export function homeError(home: string, error: unknown): PortholeError {
  const words = storageWords(refusalOf(home) ?? error);
  return new PortholeError('STORAGE_FAILED', `the data folder ${home} cannot be used: ${words}; ${ANOTHER}`, { cause: error });
}

/** Why nothing may be put there. Asked anew, for Node's recursive `mkdir` tells ENOENT for any reason; null when that is not why. */
function refusalOf(folder: string): unknown {
  const above = dirname(folder);
  if (!existsSync(folder) && above !== folder) return refusalOf(above);
  try {
    accessSync(folder, constants.W_OK);
    return null;
  } catch (error) {
    return error;
  }
}

/**
 * The data folder.
 * @throws PortholeError STORAGE_FAILED when nobody named one, and this user has no home folder
 */
export function homeOf({ home }: Pick<Settings, 'home'>): string {
  if (home === null) throw new PortholeError('STORAGE_FAILED', `this user has no home folder (HOME) to keep keys and data in; ${ANOTHER}`);
  return home;
}

/**
 * The data folder, made where it is missing, for a command that cannot do without: something can be kept in it.
 * @throws PortholeError STORAGE_FAILED naming the folder and what is wrong with it
 */
export async function usableHome(settings: Pick<Settings, 'home'>): Promise<string> {
  const home = homeOf(settings);
  const probe = join(home, `.probe.${process.pid}`);
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await writeFile(probe, new Uint8Array(PROBE_BYTES), { mode: 0o600 });
  } catch (error) {
    throw homeError(home, error);
  } finally {
    await rm(probe, { force: true }).catch(() => {}); // then the folder's trouble is told already
  }
  return home;
}

/**
 * Refuses a data folder that lies in the folder which is to be shared, where visitors could read its keys. One below a dot name
 * may: no such name is ever served, and whoever shares `~` has `~/.porthole` there.
 * @throws PortholeError CONFIG_INVALID
 */
export async function refuseHomeInside(folder: string, { home }: Pick<Settings, 'home'>): Promise<void> {
  if (home === null) return;
  const inside = relative(await realPathToBe(folder), await realPathToBe(home));
  if (isAbsolute(inside) || inside.split(sep).some((name) => name.startsWith('.'))) return; // elsewhere ("../…"), or below a dot name
  throw new PortholeError(
    'CONFIG_INVALID',
    `the data folder ${home} is in the folder that would be shared, ${folder}, and holds keys: name one elsewhere with PORTHOLE_HOME or --home`,
  );
}

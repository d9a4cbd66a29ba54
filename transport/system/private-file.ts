// SPDX-License-Identifier: Apache-2.0
// Files that only their owner can read, such as keys: created once, never half-written. For Node ends.

import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Of the file, and of a folder made for it. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

let count = 0;

/**
 * The content of a file; made when there is none. A file that is there is never written over: two processes may start at once.
 * @throws the system's error
 */
export async function readOrMake(file: string, make: () => string | Uint8Array): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const fresh = await write(file, make());
  try {
    await link(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(fresh);
  }
  return readFile(file);
}

/**
 * Writes a file in place of what was there: whole or not at all.
 * @throws the system's error
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const fresh = await write(file, content);
  try {
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Writes beside the file, and tells where. */
async function write(file: string, content: string | Uint8Array): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
  const fresh = `${file}.${process.pid}.${++count}.new`;
  await writeFile(fresh, content, { mode: FILE_MODE });
  return fresh;
}

// SPDX-License-Identifier: Apache-2.0
// Makes the example site's large download: the same pseudo-random bytes everywhere, too many to keep in the repository.

import { createCipheriv } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';

/** Bytes of the download; files/SHA256SUMS beside it has the digest of exactly these. */
const SIZE = 200_000_000;
const CHUNK = 4 * 1024 * 1024;
/** What the system says of a folder that cannot be written: another user's clone, a disk that is full or read only. */
const UNWRITABLE = new Set(['EACCES', 'EDQUOT', 'ENOSPC', 'EPERM', 'EROFS']);

const target = new URL('./site/files/large.bin', import.meta.url);
// A dot name is not served, so nobody gets a half of it.
const unfinished = new URL('./site/files/.large.bin', import.meta.url);

const there = await stat(target).catch(() => null);
if (there?.size !== SIZE) {
  try {
    await write();
    await rename(unfinished, target);
    console.log(`Made the example download, ${SIZE / 1_000_000} MB.`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code || !UNWRITABLE.has(code)) throw error;
    console.log(`The example goes without its large download: ${message}`);
  } finally {
    await rm(unfinished, { force: true }).catch(() => {}); // what could not be made is not there
  }
}

/** The key stream of AES in counter mode with a key of zeros: random to the eye and to compression, and as fast as the disk. */
async function write(): Promise<void> {
  const random = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const zeros = Buffer.alloc(CHUNK);
  const file = await open(unfinished, 'w');
  try {
    for (let left = SIZE; left > 0; left -= CHUNK) {
      await file.writeFile(random.update(left < CHUNK ? zeros.subarray(0, left) : zeros));
    }
  } finally {
    await file.close();
  }
}

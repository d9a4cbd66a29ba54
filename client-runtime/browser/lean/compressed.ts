// SPDX-License-Identifier: Apache-2.0
// Compresses the built files once, with brotli (RFC 7932) and gzip (RFC 1952).

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)];

/**
 * Writes `.br` and `.gz` beside files.
 * @param names in the folder
 */
export async function compressed(folder: string, names: readonly string[]): Promise<void> {
  // One after the other: all at once would open more files than a program may have where it may have few.
  for (const name of names) {
    const content = await readFile(join(folder, name));
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    await Promise.all([
      brotli(content, { params }).then((bytes) => writeFile(join(folder, `${name}.br`), bytes)),
      zip(content, { level: constants.Z_BEST_COMPRESSION }).then((bytes) => writeFile(join(folder, `${name}.gz`), bytes)),
    ]);
  }
}

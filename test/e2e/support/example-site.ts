// SPDX-License-Identifier: Apache-2.0
// The example site for tests that show it: as it is in the long form, else a copy whose large file is smaller.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLong } from '../../support/long.ts';
import { ROOT } from '../../support/programs.ts';

const EXAMPLE = join(ROOT, 'examples', 'site');

/**
 * @param folder where the copy is made
 * @param megabytes of `files/large.bin` in the copy; the example's own has 200
 * @returns the site's folder
 */
export async function exampleSite(folder: string, megabytes: number): Promise<string> {
  if (isLong) {
    execFileSync(process.execPath, [join(ROOT, 'examples', 'generate.ts')]);
    return EXAMPLE;
  }
  const copy = join(folder, 'example');
  await cp(EXAMPLE, copy, { recursive: true, filter: (from) => !from.endsWith('.bin') });
  await writeFile(join(copy, 'files', 'large.bin'), randomBytes(megabytes * 1_000_000));
  return copy;
}

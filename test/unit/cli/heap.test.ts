// SPDX-License-Identifier: Apache-2.0
// Tests that the young generation of a busy program stays small, and would not otherwise.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ENOUGH_BYTES } from '../../../cli/heap.ts';

const heap = pathToFileURL(join(import.meta.dirname, '../../../cli/heap.ts')).href;

/** Makes garbage that lives through a few collections, turn after turn, and prints the most the young generation had. */
const BUSY = `
import { getHeapSpaceStatistics } from 'node:v8';
const held = [];
let most = 0;
for (let turn = 0; turn < 300; turn++) {
  for (let i = 0; i < 3000; i++) held[(turn * 3000 + i) % 20_000] = { turn, list: [i, i + 1, i + 2], text: 'text' + i };
  most = Math.max(most, getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size);
  await new Promise(setImmediate);
}
console.log(most);`;

describe('cli/heap', () => {
  const mostYoung = (before: string): number =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', before + BUSY], { encoding: 'utf8' }));

  it('stops the growth of the young generation', () => {
    const bound = mostYoung(`import { boundYoungGeneration } from ${JSON.stringify(heap)}; boundYoungGeneration();`);
    const free = mostYoung('');
    assert.ok(bound >= ENOUGH_BYTES / 4 && bound < 3 * ENOUGH_BYTES, `${bound} bytes`);
    assert.ok(free > bound, `${free} bytes without the bound, ${bound} with it`);
  });
});

// SPDX-License-Identifier: Apache-2.0
// Tests that the heap of a busy program stays small, and would not otherwise.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ENOUGH_BYTES } from '../../../cli/heap.ts';

const heap = pathToFileURL(join(import.meta.dirname, '../../../cli/heap.ts')).href;

/** Makes garbage that has lived for a while, turn after turn, and prints the most that each generation had. */
const BUSY = `
import { getHeapSpaceStatistics } from 'node:v8';
const held = [];
const most = { new_space: 0, old_space: 0 };
for (let turn = 0; turn < 850; turn++) {
  for (let i = 0; i < 3000; i++) held[(turn * 3000 + i) % 300_000] = { turn, list: [i, i + 1, i + 2], text: 'text' + i };
  for (const { space_name, space_size } of getHeapSpaceStatistics()) if (space_size > most[space_name]) most[space_name] = space_size;
  await new Promise(setImmediate);
}
console.log(JSON.stringify(most));`;

describe('cli/heap', () => {
  const most = (before: string): { new_space: number; old_space: number } =>
    JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', before + BUSY], { encoding: 'utf8' }));

  it('stops the growth of both generations', () => {
    const bound = most(`import { boundHeap } from ${JSON.stringify(heap)}; boundHeap();`);
    const free = most('');
    // The word that it is large enough may come a collection late.
    assert.ok(bound.new_space < 4 * ENOUGH_BYTES && free.new_space > bound.new_space, `young: ${bound.new_space}, ${free.new_space}`);
    assert.ok(bound.old_space < free.old_space * 0.8, `old: ${bound.old_space}, ${free.old_space}`);
  });
});

// SPDX-License-Identifier: Apache-2.0
// Tests that the heap of a busy program stays small, and would not otherwise.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ENOUGH_BYTES } from '../../../cli/running/heap.ts';

const heap = pathToFileURL(join(import.meta.dirname, '../../../cli/running/heap.ts')).href;

/** Makes garbage that has lived for a while, turn after turn, and prints what each generation had at half of the later turns. */
const BUSY = `
import { getHeapSpaceStatistics } from 'node:v8';
const held = [];
const sizes = { new_space: [], old_space: [] };
for (let turn = 0; turn < 850; turn++) {
  for (let i = 0; i < 3000; i++) held[(turn * 3000 + i) % 300_000] = { turn, list: [i, i + 1, i + 2], text: 'text' + i };
  if (turn >= 300) for (const { space_name, space_size } of getHeapSpaceStatistics()) sizes[space_name]?.push(space_size);
  await new Promise(setImmediate);
}
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
console.log(JSON.stringify({ new_space: median(sizes.new_space), old_space: median(sizes.old_space) }));`;

describe('cli/heap', () => {
  const usual = (before: string): { new_space: number; old_space: number } =>
    JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', before + BUSY], { encoding: 'utf8' }));

  it('stops the growth of both generations', () => {
    const bound = usual(`import { boundHeap } from ${JSON.stringify(heap)}; boundHeap();`);
    const free = usual('');
    // While V8 marks what is old, the young one may be larger for a moment.
    assert.ok(bound.new_space < 2 * ENOUGH_BYTES && free.new_space > bound.new_space, `young: ${bound.new_space}, ${free.new_space}`);
    const [bounds, frees] = [bound, free].map((one) => one.new_space + one.old_space) as [number, number];
    assert.ok(bounds < frees * 0.7, `both: ${bounds}, ${frees}`);
  });
});

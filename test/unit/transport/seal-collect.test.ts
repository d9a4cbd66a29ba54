// SPDX-License-Identifier: Apache-2.0
// A long transfer leaves little behind where its records are collected as it goes.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Direction } from '../../../transport/seal/direction.ts';
import { joined } from '../../../transport/seal/join.ts';
import { COLLECT_BYTES, collectedPrimitives } from '../../../transport/seal/node.ts';

const run = promisify(execFile);
/** In a process of its own, since a collection concerns all that lives in one. */
const PROGRAM = join(import.meta.dirname, '../../support/long-seal.ts');
const MIB = 1024 * 1024;
const RECORD_BYTES = 64 * 1000;
const pieces = [new Uint8Array(1000), new Uint8Array(RECORD_BYTES - 1000)];

describe('Seal: collection', () => {
  it('COLLECT_BYTES: is asked for after so many bytes of records, sealed and opened, under whatever keys', () => {
    let collections = 0;
    const primitives = collectedPrimitives(() => {
      collections++;
    });
    const key = new Uint8Array(32);
    const [one, other] = [new Direction(primitives, key), new Direction(primitives, key)];
    const count = Math.ceil(COLLECT_BYTES / RECORD_BYTES);
    for (let i = 0; i < count / 2; i++) void other.open(joined(one.seal(pieces) as Uint8Array[]));
    assert.equal(collections, 1);
    const more = new Direction(primitives, new Uint8Array(32).fill(1));
    for (let i = 0; i < count; i++) void more.seal(pieces);
    assert.equal(collections, 2);
  });

  it('keeps the memory of records within bounds', async () => {
    const most = async (how: string): Promise<number> => Number((await run(process.execPath, [PROGRAM, how])).stdout);
    const [collected, left] = [await most('collected'), await most('left')];
    assert.ok(collected < 3 * COLLECT_BYTES, `${Math.round(collected / MIB)} MiB`);
    assert.ok(left > 2 * collected, `${Math.round(left / MIB)} MiB without`);
  });
});

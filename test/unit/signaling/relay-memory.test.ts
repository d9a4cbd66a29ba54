// SPDX-License-Identifier: Apache-2.0
// Tests the memory of a relay's legs: little for those that idle, much while reads fill it, given back after use.

import assert from 'node:assert/strict';
import { LEAST_READ_BYTES, MOST_READ_BYTES, ReadMemory } from '../../../signaling/relay/read-memory.ts';

describe('memory of a relay leg', () => {
  it('is little until a read fills it, and again after a read that does not', () => {
    const memory = new ReadMemory();
    const lengths: number[] = [];
    const read = (bytes: number): void => {
      lengths.push(memory.next().length);
      memory.read(bytes);
    };
    const [little, much] = [LEAST_READ_BYTES, MOST_READ_BYTES];
    for (const bytes of [1, little - 1, little, much, much - 1, little, 1, 1]) read(bytes);
    assert.deepEqual(lengths, [little, little, little, much, much, little, much, little]);
  });

  it('is the same each time, and much of it is kept no longer than one rest to the next', () => {
    const memory = new ReadMemory();
    const much = (): Uint8Array => {
      memory.next();
      memory.read(LEAST_READ_BYTES);
      const next = memory.next();
      memory.read(1);
      return next;
    };
    const little = memory.next();
    const first = much();
    assert.equal(memory.next(), little);
    assert.equal(much(), first);
    memory.rest();
    assert.equal(much(), first);
    memory.rest();
    memory.rest();
    assert.notEqual(much(), first);
  });
});

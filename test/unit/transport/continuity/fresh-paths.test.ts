// SPDX-License-Identifier: Apache-2.0
// Paths that come and say nothing, of whom nobody knows whose they are: so many are held, and no more.

import assert from 'node:assert/strict';
import { memoryPair } from '../../../../transport/channel/memory.ts';
import { MAX_FRESH_PATHS } from '../../../../transport/continuity/limits.ts';
import { nodePrimitives } from '../../../../transport/seal/node.ts';
import { sealAsHost } from '../../../../transport/seal/sealed.ts';
import { asked } from '../../../support/asked.ts';
import { fakeClock } from '../../../support/clock.ts';
import { Resumables, settled } from '../../../support/resumables.ts';

describe('session acceptor: paths on which nothing was said', () => {
  let chance = 0;
  const resumables = new Resumables({
    random(bytes) {
      new DataView(bytes.buffer).setUint16(0, chance, true);
    },
  });
  after(() => resumables.end());
  const key = nodePrimitives.newKeyPair();

  function unsealed(): { dropped: () => boolean } {
    const { a, b } = memoryPair();
    // Nothing comes of its handshake.
    void resumables.acceptor.take(sealAsHost(b, { key, primitives: nodePrimitives, clock: fakeClock() }));
    let isDropped = false;
    asked(a)
      .receive()
      .catch(() => {
        isDropped = true;
      });
    return { dropped: () => isDropped };
  }

  it('make room for others (MAX_FRESH_PATHS): one of the older half is dropped, by chance, and who comes after it is served', async () => {
    const all = Array.from({ length: MAX_FRESH_PATHS }, unsealed);
    const dropped = async (): Promise<number[]> => {
      await settled();
      return all.flatMap((one, at) => (one.dropped() ? [at] : []));
    };
    assert.deepEqual(await dropped(), []);
    chance = 3;
    await resumables.added();
    assert.deepEqual(await dropped(), [3]);
    // That one has said what it is for, and is not among them any more.
    all.push(unsealed());
    const half = MAX_FRESH_PATHS / 2;
    chance = 5 * half;
    all.push(unsealed());
    assert.deepEqual(await dropped(), [0, 3]);
    chance = half - 1;
    all.push(unsealed());
    // Two of those before it are gone.
    assert.deepEqual(await dropped(), [0, 3, half + 1]);
    for (let more = 0; more < MAX_FRESH_PATHS; more++) all.push(unsealed());
    assert.equal((await dropped()).length, all.length - MAX_FRESH_PATHS);
    assert.equal(resumables.host.paths.length, 1);
  });
});

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
  const resumables = new Resumables();
  after(() => resumables.end());

  it('make room for others (MAX_FRESH_PATHS): the oldest is dropped, and who comes after it is served', async () => {
    const key = nodePrimitives.newKeyPair();
    const unsealed = (): { dropped: () => boolean } => {
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
    };
    const all = Array.from({ length: MAX_FRESH_PATHS }, unsealed);
    await settled();
    assert.equal(all.filter((one) => one.dropped()).length, 0);
    await resumables.added();
    assert.deepEqual(
      all.map((one) => one.dropped()),
      all.map((_, at) => at === 0),
    );
    // Who has said what it is for is not among them any more.
    for (let more = 0; more < MAX_FRESH_PATHS; more++) unsealed();
    await settled();
    assert.ok(all.every((one) => one.dropped()));
    assert.equal(resumables.host.paths.length, 1);
  });
});

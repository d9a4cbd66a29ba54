// SPDX-License-Identifier: Apache-2.0
// Random mixes of cuts, stalls, replays and moves: nothing lost, nothing twice, nothing left. `npm run soak:paths -- --mixes N` plays more.

import assert from 'node:assert/strict';
import { HAPPENS, playMix } from '../../../support/mix.ts';

/** The fast part plays fewer. */
const MIXES = process.env.PORTHOLE_TEST_WHOLE ? 10_000 : 1000;

describe('a session in a mix of all that can happen to its paths', function () {
  this.timeout(240_000);

  it(`${MIXES} mixes, in virtual time`, async () => {
    const happened = new Set<string>();
    let moves = 0;
    for (let seed = 0; seed < MIXES; seed++) {
      try {
        const mixed = await playMix(seed);
        for (const step of mixed.steps) happened.add(step);
        moves += mixed.moves;
      } catch (error) {
        (error as Error).message = `mix ${seed}: ${(error as Error).message}`;
        throw error;
      }
    }
    assert.deepEqual([...happened].sort(), [...HAPPENS].sort());
    assert.ok(moves > MIXES, `${moves} moves`);
  });
});

// SPDX-License-Identifier: Apache-2.0
// Random mixes of cuts, stalls and moves: nothing lost, nothing twice, nothing left. `npm run soak:paths -- --mixes N` plays more.

import assert from 'node:assert/strict';
import { shortOrLong } from '../../../support/long.ts';
import { HAPPENS, playMixes } from '../../../support/mix.ts';

/** test/e2e/soak.test.ts plays more of them, with the seeds behind these. */
const MIXES = shortOrLong(400, 1000);

describe('a session in a mix of all that can happen to its paths', function () {
  this.timeout(240_000);

  it(`${MIXES} mixes, in virtual time`, async () => {
    const { happened, moves } = await playMixes(0, MIXES);
    assert.deepEqual([...happened].sort(), [...HAPPENS].sort());
    assert.ok(moves > MIXES, `${moves} moves`);
  });
});

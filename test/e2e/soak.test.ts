// SPDX-License-Identifier: Apache-2.0
// The soaks of path changes in their short form; `npm run soak:paths` is the long one.

import assert from 'node:assert/strict';
import { Churn } from '../soak/churn.ts';
import { openWays } from '../soak/ways.ts';
import { shortOrLong } from '../support/long.ts';
import { playMixes } from '../support/mix.ts';

const CHANGES = shortOrLong(80, 200);
const STREAMS = 16;
const MIXES = shortOrLong(2000, 10_000);
/** The unit test plays those before, of which the short form has fewer. */
const FIRST_MIX = 1000;

describe('soak of path changes, in short', function () {
  this.timeout(180_000);

  it(`${CHANGES} forced changes over memory, TCP and the relay, under ${STREAMS} streams: every byte once`, async () => {
    const { ways, close } = await openWays(false);
    const churn = new Churn({ seed: 7, changes: CHANGES, streams: STREAMS, ways });
    try {
      await churn.run();
    } finally {
      await close();
    }
    assert.ok(churn.changes >= CHANGES && churn.traffic.done > STREAMS);
    assert.deepEqual(Object.keys(churn.vias).sort(), ['memory', 'relay tcp', 'relay websocket', 'tcp']);
    for (const kind of ['moved', 'cut', 'held', 'stalled', 'stranded'] as const) assert.ok(churn.kinds[kind] > 0, kind);
  });

  it(`${MIXES} mixes of cuts, stalls and moves, in virtual time: nothing lost, nothing twice, nothing left`, async function () {
    this.timeout(240_000);
    const { moves } = await playMixes(FIRST_MIX, MIXES);
    assert.ok(moves > MIXES, `${moves} moves`);
  });
});

// SPDX-License-Identifier: Apache-2.0
// How long turns of the event loop take: measured from what comes to the turn's end, the same for all who go by one clock.

import assert from 'node:assert/strict';
import { TurnMeter } from '../../../transport/time/turn.ts';
import { fakeClock } from '../../support/clock.ts';
import { settled } from '../../support/resumables.ts';

describe('turn meter', () => {
  it('comes near what turns take, and forgets it when they are short again', async () => {
    const clock = fakeClock();
    const meter = TurnMeter.of(clock);
    assert.equal(TurnMeter.of(clock), meter);
    assert.equal(meter.ms, 0);
    for (let turn = 0; turn < 20; turn++) {
      for (let came = 0; came < 3; came++) meter.came();
      clock.advance(50);
      await settled(1);
    }
    assert.ok(meter.ms > 45 && meter.ms <= 50, `${meter.ms}`);
    for (let turn = 0; turn < 20; turn++) {
      meter.came();
      await settled(1);
    }
    assert.ok(meter.ms < 1, `${meter.ms}`);
  });
});

// SPDX-License-Identifier: Apache-2.0
// Tests of when the disk is waited for: not after it was slow, longer each time, and only so long in one turn.

import assert from 'node:assert/strict';
import { FIRST_PAUSE_MS, MAX_PAUSE_MS, Pace, QUICK_MS, TRUSTED_MS, TURN_MS } from '../../../../host-agent/static/pace.ts';
import type { Clock } from '../../../../transport/time/clock.ts';

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('static/pace', () => {
  let now: number;
  let pace: Pace;
  beforeEach(() => {
    now = 1000;
    const clock: Clock = { now: () => now, after: () => () => {} };
    pace = new Pace(clock);
  });
  /** A call that takes so long. */
  const call = (ms: number): void =>
    pace.wait(() => {
      now += ms;
    });

  it('waits for a disk that is quick, and gives what the call gives', async () => {
    assert.equal(pace.quick, true);
    assert.equal(
      pace.wait(() => 'read'),
      'read',
    );
    call(QUICK_MS);
    assert.equal(pace.quick, true);
    assert.throws(() => pace.wait(() => assert.fail('of the disk')), /of the disk/);
    await nextTurn();
    assert.equal(pace.quick, true);
  });

  it('leaves a slow disk alone for a while, also when the call fails', async () => {
    assert.throws(() =>
      pace.wait(() => {
        now += QUICK_MS + 1;
        throw new Error('at last');
      }),
    );
    await nextTurn();
    now += FIRST_PAUSE_MS - 1;
    assert.equal(pace.quick, false);
    now += 1;
    assert.equal(pace.quick, true);
  });

  it('leaves one that stays slow alone for longer each time, to a limit, and begins anew once it was quick', async () => {
    const pauseAfterSlow = async (): Promise<number> => {
      call(QUICK_MS + 1);
      await nextTurn();
      const from = now;
      while (!pace.quick) now += FIRST_PAUSE_MS;
      return now - from;
    };
    const pauses: number[] = [];
    for (let times = 0; times < 12; times++) pauses.push(await pauseAfterSlow());
    assert.deepEqual(pauses.slice(0, 4), [FIRST_PAUSE_MS, 2 * FIRST_PAUSE_MS, 4 * FIRST_PAUSE_MS, 8 * FIRST_PAUSE_MS]);
    assert.equal(pauses.at(-1), MAX_PAUSE_MS);
    now += MAX_PAUSE_MS;
    assert.equal(await pauseAfterSlow(), FIRST_PAUSE_MS);
  });

  it('holds up one turn of the event loop only so long', async () => {
    for (let ms = 0; ms < TURN_MS; ms++) {
      assert.equal(pace.quick, true, `${ms} ms`);
      call(1);
    }
    assert.equal(pace.quick, false);
    await Promise.resolve();
    assert.equal(pace.quick, false);
    await nextTurn();
    assert.equal(pace.quick, true);
  });

  it('learns of a disk that stalls now and then, as read-ahead has it', async () => {
    let stalls = 0;
    const until = now + 60_000;
    for (let read = 0; now < until; read++) {
      const stalled = read % 60 === 0;
      if (pace.quick) {
        call(stalled ? 30 : 0.1);
        if (stalled) stalls++;
      }
      await nextTurn();
      now += 4;
    }
    assert.ok(stalls < 60, `${stalls} stalls of 250 held everybody up`);
  });

  it('trusts a disk again that was quick for TRUSTED_MS', async () => {
    const pauseAfterSlow = async (): Promise<number> => {
      call(QUICK_MS + 1);
      await nextTurn();
      const from = now;
      while (!pace.quick) now++;
      return now - from;
    };
    assert.equal(await pauseAfterSlow(), FIRST_PAUSE_MS);
    now += TRUSTED_MS - QUICK_MS - 2;
    assert.equal(await pauseAfterSlow(), 2 * FIRST_PAUSE_MS);
    now += TRUSTED_MS;
    assert.equal(await pauseAfterSlow(), FIRST_PAUSE_MS);
  });

  it('leaves what lies far away to threads for good', async () => {
    pace.leave();
    now += MAX_PAUSE_MS;
    await nextTurn();
    assert.equal(pace.quick, false);
  });
});

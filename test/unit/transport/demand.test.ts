// SPDX-License-Identifier: Apache-2.0
// The window that a flow needs: bandwidth by delay, and no haste by what comes in one turn.

import assert from 'node:assert/strict';
import { INITIAL_STREAM_CREDIT, MAX_STREAM_CREDIT } from '../../../proto/limits.ts';
import { ReceiveCredit } from '../../../transport/session/credit.ts';
import { Demand, LEAST_PERIOD_MS } from '../../../transport/session/demand.ts';

describe('demand of a flow', () => {
  /** What is measured of a flow of so many bytes a millisecond. */
  function measured(bytesPerMs: number, rttMs: number, burstMs: number): number[] {
    const demand = new Demand(0);
    const needs: number[] = [];
    for (let now = burstMs; now <= 1000; now += burstMs) {
      const need = demand.moved(bytesPerMs * burstMs, now, rttMs);
      if (need !== null) needs.push(need);
    }
    return needs;
  }

  it('is what goes through in two round trips, measured once a round trip', () => {
    assert.deepEqual(measured(1000, 50, 1), Array(20).fill(100_000));
    assert.deepEqual(measured(1000, 200, 10), Array(5).fill(400_000));
  });

  it('is not measured in less than LEAST_PERIOD_MS', () => {
    const needs = measured(100_000, 0.5, 2);
    assert.equal(needs.length, 1000 / LEAST_PERIOD_MS);
    assert.ok(needs.every((need) => need === 100_000));
  });

  /** Where a stream's window ends up. */
  function windowAfter(rttMs: number, bytesPerMs: number): number {
    const credit = new ReceiveCredit(INITIAL_STREAM_CREDIT, 0, (bytes) => bytes);
    let sendable = INITIAL_STREAM_CREDIT;
    const arriving: { at: number; bytes: number }[] = [];
    const granted: { at: number; bytes: number }[] = [];
    for (let now = 0; now < 20_000; now++) {
      for (const grant of granted.splice(0, granted.findLastIndex(({ at }) => at <= now) + 1)) sendable += grant.bytes;
      const bytes = Math.min(sendable, bytesPerMs);
      sendable -= bytes;
      if (bytes > 0) arriving.push({ at: now + rttMs / 2, bytes });
      for (const one of arriving.splice(0, arriving.findLastIndex(({ at }) => at <= now) + 1)) {
        credit.received(one.bytes);
        const give = credit.took(one.bytes, now, rttMs);
        if (give > 0) granted.push({ at: now + rttMs / 2, bytes: give });
      }
    }
    return credit.window;
  }

  it("a stream's window grows to what a long fast path needs, and stays small on a short one", () => {
    assert.equal(windowAfter(100, 100_000), MAX_STREAM_CREDIT);
    const middling = windowAfter(50, 10_000);
    // Two round trips are a megabyte, of which half may be on its way back.
    assert.ok(middling >= 1_000_000 && middling <= 2 * 2 ** 20, String(middling));
    assert.equal(windowAfter(2, 10_000), INITIAL_STREAM_CREDIT);
  });
});

// SPDX-License-Identifier: Apache-2.0
// Sessions over slow lines with long queues, in virtual time: whole in the line's own time, nothing twice, nothing doubted.

import assert from 'node:assert/strict';
import { percentile, type Visits, visit } from '../../support/line-visits.ts';

const KB = 1024;
const RATES = [38, 64, 128, 256, 625, 2500];
/** Seconds that the content takes on the line. */
const SECONDS = 12;
const FAST = 1000;
const bytesFor = (rate: number): number => rate * KB * (rate > FAST ? 4 : SECONDS);
/** What the session adds: questions, ramps, the last round trip; and the looks for the least round trip. */
const SLOWER = 1.06;
const BESIDE_MS = 1500;

function check(visits: Visits, bytes: number, stallMs = 0): void {
  assert.deepEqual(visits.failures, []);
  assert.notEqual(visits.ms, null, 'not whole');
  assert.ok((visits.ms as number) <= visits.idealMs * SLOWER + BESIDE_MS + stallMs, `${visits.ms} ms in place of ${visits.idealMs}`);
  assert.ok(visits.sent <= 1.08 * bytes + 100_000, `${visits.sent} of ${bytes} bytes`);
}

describe('sessions on slow lines', () => {
  for (const rate of RATES) {
    for (const queueMs of [300, 1000]) {
      for (const ways of [['relay'], ['relay', 'tcp-punch']]) {
        it(`${rate} KB/s, a queue of ${queueMs} ms, by ${ways.join(' and ')}`, async () => {
          const bytes = bytesFor(rate);
          const visits = await visit({ rate: rate * KB, queueMs, ways, bytes, small: true });
          check(visits, bytes);
          assert.deepEqual([visits.silent, visits.moved, visits.lost], [0, 0, 0]);
          // The round trip, what may be under way, and what a slow line takes for the smallest messages.
          assert.ok(percentile(visits.small, 0.5) < 250, `${visits.small}`);
        });
      }
    }
  }

  for (const rate of [64, 256, 625]) {
    it(`${rate} KB/s: what a tunnel says now and then goes ahead of a download, for as long as that runs`, async () => {
      const bytes = bytesFor(rate);
      const visits = await visit({ rate: rate * KB, queueMs: 1000, bytes, tunnel: true });
      check(visits, bytes + 1000 * visits.said.length);
      assert.ok(visits.said.length > 20, `${visits.said.length}`);
      assert.ok(percentile(visits.said, 0.5) < 250, `${visits.said}`);
      // Also once it has said more than what is urgent of any answer.
      assert.ok(percentile(visits.said.slice(20), 0.9) < 400, `${visits.said}`);
    });
  }

  it('short queues: 50 ms, where TCP itself loses much', async () => {
    for (const [rate, slower] of [
      [64, 1.7],
      [625, 1.3],
      [2500, 1.3],
    ] as const) {
      const bytes = bytesFor(rate);
      const visits = await visit({ rate: rate * KB, queueMs: 50, bytes });
      assert.ok(visits.ms !== null && visits.ms < slower * visits.idealMs + BESIDE_MS, `${visits.ms} ms at ${rate} KB/s`);
      assert.ok(visits.sent <= 1.08 * bytes + 100_000);
      assert.deepEqual([visits.silent, visits.moved], [0, 0]);
    }
  });

  for (const visitors of [5, 15]) {
    it(`${visitors} visitors share the uplink`, async () => {
      for (const rate of [625, 2500]) {
        for (const ways of [['relay'], ['relay', 'tcp-punch']]) {
          const bytes = bytesFor(rate);
          const visits = await visit({ rate: rate * KB, queueMs: 300, ways, visitors, bytes });
          check(visits, bytes);
          assert.deepEqual([visits.silent, visits.moved, visits.lost], [0, 0, 0]);
        }
      }
    });
  }

  for (const ms of [2000, 5000, 20_000]) {
    it(`a stall of ${ms / 1000} s in the middle`, async () => {
      for (const rate of [128, 625]) {
        for (const ways of [['relay'], ['relay', 'tcp-punch']]) {
          const bytes = bytesFor(rate);
          const visits = await visit({ rate: rate * KB, queueMs: 300, ways, bytes, stall: { atMs: 4000, ms } });
          assert.notEqual(visits.ms, null);
          assert.ok((visits.ms as number) <= visits.idealMs + ms + 3000, `${visits.ms} ms by ${ways} at ${rate} KB/s`);
          assert.ok(visits.sent <= 1.08 * bytes + 100_000);
        }
      }
    });
  }
});

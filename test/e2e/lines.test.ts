// SPDX-License-Identifier: Apache-2.0
// Downloads on slow uplinks with queues, over the kernel's own lines and NATs, beside curl's: a few of `npm run lab -- line`.

import assert from 'node:assert/strict';
import { noLabReason } from '../lab/lab.ts';
import { goodput, type LineCase, type LineResult, lines, sentShare } from '../lab/lines.ts';

/** A busy machine's share: the lab's own goals are 0.9, and checked by hand. */
const GOODPUT = 0.7;
const SENT = 1.08;
const BESIDE_BYTES = 100_000;
const SECONDS = 6;
const RTT_MS = 50;

const CASES: readonly LineCase[] = [
  { mbit: 0.5, queueMs: 1000, via: 'fastest', visitors: 1 },
  { mbit: 1, queueMs: 300, via: 'relay', visitors: 1 },
  { mbit: 5, queueMs: 300, via: 'tcp-punch', visitors: 5 },
];

describe('slow lines', function () {
  this.timeout(120_000);
  const results: LineResult[] = [];

  before(async function () {
    const reason = noLabReason();
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    results.push(...(await lines({ cases: CASES, seconds: SECONDS, rttMs: RTT_MS })));
  });

  for (const [at, { mbit, queueMs, via, visitors }] of CASES.entries()) {
    it(`${mbit} Mbit/s, a queue of ${queueMs} ms, ${via}, ${visitors === 1 ? 'one visitor' : `${visitors} visitors`}`, () => {
      const result = results.find((one) => one.mbit === mbit && one.via === via && one.visitors === visitors) ?? assert.fail(`case ${at}`);
      assert.notEqual(result.ms, null, result.errors.join());
      assert.ok(goodput(result) >= GOODPUT, `${goodput(result)} of curl's goodput`);
      assert.ok(result.sent <= SENT * result.content + BESIDE_BYTES, `sent ${sentShare(result)} of the content`);
      assert.deepEqual([result.silent, result.lost], [0, 0]);
      assert.ok(result.moved <= (via === 'fastest' ? visitors : 0), `${result.moved} moves`);
    });
  }
});

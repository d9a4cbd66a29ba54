// SPDX-License-Identifier: Apache-2.0
// Small requests beside a download, a line that stops, and one that gets narrow, over the kernel's own lines: a few of `npm run lab -- line`.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type FaultyResult, faulty } from '../lab/faulty.ts';
import { noLabReason } from '../lab/lab.ts';
import { HTTP2, type SmallResult, small } from '../lab/small.ts';

const RTT_MS = 50;
/** Of content, on the line; and how much later than it must be a busy machine may make it. */
const SECONDS = 4;
const BUSY_MS = 4000;

describe('slow lines with small requests and faults', function () {
  this.timeout(120_000);
  let smalls: SmallResult[] = [];
  let stalled: FaultyResult[] = [];
  let narrow: FaultyResult[] = [];

  before(async function () {
    const reason = noLabReason() ?? (existsSync('/usr/bin/openssl') ? null : 'no openssl here (Debian: apt-get install openssl)');
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    const conditions = { line: { mbit: 2, queueMs: 300 }, seconds: SECONDS, rttMs: RTT_MS, atOnce: 2 };
    [smalls, stalled, narrow] = await Promise.all([
      small({ lines: [{ mbit: 1, queueMs: 300 }], vias: ['tcp-punch'], samples: 8, rttMs: RTT_MS, atOnce: 1 }),
      faulty({ ...conditions, vias: ['relay'], faults: [{ kind: 'stall', seconds: 2 }] }),
      faulty({ ...conditions, vias: ['tcp-punch', 'data-channel'], faults: [{ kind: 'narrow', told: false }] }),
    ]);
  });

  it('answers a small request beside a download no later than HTTP/2', () => {
    const [ours, other] = smalls;
    assert.ok(ours && other?.by === HTTP2);
    assert.deepEqual([ours.failed, other.failed], [0, 0]);
    assert.ok(ours.p50 <= other.p50, `${ours.p50} ms, HTTP/2 ${other.p50} ms`);
    assert.ok(ours.share > 0.6, `the download has ${ours.share} of the line`);
  });

  it('is whole after a stall of 2 s, and not much later', () => {
    const [{ ms, curlMs, pauseMs, error }] = stalled as [FaultyResult];
    assert.ok(pauseMs > 2000, `it did not stall: ${pauseMs} ms`);
    assert.ok(ms !== null, String(error));
    assert.ok(ms < curlMs + 2000 + 3000 + BUSY_MS, `${ms} ms, ${curlMs} without the stall`);
  });

  for (const [at, via] of ['tcp-punch', 'data-channel'].entries()) {
    it(`${via} does not hang on a line that has got narrow and says nothing`, () => {
      const { ms, pauseMs, error, at: end, story } = narrow[at] as FaultyResult;
      assert.ok(ms !== null, String(error));
      assert.equal(end, via, story.join('\n'));
      assert.ok(pauseMs < 3000 + BUSY_MS, `nothing came for ${pauseMs} ms:\n${story.join('\n')}`);
    });
  }
});

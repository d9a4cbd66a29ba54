// SPDX-License-Identifier: Apache-2.0
// A few pairs of the lab's matrix, through kernel NATs: each reaches what is to be expected of it, by the technique that it calls for.

import assert from 'node:assert/strict';
import { Field } from '../lab/field.ts';
import { noLabReason } from '../lab/lab.ts';
import { expectationOf, fault, run, techniqueOf } from '../lab/matrix.ts';
import { SAME_LAN } from '../lab/plan.ts';

/** How long a visit on a busy machine is held open for the way that is expected, in milliseconds. */
const SETTLE_MS = 15_000;

const PAIRS: readonly (readonly [host: string, visitor: string, technique: RegExp])[] = [
  ['home', SAME_LAN, /direct/],
  ['home', 'home', /guarded/],
  ['ttl-close', 'home', /guarded/],
  ['home', 'step1', /predicted|guarded/],
  ['home', 'random', /birthday/],
  ['random', 'home', /birthday/],
  ['random', 'step1', /relay|birthday/], // low ports may meet
  ['no-syn-in', 'no-syn-in', /data-channel/],
];

describe('lab: a part of the matrix', function () {
  this.timeout(120_000);

  it('each pair reaches what is to be expected of it', async function () {
    const reason = noLabReason();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    const of = (at: 0 | 1): string[] => [...new Set(PAIRS.map((pair) => pair[at]))];
    const field = await Field.open({ hosts: of(0), visitors: of(1) });
    try {
      const errands = PAIRS.map(([host, visitor]) => {
        const wanted = expectationOf({ host, visitor }).rung;
        return { host, visitor, examined: true, wanted, settleMs: SETTLE_MS };
      });
      const pairs = await run(field, errands, 2, () => {});
      for (const pair of pairs) {
        const [, , technique] = PAIRS.find(([host, visitor]) => host === pair.host && visitor === pair.visitor) as (typeof PAIRS)[0];
        const words = `host ${pair.host}, visitor ${pair.visitor}: ${JSON.stringify(pair)}`;
        assert.equal(fault(pair), null, words);
        assert.match(techniqueOf(pair), technique, words);
        assert.ok(pair.stood.every(({ begunMs, stoodMs }) => begunMs <= stoodMs));
      }
      assert.equal(pairs.length, PAIRS.length);
    } finally {
      await field.close();
    }
  });
});

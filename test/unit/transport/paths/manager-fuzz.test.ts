// SPDX-License-Identifier: Apache-2.0
// The path manager under whatever happens to its paths: always on one that carries, never on too many, never busy.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_TRIES, POLITE_MS, TRIES_WINDOW_MS } from '../../../../transport/paths/search.ts';
import { policyFor } from '../../../../transport/strategy/policy.ts';
import { type Management, manage, turn } from '../../../support/fake-management.ts';
import { someStrategy } from '../../../support/some-strategy.ts';

const RUNS = 300;
const SEED = 606_884;
const WAYS = ['relay', 'data-channel', 'tcp-punch'];

type Step =
  | { readonly do: 'join' | 'silence' | 'recover' | 'lose'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'done' | 'fail' | 'changed' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('join' as const, 'join' as const, 'silence' as const, 'recover' as const, 'lose' as const),
    which: fc.nat(7),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.oneof(fc.nat(500), fc.nat(70_000)) }),
  fc.record({ do: fc.constantFrom('done' as const, 'fail' as const, 'changed' as const) }),
);

/** Whatever fits of one step. A strategy joins only by a try that is under way and has this strategy in it. */
async function take(k: Management, one: Step): Promise<void> {
  const { resumable } = k;
  const opening = k.openings.find(({ over }) => !over);
  switch (one.do) {
    case 'join': {
      const via = opening?.names[one.which % opening.names.length];
      // The resumable session refuses a fifth path; the strategy has failed then.
      if (via && resumable.paths.length < 4) resumable.join(via, one.which * 10);
      return;
    }
    case 'silence':
    case 'recover':
    case 'lose': {
      const path = resumable.paths[one.which % resumable.paths.length];
      if (path && (one.do !== 'recover' || path.state === 'suspect') && (one.do !== 'silence' || path.state !== 'suspect'))
        resumable[one.do](path);
      return;
    }
    case 'wait':
      return k.clock.advance(one.ms);
    case 'changed':
      return k.manager.changed('something');
    case 'done':
    case 'fail':
      return opening?.[one.do]();
  }
}

describe('path manager: whatever happens', () => {
  for (const via of [['fastest'], ['relay-only'], ['data-channel', 'tcp-punch', 'relay']]) {
    const policy = policyFor(via);
    it(`${via.join(',')}: on what carries, within its bounds, and at rest when all is well`, () =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80 }), async (steps) => {
          const k = manage(via, WAYS);
          const started = k.manager.start();
          k.resumable.join(k.last().names[0] as string);
          await started;
          for (const one of steps) {
            await take(k, one);
            await turn();
            const { paths, inUse } = k.resumable;
            const well = paths.filter(({ state }) => state !== 'suspect');
            if (well.length > 0) assert.ok(inUse && well.includes(inUse), 'it is not on a path that carries');
            assert.ok(k.openings.filter(({ over }) => !over).length <= 1, 'two tries at once');
            if (well.length === 0 && paths.length < 3 && inUse === null) {
              k.clock.advance(TRIES_WINDOW_MS);
              assert.notEqual(k.trying(), '', 'nothing carries, and nothing is tried');
            }
          }
          for (const { at } of k.openings) {
            const within = k.openings.filter((other) => other.at >= at && other.at < at + TRIES_WINDOW_MS);
            assert.ok(within.length <= MAX_TRIES, 'too many tries');
          }
          // All that is missing comes, and then nothing more is done.
          for (let i = 0; i < 12; i++) {
            for (const path of k.resumable.paths.filter(({ state }) => state === 'suspect')) k.resumable.recover(path);
            const opening = k.openings.find(({ over }) => !over);
            if (opening && k.resumable.paths.length < 4) k.resumable.join(opening.names[0] as string);
            await opening?.done();
            k.clock.advance(POLITE_MS[1] * 1.3);
          }
          assert.equal(k.trying(), '');
          const ranks = WAYS.flatMap((name) => policy.rank(someStrategy(name)) ?? []);
          assert.equal(policy.rank(someStrategy(k.resumable.inUse?.via ?? '')), Math.min(...ranks), 'it is not on the best path');
          assert.ok(k.resumable.paths.length <= 2, `${k.resumable.paths.length} paths`);
          k.manager.stop();
        }),
        { numRuns: RUNS, seed: SEED },
      ));
  }
});

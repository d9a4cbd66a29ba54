// SPDX-License-Identifier: Apache-2.0
// The ports that techniques go from and to: predicted ones meet, random ones are different.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PortholeError } from '../../../../proto/errors.ts';
import type { Outside } from '../../../../transport/punch/notes.ts';
import { portAhead, type Stage } from '../../../../transport/punch/technique.ts';
import { randomPorts } from '../../../../transport/punch/techniques/birthday.ts';
import { pairs } from '../../../../transport/punch/techniques/predicted.ts';

const stage = (own: Outside, theirs: Outside): Stage =>
  ({ own, theirs, local: { ip: '0.0.0.0', port: 7 }, facts: { sockets: 6 } }) as unknown as Stage;

/** What a NAT makes of an end's connections, in the order they are made: the i-th goes from this outside port. */
function outsides({ port, step }: Outside, made: readonly { local: { port: number } }[]): number[] {
  return made.map(({ local }, at) => (step === 0 ? (local.port === 7 ? port : -1) : port + (step ?? 0) * (at + 1)));
}

describe('punch techniques', () => {
  it('predicted: each pair of the one end is a pair of the other, whichever has a series', () => {
    const step = fc.constantFrom(-2, 1, 2, 5);
    const port = fc.integer({ min: 1000, max: 60_000 });
    const series = fc.record({ port, step });
    const one = fc.record({ port, step: fc.constant(0) });
    const ends = fc.oneof(fc.tuple(series, one), fc.tuple(one, series), fc.tuple(series, series));
    fc.assert(
      fc.property(ends, ([a, b]) => {
        const [from, back] = [pairs(stage(a, b)), pairs(stage(b, a))];
        const there = outsides(a, from).map((own, at) => `${own} ${from[at]?.port}`);
        const here = outsides(b, back).map((own, at) => `${back[at]?.port} ${own}`);
        assert.deepEqual(there, here);
        assert.equal(new Set(there).size, 6);
      }),
      { seed: 9 },
    );
  });

  it('a port ahead: none beyond the last, none without a pattern', () => {
    const unfit = (error: unknown): boolean => error instanceof PortholeError && error.code === 'STRATEGY_UNFIT';
    assert.equal(portAhead({ port: 10, step: 2 }, 1), 14);
    assert.equal(portAhead({ port: 10, step: 0 }, 5), 10);
    for (const end of [
      { port: 65_535, step: 1 },
      { port: 1, step: -1 },
      { port: 5, step: null },
    ])
      assert.throws(() => portAhead(end), unfit);
  });

  it('random ports: so many, different, none well-known', () => {
    let state = 1;
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const ports = randomPorts(768, random);
    assert.equal(new Set(ports).size, 768);
    assert.ok(ports.every((port) => port >= 1024 && port <= 65_535));
    assert.deepEqual([...randomPorts(1, () => 0), ...randomPorts(1, () => 1 - Number.EPSILON)], [1024, 65_535]);
  });
});

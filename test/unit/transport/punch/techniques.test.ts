// SPDX-License-Identifier: Apache-2.0
// The ports that techniques go from and to: predicted ones meet, random ones are different.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PortholeError } from '../../../../proto/errors.ts';
import { BIRTHDAY_SOCKETS, LOW_PORTS, PREDICTED_WINDOW } from '../../../../transport/nat/punch/limits.ts';
import type { Outside } from '../../../../transport/nat/punch/notes.ts';
import { type Opening, portAhead, type Stage } from '../../../../transport/nat/punch/technique.ts';
import { birthdayPairs as birthday, predictedPairs as predicted, randomPorts } from '../../../../transport/nat/punch/techniques.ts';

const stage = (own: Outside, theirs: Outside, sockets: number = PREDICTED_WINDOW): Stage =>
  ({ own, theirs, local: { ip: '0.0.0.0', port: 7 }, facts: { sockets }, random }) as unknown as Stage;

let state = 1;
function random(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

/** What a NAT makes of an end's connections, in the order they are made; others behind it have made some before. */
function outsides({ port, step, range }: Outside, made: readonly Opening[], others = 0): number[] {
  const taken = new Set<string>();
  return made.map(({ local, port: to }, at) => {
    if (step === 0) return local.port === 7 ? port : -1;
    if (step !== null) return port + step * (at + 1 + others);
    const [least, most] = local.port > 0 && range ? range : [1024, 65_535];
    for (;;) {
      const outside = least + Math.floor(random() * (most - least + 1));
      if (taken.has(`${outside} ${to}`)) continue;
      taken.add(`${outside} ${to}`);
      return outside;
    }
  });
}

/** How many connections of the one end come from where one of the other's goes to, and go to where it comes from. */
function meetings(a: Outside, b: Outside, by: (stage: Stage) => Opening[], sockets: number, others: readonly [number, number]): number {
  const [from, back] = [by(stage(a, b, sockets)), by(stage(b, a, sockets))];
  const there = outsides(a, from, others[0]).map((own, at) => `${own} ${from[at]?.port}`);
  const here = new Set(outsides(b, back, others[1]).map((own, at) => `${back[at]?.port} ${own}`));
  return there.filter((way) => here.has(way)).length;
}

const SERIES: Outside = { port: 30_000, step: 1 };
const ONE: Outside = { port: 5000, step: 0 };
const LOW: Outside = { port: 7, step: null, range: LOW_PORTS };
const ANY: Outside = { port: 7, step: null };
const unfit = (error: unknown): boolean => error instanceof PortholeError && error.code === 'STRATEGY_UNFIT';

describe('punch techniques', () => {
  it('predicted: one pair meets at least, whichever end has a series, and whoever else takes ports of it meanwhile', () => {
    const step = fc.constantFrom(-2, 1, 2, 5);
    const port = fc.integer({ min: 1000, max: 60_000 });
    const series = fc.record({ port, step });
    const one = fc.record({ port, step: fc.constant(0) });
    const ends = fc.oneof(fc.tuple(series, one), fc.tuple(one, series), fc.tuple(series, series));
    const few = fc.integer({ min: 0, max: PREDICTED_WINDOW - 1 });
    fc.assert(
      fc.property(ends, fc.tuple(few, few), ([a, b], others) => {
        assert.ok(meetings(a, b, predicted, PREDICTED_WINDOW, others) >= 1);
        assert.ok(predicted(stage(a, b)).length <= PREDICTED_WINDOW);
      }),
      { seed: 9 },
    );
  });

  /** In how many of 100 rounds of so many sockets a pair meets. */
  function share(a: Outside, b: Outside, sockets: number): number {
    let met = 0;
    for (let round = 0; round < 100; round++) if (meetings(a, b, birthday, sockets, [round % 5, round % 3]) > 0) met++;
    return met;
  }

  it('birthday: any port at one end and one at the other meet by number alone', () => {
    assert.ok(share(ONE, ANY, 256) > 40);
    assert.ok(share(ANY, ONE, 768) > 97);
    assert.ok(share(ONE, LOW, 64) > 97, 'low ports are few');
  });

  it('birthday: low ports meet a series, and each other', () => {
    assert.ok(share(SERIES, LOW, 256) > 40);
    assert.ok(share(LOW, SERIES, 768) > 95);
    assert.ok(share(LOW, LOW, 768) > 85);
  });

  it('birthday: no more connections than sockets, none twice', () => {
    for (const [a, b] of [
      [ONE, ANY],
      [ANY, ONE],
      [ONE, LOW],
      [LOW, ONE],
      [SERIES, LOW],
      [LOW, SERIES],
      [LOW, LOW],
    ] as const)
      for (const sockets of BIRTHDAY_SOCKETS) {
        const made = birthday(stage(a, b, sockets));
        assert.ok(made.length > 0 && made.length <= sockets);
        const kept = made.filter(({ local }) => local.port > 0).map(({ local, port }) => `${local.port} ${port}`);
        assert.equal(new Set(kept).size, kept.length);
      }
  });

  it('birthday: any port at both ends, or at one that meets a series, is told to be hopeless', () => {
    for (const [a, b] of [
      [ANY, ANY],
      [ANY, SERIES],
      [SERIES, ANY],
      [LOW, ANY],
    ] as const)
      assert.throws(() => birthday(stage(a, b, 768)), unfit);
  });

  it('a port ahead: none beyond the last, none without a pattern', () => {
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
    const ports = randomPorts(768, random);
    assert.equal(new Set(ports).size, 768);
    assert.ok(ports.every((port) => port >= 1024 && port <= 65_535));
    assert.deepEqual([...randomPorts(1, () => 0), ...randomPorts(1, () => 1 - Number.EPSILON)], [1024, 65_535]);
  });
});

// SPDX-License-Identifier: Apache-2.0
// The path manager's table, row by row, and its paces.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decide, type Placed, printTable, type Seen } from '../../../../transport/paths/decide.ts';
import { Budget, Pace } from '../../../../transport/paths/search.ts';

const NOW = 1000;
/** `p`: punched, `d`: begun beside it and less good, `r`: relay, `e`: begun and ranked behind all. */
const PLACES: Readonly<Record<string, Placed>> = {
  p: { rank: 0, tier: 0 },
  d: { rank: 1, tier: 0 },
  r: { rank: 2, tier: 1 },
  e: { rank: 3, tier: 2 },
};
const placed = (name: string): Placed => PLACES[name[0] as string] as Placed;
/** A path of one of these strategies; behind it `!` silent, `~` not steady yet; a number is its round trip. */
function seen(name: string): Seen<string> {
  const rttMs = Number(/\d+/.exec(name)?.[0] ?? 10);
  return {
    path: name,
    ...placed(name),
    rttMs,
    well: !name.includes('!'),
    readyAt: name.includes('~') ? NOW + 500 : NOW,
  };
}
const all = (names: string): Seen<string>[] => names.split(' ').filter(Boolean).map(seen);

interface Row {
  readonly current: string;
  readonly others: string;
  readonly strategies?: string;
  readonly use?: string;
  readonly wants?: string;
  readonly spare?: string;
  readonly standby?: string;
  readonly readyAt?: number;
  readonly why: string;
}

const rows: readonly Row[] = [
  { why: 'the first', current: '', others: 'r', use: 'r' },
  { why: 'the best of several', current: '', others: 'r d', use: 'd' },
  { why: 'of equals the nearest', current: '', others: 'r40 r20', use: 'r20' },
  { why: 'no time to wait until it is steady', current: '', others: 'd~', use: 'd~' },
  { why: 'nothing', current: '', others: '', wants: 'any' },
  { why: 'nothing but silent ones', current: '', others: 'd! r!', wants: 'any', spare: 'r!' },
  { why: 'silence, and a standby', current: 'd!', others: 'r', use: 'r' },
  { why: 'silence, and a better one', current: 'r!', others: 'd~', use: 'd~' },
  { why: 'silence, and an equal', current: 'd!', others: 'd', use: 'd' },
  { why: 'silence, and nothing else', current: 'd!', others: '', wants: 'any' },
  { why: 'silence all over', current: 'd!', others: 'r!', wants: 'any' },
  { why: 'a better one', current: 'r', others: 'd', use: 'd' },
  { why: 'a better one, however far', current: 'r5', others: 'd900', use: 'd900' },
  { why: 'a better one, not steady yet', current: 'r', others: 'd~', readyAt: NOW + 500, standby: 'd~' },
  { why: 'a better one that is silent', current: 'r', others: 'd!', wants: 'better' },
  { why: 'a steady one before the best, which is not steady', current: 'e', others: 'd~ r', use: 'r' },
  { why: 'well, and there could be better', current: 'r', others: '', wants: 'better' },
  { why: 'well, and there is nothing better', current: 'r', others: '', strategies: 'r' },
  { why: 'the best, and no standby', current: 'd', others: '', wants: 'standby' },
  { why: 'the best, and nothing to stand by', current: 'd', others: '', strategies: 'd' },
  { why: 'the best, and its standby is silent', current: 'd', others: 'r!', wants: 'standby' },
  { why: 'all that is needed', current: 'd', others: 'r', standby: 'r' },
  { why: 'all that is needed, and a silent one', current: 'd', others: 'r d!', standby: 'r' },
  { why: 'in the middle: both are missing', current: 'r', others: '', strategies: 'd r e', wants: 'better standby' },
  { why: 'an equal that is nearer is no reason to move', current: 'd100', others: 'r d1', standby: 'r', spare: 'd1' },
  { why: 'a lesser one that is nearer is none either', current: 'd900', others: 'r1', standby: 'r1' },
  { why: 'a second standby', current: 'd', others: 'r40 r20', standby: 'r20', spare: 'r40' },
  { why: 'a second silent one: the newest of the best is kept', current: 'd', others: 'r d1! d2! r!', standby: 'r', spare: 'd1! r!' },
  { why: 'an equal stands by where nothing else does', current: 'd', others: 'd1', strategies: 'd', standby: 'd1' },
  { why: 'TCP in place of a data channel', current: 'd', others: 'p r', use: 'p' },
  { why: 'TCP that has failed before is waited for', current: 'd', others: 'p~ r', readyAt: NOW + 500, standby: 'r' },
  { why: 'a data channel is no standby beside the relay', current: 'p', others: 'd1 r40', standby: 'r40', spare: 'd1' },
  { why: 'it is one until there is a relay', current: 'p', others: 'd', strategies: 'p d r', standby: 'd', wants: 'standby' },
  { why: 'it is one where no relay is wanted', current: 'p', others: 'd', strategies: 'p d', standby: 'd' },
  { why: 'there could be TCP', current: 'd', others: 'r', strategies: 'p d r', standby: 'r', wants: 'better' },
  { why: 'there can be no TCP, as in a browser', current: 'd', others: 'r', strategies: 'd r', standby: 'r' },
];

describe('path decision: what to be on', () => {
  for (const { why, current, others, strategies = 'd r', use, wants = '', spare = '', standby, readyAt } of rows) {
    it(`${current || 'nothing'} in use, beside it ${others || 'nothing'}: ${why}`, () => {
      const decision = decide(NOW, current ? seen(current) : null, all(others), strategies.split(' ').map(placed));
      const wanted = Object.entries(decision.wants).filter(([, is]) => is);
      assert.deepEqual(
        { ...decision, spare: [...decision.spare].sort().join(' '), wants: wanted.map(([what]) => what).join(' ') },
        { use: use ?? null, readyAt: readyAt ?? null, standby: standby ?? null, spare, wants },
      );
    });
  }
});

describe('path decision: the table', () => {
  it('stands in ARCHITECTURE.md as it is', () => {
    assert.ok(readFileSync(join(import.meta.dirname, '../../../../ARCHITECTURE.md'), 'utf8').includes(printTable()));
  });
});

describe('path decision: paces', () => {
  it('doubles the wait up to the most, spread by chance, and begins anew', () => {
    let chance = 0.5;
    const pace = new Pace(60, 400, () => chance);
    const next = (): number => {
      pace.tried(1000);
      return Math.round(pace.at - 1000);
    };
    assert.equal(pace.at, 0);
    assert.deepEqual([next(), next(), next(), next(), next()], [60, 120, 240, 400, 400]);
    chance = 0;
    assert.equal(next(), 320);
    chance = 1;
    assert.equal(next(), 480);
    chance = 0.5;
    pace.hurry(5);
    assert.equal(pace.at, 5);
    assert.equal(next(), 60);
  });

  it('has so many in any stretch of time, and no more', () => {
    const budget = new Budget(2, 100);
    for (const at of [0, 30]) {
      assert.equal(budget.freeAt(at), at);
      budget.spend(at);
    }
    assert.equal(budget.freeAt(40), 100);
    assert.equal(budget.freeAt(100), 100);
    budget.spend(100);
    assert.equal(budget.freeAt(100), 130);
    assert.equal(budget.freeAt(300), 300);
  });
});

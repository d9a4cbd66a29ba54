// SPDX-License-Identifier: Apache-2.0
// Tests of the Range field: RFC 9110 section 14, its examples, its limits.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_RANGE_CHARS, MAX_RANGES, MIN_GAP_BYTES, planRanges, type RangePlan, readRange } from '../../../../host-agent/static/range.ts';

describe('static/range', () => {
  const one = (first: number, last: number): RangePlan => [{ first, last }];
  const cases: [header: string, size: number, plan: RangePlan][] = [
    ['bytes=0-499', 10000, one(0, 499)],
    ['bytes=500-999', 10000, one(500, 999)],
    ['bytes=-500', 10000, one(9500, 9999)],
    ['bytes=9500-', 10000, one(9500, 9999)],
    ['bytes=0-0', 10000, one(0, 0)],
    ['BYTES=0-0', 10000, one(0, 0)],
    ['bytes= 0-1 , ', 10, one(0, 1)],
    ['bytes=9999-20000', 10000, one(9999, 9999)],
    ['bytes=-20000', 10000, one(0, 9999)],
    ['bytes=0-99999999999999999999999999', 10, one(0, 9)],
    ['bytes=10000-', 10000, 'unsatisfiable'],
    ['bytes=99999999999999999999999999-', 10, 'unsatisfiable'],
    ['bytes=-0', 10000, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=-5', 0, 'whole'],
    ['bytes=5-4', 10000, 'whole'],
    ['bytes=', 10000, 'whole'],
    ['bytes=,', 10000, 'whole'],
    ['bytes', 10000, 'whole'],
    ['bytes=-', 10000, 'whole'],
    ['bytes=a-b', 10000, 'whole'],
    ['bytes=1-2,x', 10000, 'whole'],
    ['bytes=0x1-2', 10000, 'whole'],
    ['bytes=+1-2', 10000, 'whole'],
    ['bytes =0-1', 10000, 'whole'],
    ['lines=0-1', 10000, 'whole'],
    [
      'bytes=500-600,9000-9099,20000-',
      10000,
      [
        { first: 500, last: 600 },
        { first: 9000, last: 9099 },
      ],
    ],
    [
      'bytes=9000-9099,0-9',
      10000,
      [
        { first: 9000, last: 9099 },
        { first: 0, last: 9 },
      ],
    ],
    ['bytes=0-10,5-20', 10000, one(0, 20)],
    ['bytes=0-10,11-20', 10000, one(0, 20)],
    ['bytes=0-,0-,0-,0-', 10000, one(0, 9999)],
    ['bytes=20-29,0-9', 10000, one(0, 29)],
    ['bytes=20000-,30000-', 10000, 'unsatisfiable'],
  ];
  for (const [header, size, plan] of cases) {
    it(`plans ${header} of ${size}`, () => assert.deepEqual(planRanges(header, size), plan));
  }

  it('follows MAX_RANGES ranges, and ignores a field with one more', () => {
    const far = (count: number) => `bytes=${Array.from({ length: count }, (_, i) => `${i * 1000}-${i * 1000}`).join(',')}`;
    assert.equal(planRanges(far(MAX_RANGES), 1e6).length, MAX_RANGES);
    assert.equal(planRanges(far(MAX_RANGES + 1), 1e6), 'whole');
  });

  it('ignores a field longer than MAX_RANGE_CHARS', () => {
    const padded = (length: number) => 'bytes=0-1'.padEnd(length, ',');
    assert.deepEqual(planRanges(padded(MAX_RANGE_CHARS), 10), one(0, 1));
    assert.equal(planRanges(padded(MAX_RANGE_CHARS + 1), 10), 'whole');
  });

  it('joins ranges nearer than MIN_GAP_BYTES, and keeps others apart', () => {
    assert.deepEqual(planRanges(`bytes=0-9,${9 + MIN_GAP_BYTES}-199`, 200), one(0, 199));
    assert.equal(planRanges(`bytes=0-9,${10 + MIN_GAP_BYTES}-199`, 200).length, 2);
  });

  it('reads any text without failing, in a time that follows its length', () => {
    fc.assert(fc.property(fc.string({ maxLength: 4000 }), (text) => void planRanges(text, 100)));
    fc.assert(fc.property(fc.stringMatching(/^bytes=[-0-9, ]{0,60}$/), (text) => void readRange(text)));
  });

  it('covers every byte asked for, in parts that lie in the file, apart from each other, never longer than it', () => {
    const spec = fc.oneof(
      fc.tuple(fc.nat(3000), fc.nat(3000)).map(([first, more]) => ({ text: `${first}-${first + more}`, first, last: first + more })),
      fc.nat(3000).map((first) => ({ text: `${first}-`, first, last: Number.POSITIVE_INFINITY })),
    );
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: MAX_RANGES }), fc.integer({ min: 1, max: 3000 }), (specs, size) => {
        const plan = planRanges(`bytes=${specs.map(({ text }) => text).join(',')}`, size);
        const asked = specs.filter(({ first }) => first < size);
        if (typeof plan === 'string') return assert.deepEqual([plan, asked.length], ['unsatisfiable', 0]);
        for (const { first, last } of asked) {
          assert.ok(plan.some((part) => part.first <= first && Math.min(last, size - 1) <= part.last));
        }
        const sorted = [...plan].sort((a, b) => a.first - b.first);
        let end = -1 - MIN_GAP_BYTES;
        for (const { first, last } of sorted) {
          assert.ok(first - end > MIN_GAP_BYTES && last >= first && last < size);
          assert.ok(asked.some((range) => range.first === first));
          end = last;
        }
      }),
    );
  });
});

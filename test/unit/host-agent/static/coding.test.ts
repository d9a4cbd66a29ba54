// SPDX-License-Identifier: Apache-2.0
// Tests of the choice of a compressed copy, and of weighted lists.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { codingsForRange, readCodingWishes } from '../../../../host-agent/static/coding.ts';
import { MAX_LIST_ELEMENTS, readWeights } from '../../../../host-agent/static/lists.ts';

describe('static/coding', () => {
  const cases: [header: string | null, codings: string[], plainRefused?: boolean][] = [
    [null, []],
    ['', []],
    ['identity', []],
    ['gzip', ['gzip']],
    ['x-gzip', ['gzip']],
    ['GZIP', ['gzip']],
    ['gzip, deflate, br, zstd', ['br', 'gzip']],
    ['br;q=0.5, gzip', ['gzip', 'br']],
    ['br; q=0, gzip; Q=0.001', ['gzip']],
    ['*', ['br', 'gzip']],
    ['*;q=0', [], true],
    ['identity;q=1, *;q=0', []],
    ['identity, gzip;q=0.5', []],
    ['gzip;q=0.5, identity;q=0.2', ['gzip']],
    ['gzip;q=0', []],
    ['br, identity;q=0', ['br'], true],
    ['br;q=2, gzip;q=x', []],
    ['compress', []],
  ];
  for (const [header, codings, plainRefused = false] of cases) {
    it(`reads ${header ?? 'no field'}`, () => {
      const wishes = readCodingWishes(header);
      assert.deepEqual([wishes.codings.map(({ token }) => token), wishes.plainRefused], [codings, plainRefused]);
    });
  }

  it('takes the plain file for a range, unless a copy is continued or the plain file refused', () => {
    const tokens = (header: string, ifRange: string | null) => codingsForRange(readCodingWishes(header), ifRange).map(({ token }) => token);
    assert.deepEqual(tokens('br, gzip', null), []);
    assert.deepEqual(tokens('br, gzip', '"a-b-c"'), []);
    assert.deepEqual(tokens('br, gzip', '"a-b-c.gzip"'), ['gzip']);
    assert.deepEqual(tokens('br', '"a-b-c.gzip"'), []);
    assert.deepEqual(tokens('br, identity;q=0', null), ['br']);
  });

  it('never gives a coding that is refused or not named, whatever the text', () => {
    const element = fc.tuple(
      fc.constantFrom('br', 'gzip', 'identity', '*', 'zstd', ''),
      fc.constantFrom('', ';q=0', ';q=0.3', ';q=1', ';q=', ';x'),
    );
    fc.assert(
      fc.property(fc.array(element.map(([name, weight]) => name + weight)), (elements) => {
        const header = elements.join(', ');
        const weights = readWeights(header);
        for (const { token } of readCodingWishes(header).codings) assert.ok((weights.get(token) ?? weights.get('*') ?? 0) > 0);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void readCodingWishes(text)));
  });

  it('reads weights of MAX_LIST_ELEMENTS elements and no more', () => {
    const header = Array.from({ length: MAX_LIST_ELEMENTS + 1 }, (_, i) => `c${i}`).join(',');
    assert.equal(readWeights(header).size, MAX_LIST_ELEMENTS);
    assert.deepEqual(
      [...readWeights('a;q=0.25, b;level=1;q=0.5 ,c;q=1.5,a;q=1, d')],
      [
        ['a', 0.25],
        ['b', 0.5],
        ['d', 1],
      ],
    );
  });
});

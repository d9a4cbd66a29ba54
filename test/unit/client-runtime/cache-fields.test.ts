// SPDX-License-Identifier: Apache-2.0
// Fields as the cache of a site reads them: lists, directives, dates, ranges.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ageMs, dateOf, directiveMs, listOf, lists, spanOf, wholeLength } from '../../../client-runtime/browser/session/cache/fields.ts';

const AT = Date.UTC(2050, 7, 18, 2, 1, 18);

describe('fields of a cache', () => {
  it('parts lists at commas that are in no quoted string', () => {
    assert.deepEqual(listOf('a, b ,, c="1, 2" , "d\\",e", "open, end'), ['a', 'b', 'c="1, 2"', '"d\\",e"', '"open, end']);
    assert.deepEqual(listOf(null), []);
    assert.deepEqual(listOf(' , '), []);
    assert.equal(lists('Private, No-Store', 'no-store'), true);
    assert.equal(lists('no-store=x, no-cache="a"', 'no-cache'), false);
  });

  it('parts what was joined, whatever it is', () => {
    const element = fc.stringMatching(/^[a-z][a-z=-]{0,8}$/);
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            element,
            element.map((text) => `${text}="${text}, ${text}"`),
          ),
        ),
        (elements) => assert.deepEqual(listOf(elements.join(', ')), elements),
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => void [listOf(text), directiveMs(text, 'max-age'), ageMs(text), dateOf(text), spanOf(text, 9)]),
    );
  });

  for (const [value, seconds] of [
    ['max-age=3600', 3600],
    ['public, MAX-AGE= 7 ', 7],
    ['max-age=1, max-age=2', 1],
    ['max-age=x, max-age=2', 2],
    ['s-maxage=5', null],
    ['max-age', null],
    ['max-age =5', null],
    ['max-age="5"', null],
    ['max-age=-5', null],
    ['max-age=5.0', null],
    ['max-age=99999999999999999999', 1e20],
    ['extension="max-age=5"', null],
  ] as const) {
    it(`reads ${value}`, () => assert.equal(directiveMs(value, 'max-age'), seconds === null ? null : seconds * 1000));
  }

  it('reads the first of several ages, and none that is no number', () => {
    assert.deepEqual(
      [ageMs('7'), ageMs('7, 8'), ageMs('-7'), ageMs('7.5'), ageMs('seven'), ageMs(null)],
      [7000, 7000, null, null, null, null],
    );
  });

  for (const text of [
    'Thu, 18 Aug 2050 02:01:18 GMT',
    'Thursday, 18-Aug-50 02:01:18 GMT',
    'Thu Aug 18 02:01:18 2050',
    'thu, 18 aug 2050 02:01:18 gmt',
    'Thu, 18 Aug 2050 2:01:18 UTC',
    'Thu 18 Aug 2050 02.01.18 GMT',
    'Thu, 18 Aug 2050 02:01:18 GMT, Mon, 1 Jan 2001 00:00:00 GMT',
  ]) {
    it(`reads the date ${text}`, () => assert.equal(dateOf(text), AT));
  }

  it('reads no date where there is none', () => {
    for (const text of ['0', '-1', '', 'never', 'Thu, 18 Foo 2050 02:01:18 GMT', '2050-08-18T02:01:18Z'])
      assert.equal(dateOf(text), null, text);
    assert.equal(dateOf(null), null);
  });

  it('reads every date that a server writes', () => {
    const seconds = fc.integer({ min: 0, max: Date.UTC(2099, 0, 1) / 1000 });
    fc.assert(fc.property(seconds, (at) => assert.equal(dateOf(new Date(at * 1000).toUTCString()), at * 1000)));
  });

  for (const [range, span] of [
    ['bytes=0-1', [0, 1]],
    ['bytes=4-', [4, 9]],
    ['bytes=-3', [7, 9]],
    ['bytes=-30', [0, 9]],
    ['bytes=8-100', [8, 9]],
    ['Bytes = 2 - 3', [2, 3]],
    ['bytes=10-', null],
    ['bytes=3-2', null],
    ['bytes=-0', null],
    ['bytes=-', null],
    ['bytes=0-1,3-4', null],
    ['lines=0-1', null],
  ] as const) {
    it(`has ${span ? span.join(' to ') : 'nothing'} for ${range} of ten bytes`, () => {
      const found = spanOf(range, 10);
      assert.deepEqual(found && [found.first, found.last], span);
    });
  }

  it('has no range of nothing', () => {
    assert.equal(spanOf('bytes=0-', 0), null);
    assert.equal(spanOf('bytes=-1', 0), null);
  });

  it('knows when a 206 has all', () => {
    assert.equal(wholeLength('bytes 0-9/10'), 10);
    for (const part of ['bytes 0-8/10', 'bytes 1-9/10', 'bytes 0-9/*', 'bytes */10', '', null]) assert.equal(wholeLength(part), null);
  });
});

// SPDX-License-Identifier: Apache-2.0
// The rules of a private cache (RFC 9111): what is kept, how long it is fresh, what it is asked for with, and what a 304 changes.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lists } from '../../../client-runtime/browser/session/cache/fields.ts';
import {
  ageOf,
  changes,
  concerns,
  conditionsOf,
  directivesOf,
  type Fields,
  type KeptHead,
  keptFields,
  lifetimeOf,
  matches,
  mayKeep,
  updatedFields,
  useOf,
  variesBy,
  type Wish,
} from '../../../client-runtime/browser/session/cache/rules.ts';

const NOW = Date.UTC(2026, 11, 1, 12);
const DAY_S = 86_400;
const date = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1000).toUTCString();
const kept = (fields: Record<string, string>, more: Partial<KeptHead> = {}): KeptHead => ({
  status: 200,
  fields: Object.entries(fields),
  varies: null,
  askedAt: NOW,
  cameAt: NOW,
  ...more,
});
const wish = (more: Partial<Omit<Wish, 'fields'>> & { readonly fields?: Record<string, string> } = {}): Wish => ({
  method: 'GET',
  mode: 'default',
  subresource: false,
  ...more,
  fields: new Headers(more.fields),
});

describe('the cache: how long an answer is fresh', () => {
  const cases: readonly [title: string, fields: Record<string, string>, seconds: number, status?: number][] = [
    ['says nothing', {}, 0],
    ['max-age', { 'cache-control': 'max-age=60' }, 60],
    ['max-age before Expires', { 'cache-control': 'max-age=60', expires: date(-DAY_S) }, 60],
    ['a private cache heeds no s-maxage', { 'cache-control': 's-maxage=60' }, 0],
    ['no-cache before all', { 'cache-control': 'max-age=60, no-cache' }, 0],
    ['no-cache of some fields is none of the answer', { 'cache-control': 'max-age=60, no-cache="a"' }, 60],
    ['Pragma', { 'cache-control': 'max-age=60', pragma: 'no-cache' }, 0],
    ['Expires less Date', { date: date(100), expires: date(40) }, 60],
    ['Expires without Date', { expires: date(-60) }, 60],
    ['Expires in the past', { expires: date(60), 'last-modified': date(DAY_S) }, 0],
    ['Expires that is no date is in the past', { expires: '0', 'last-modified': date(DAY_S) }, 0],
    ['a tenth of what it did not change for', { 'last-modified': date(DAY_S) }, DAY_S / 10],
    ['no such guess behind must-revalidate', { 'last-modified': date(DAY_S), 'cache-control': 'must-revalidate' }, 0],
    ['nor from the future', { 'last-modified': date(-DAY_S) }, 0],
    ['nor for errors', { 'last-modified': date(DAY_S) }, 0, 404],
    ['for good: moved', {}, Number.POSITIVE_INFINITY, 301],
    ['for good: gone', {}, Number.POSITIVE_INFINITY, 410],
    ['moved, but not for long', { 'cache-control': 'max-age=5' }, 5, 308],
  ];
  for (const [title, fields, seconds, status = 200] of cases)
    it(title, () => assert.equal(lifetimeOf(kept(fields, { status })).freshMs, seconds * 1000));

  it('stale-while-revalidate, but not with must-revalidate', () => {
    assert.equal(lifetimeOf(kept({ 'cache-control': 'max-age=1, stale-while-revalidate=9' })).staleMs, 9000);
    assert.equal(lifetimeOf(kept({ 'cache-control': 'max-age=1, stale-while-revalidate=9, must-revalidate' })).staleMs, 0);
  });
});

describe('the cache: how old an answer is', () => {
  it('by the clock here, by the server’s, and by caches on the way, whichever says more', () => {
    assert.equal(ageOf(kept({}, { askedAt: NOW - 3000, cameAt: NOW - 1000 }), NOW), 3000);
    assert.equal(ageOf(kept({ date: date(60) }), NOW), 60_000);
    assert.equal(ageOf(kept({ date: date(60), age: '90' }), NOW + 5000), 95_000);
    assert.equal(ageOf(kept({ date: date(-600) }), NOW), 0, 'a server that is ahead makes nothing younger than it is');
  });

  it('never less than the time since it was asked for', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.integer({ min: -1e6, max: 1e6 }), fc.nat(1e6), (took, since, ahead, age) => {
        const cameAt = NOW - since;
        const old = ageOf(kept({ date: date(ahead), age: String(age) }, { askedAt: cameAt - took, cameAt }), NOW);
        assert.ok(old >= took + since && old >= age * 1000);
      }),
    );
  });
});

describe('the cache: how a kept answer is used', () => {
  const fresh = kept({ 'cache-control': 'max-age=60', etag: '"a"' });
  const stale = kept({ 'cache-control': 'max-age=60', etag: '"a"' }, { askedAt: NOW - 61_000, cameAt: NOW - 61_000 });
  const cases: readonly [title: string, kept: KeptHead, wish: Wish, use: ReturnType<typeof useOf>][] = [
    ['fresh', fresh, wish(), 'use'],
    ['stale', stale, wish(), 'ask'],
    ['HEAD', fresh, wish({ method: 'HEAD' }), 'use'],
    ['force-cache', stale, wish({ mode: 'force-cache' }), 'use'],
    ['only-if-cached', stale, wish({ mode: 'only-if-cached' }), 'use'],
    ['no-cache', fresh, wish({ mode: 'no-cache' }), 'ask'],
    ['max-age=0 of the page', fresh, wish({ fields: { 'cache-control': 'max-age=0' } }), 'ask'],
    ['its other directives are not heeded', fresh, wish({ fields: { 'cache-control': 'max-age=1, no-store' } }), 'use'],
    [
      'immutable, a picture of a page that is loaded anew',
      kept({ 'cache-control': 'max-age=60, immutable' }),
      wish({ mode: 'no-cache', subresource: true }),
      'use',
    ],
    ['immutable, but asked for by a script', kept({ 'cache-control': 'max-age=60, immutable' }), wish({ mode: 'no-cache' }), 'ask'],
    ['immutable, but stale', kept({ 'cache-control': 'max-age=0, immutable' }), wish({ mode: 'no-cache', subresource: true }), 'ask'],
  ];
  for (const [title, answer, asked, use] of cases) it(`${title}: ${use}`, () => assert.equal(useOf(answer, asked, NOW), use));

  it('a stale one behind the page’s back, for as long as it says', () => {
    const old = (seconds: number): KeptHead =>
      kept({ 'cache-control': 'max-age=1, stale-while-revalidate=9' }, { askedAt: NOW - seconds * 1000, cameAt: NOW - seconds * 1000 });
    assert.deepEqual(
      [0, 5, 9.9, 10].map((seconds) => useOf(old(seconds), wish(), NOW)),
      ['use', 'refresh', 'refresh', 'ask'],
    );
    assert.equal(useOf(old(5), wish({ method: 'HEAD' }), NOW), 'ask');
  });

  it('only for requests that are alike in what Vary names, cookies too', () => {
    const sent = new Headers({ cookie: 'a=1', 'accept-language': 'de' });
    const answer = kept(
      { 'cache-control': 'max-age=60', vary: 'Cookie, Accept-Language, X-None' },
      { varies: variesBy('Cookie, Accept-Language, X-None', sent) },
    );
    assert.equal(matches(answer, wish({ fields: { cookie: 'a=1', 'accept-language': 'de', other: 'x' } })), true);
    assert.equal(matches(answer, wish({ fields: { cookie: 'a=2', 'accept-language': 'de' } })), false);
    assert.equal(matches(answer, wish({ fields: { cookie: 'a=1', 'accept-language': 'de', 'x-none': '' } })), true);
    assert.equal(useOf(answer, wish({ mode: 'force-cache' }), NOW), 'ask');
    assert.equal(matches(kept({ vary: 'a, *' }), wish()), false);
    assert.equal(variesBy(null, sent), null);
  });

  it('whatever Vary names, fields or not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (vary) => {
        const answer = kept({ 'cache-control': 'max-age=60', vary }, { varies: variesBy(vary, new Headers()) });
        assert.equal(matches(answer, wish()), !lists(vary, '*'));
      }),
    );
  });

  it('never once it is older than it may be, whatever stands in its fields', () => {
    const directive = fc.constantFrom(
      'max-age=5',
      'max-age=0',
      'no-cache',
      'must-revalidate',
      'private',
      'immutable',
      'stale-while-revalidate=3',
      'public',
      'x',
    );
    fc.assert(
      fc.property(fc.array(directive), fc.nat(20), (directives, seconds) => {
        const at = NOW - seconds * 1000;
        const answer = kept({ 'cache-control': directives.join(', ') }, { askedAt: at, cameAt: at });
        const use = useOf(answer, wish(), NOW);
        if (directives.includes('no-cache') || seconds >= 8) assert.equal(use, 'ask');
        if (directives.includes('must-revalidate')) assert.notEqual(use, 'refresh');
        if (use !== 'ask') assert.ok(directives.some((one) => one === 'max-age=5' || one === 'stale-while-revalidate=3'));
      }),
    );
  });
});

describe('the cache: which requests it has to do with', () => {
  const cases: readonly [title: string, wish: Wish, concern: ReturnType<typeof concerns>][] = [
    ['GET', wish(), 'yes'],
    ['HEAD', wish({ method: 'HEAD' }), 'yes'],
    ['POST', wish({ method: 'POST' }), 'no'],
    ['no-store', wish({ mode: 'no-store' }), 'no'],
    ['reload', wish({ mode: 'reload' }), 'fill'],
    ['no-cache of the page', wish({ fields: { 'cache-control': 'no-cache' } }), 'fill'],
    ['Pragma of the page', wish({ fields: { pragma: 'no-cache' } }), 'fill'],
    ['a condition of the page', wish({ fields: { 'if-none-match': '"a"' } }), 'no'],
    ['a range on condition', wish({ fields: { range: 'bytes=1-', 'if-range': '"a"' } }), 'no'],
    ['a range', wish({ fields: { range: 'bytes=1-' } }), 'yes'],
  ];
  for (const [title, asked, concern] of cases) it(`${title}: ${concern}`, () => assert.equal(concerns(asked), concern));

  it('caches on the way are told what browsers tell them', () => {
    assert.deepEqual(directivesOf(wish({ mode: 'no-cache' })), [['cache-control', 'max-age=0']]);
    assert.deepEqual(directivesOf(wish({ mode: 'reload', fields: { pragma: 'x' } })), [['cache-control', 'no-cache']]);
    assert.deepEqual(directivesOf(wish({ mode: 'no-store' })), [
      ['pragma', 'no-cache'],
      ['cache-control', 'no-cache'],
    ]);
    assert.deepEqual(directivesOf(wish()), []);
  });

  it('what changes at the site is no longer kept', () => {
    assert.deepEqual(
      [
        changes('POST', 201),
        changes('DELETE', 303),
        changes('PUT', 500),
        changes('PATCH', 404),
        changes('GET', 200),
        changes('OPTIONS', 204),
      ],
      [true, true, false, false, false, false],
    );
  });
});

describe('the cache: what is kept, and what it is asked for with', () => {
  it('answers that may be, whole ones alone', () => {
    const may = (status: number, fields: Record<string, string> = {}): boolean => mayKeep(status, new Headers(fields));
    assert.deepEqual([may(200), may(301), may(404), may(500)], [true, true, true, true]);
    assert.deepEqual(
      [may(200, { 'cache-control': 'max-age=9, No-Store' }), may(200, { vary: '*' }), may(304), may(401), may(407), may(416)],
      [false, false, false, false, false, false],
    );
    assert.equal(may(206, { 'content-range': 'bytes 0-8/10', etag: '"a"' }), false);
    assert.equal(may(206, { 'content-range': 'bytes 0-9/10', etag: 'W/"a"' }), false);
    assert.equal(may(206, { 'content-range': 'bytes 0-9/10', etag: '"a"' }), true);
  });

  it('by its tag and its date; another variant by its tag; errors not at all', () => {
    const fields = { etag: 'W/"a"', 'last-modified': date(60), vary: 'a' };
    const answer = kept(fields, { varies: [['a', '1']] });
    assert.deepEqual(conditionsOf(answer, wish({ fields: { a: '1' } })), [
      ['if-none-match', 'W/"a"'],
      ['if-modified-since', date(60)],
    ]);
    assert.deepEqual(conditionsOf(answer, wish()), [['if-none-match', 'W/"a"']]);
    assert.deepEqual(conditionsOf(kept(fields, { status: 404 }), wish()), []);
    assert.deepEqual(conditionsOf(kept({}), wish()), []);
  });

  it('without cookies, what means a connection, and what it names itself', () => {
    const headers = new Headers({
      a: '1',
      b: '2',
      c: '3',
      connection: 'close',
      'content-type': 'text/plain',
      'cache-control': 'max-age=1, no-cache="A, b"',
    });
    headers.append('set-cookie', 's=1');
    assert.deepEqual(
      keptFields(headers).map(([name]) => name),
      ['c', 'cache-control', 'content-type'],
    );
  });

  it('a 304 changes what is told, not what tells of the content', () => {
    const before: Fields = [
      ['etag', '"a"'],
      ['content-type', 'text/html'],
      ['cache-control', 'max-age=1'],
      ['x', 'old'],
      ['kept', 'yes'],
    ];
    const headers = new Headers({
      etag: '"b"',
      'content-type': 'text/plain',
      'content-length': '0',
      'cache-control': 'max-age=2',
      x: 'new',
      more: '1',
    });
    assert.deepEqual(Object.fromEntries(updatedFields(before, headers)), {
      etag: '"a"',
      'content-type': 'text/html',
      'cache-control': 'max-age=2',
      x: 'new',
      kept: 'yes',
      more: '1',
    });
  });

  it('a field is there once, however often it is told again', () => {
    const name = fc.constantFrom('a', 'b', 'etag', 'cache-control', 'content-type');
    const fields = fc.dictionary(name, fc.constantFrom('1', '2'));
    fc.assert(
      fc.property(fields, fc.array(fields), (first, later) => {
        const all = later.reduce<Fields>((held, one) => updatedFields(held, new Headers(one)), Object.entries(first));
        assert.equal(new Set(all.map(([one]) => one)).size, all.length);
      }),
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
// Cookies of a site (RFC 6265bis): what is read, kept, replaced and sent.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  COOKIE_BYTES,
  type Cookie,
  CookieSet,
  cookieText,
  defaultPath,
  LONGEST_LIFE_MS,
  MOST_COOKIES,
  parseCookie,
  parseCookieDate,
  pathMatches,
} from '../../../client-runtime/browser/shared/cookies.ts';

const NOW = Date.UTC(2026, 11, 1);
const SOURCE = { host: 'demo.suite.example', path: '/shop/list', now: NOW, script: false };
const read = (text: string, source: Partial<typeof SOURCE> = {}): Cookie | null => parseCookie(text, { ...SOURCE, ...source });
const short = (text: string, source: Partial<typeof SOURCE> = {}): string => {
  const cookie = read(text, source);
  if (!cookie) return 'none';
  const { name, value, path, expires, httpOnly, sameSite } = cookie;
  return [name, value, path, expires === null ? '-' : expires - NOW, httpOnly ? 'http' : 'script', sameSite].join('|');
};

describe('cookies: what Set-Cookie says', () => {
  const cases: readonly [text: string, means: string][] = [
    ['a=1', 'a|1|/shop|-|script|lax'],
    [' a = 1 ; Path=/', 'a|1|/|-|script|lax'],
    ['a="1"; Path=/x', 'a|"1"|/x|-|script|lax'],
    ['a=1=2; path=/', 'a|1=2|/|-|script|lax'],
    ['=v; path=/', '|v|/|-|script|lax'],
    ['v; path=/', '|v|/|-|script|lax'],
    ['=', 'none'],
    ['; path=/', 'none'],
    ['a=; path=/', 'a||/|-|script|lax'],
    ['a=1; path=', 'a|1|/shop|-|script|lax'],
    ['a=1; path=relative', 'a|1|/shop|-|script|lax'],
    ['a=1; path=/x; path=/y', 'a|1|/y|-|script|lax'],
    ['a=1; HttpOnly; SameSite=Strict', 'a|1|/shop|-|http|strict'],
    ['a=1; SAMESITE=LAX; SECURE', 'a|1|/shop|-|script|lax'],
    ['a=1; samesite=odd', 'a|1|/shop|-|script|lax'],
    ['a=1; SameSite=None; Secure', 'a|1|/shop|-|script|none'],
    ['a=1; SameSite=None', 'none'],
    ['a=1; Partitioned', 'none'],
    ['a=1; Partitioned; Secure; Path=/', 'a|1|/|-|script|lax'],
    ['a=1; Max-Age=60', 'a|1|/shop|60000|script|lax'],
    ['a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'a|1|/shop|60000|script|lax'],
    ['a=1; Max-Age=6x; Max-Age=', 'a|1|/shop|-|script|lax'],
    ['a=1; Max-Age=-1', `a|1|/shop|${-NOW}|script|lax`],
    ['a=1; Max-Age=99999999999', `a|1|/shop|${LONGEST_LIFE_MS}|script|lax`],
    ['a=1; Expires=Tue, 01 Dec 2026 00:01:00 GMT', 'a|1|/shop|60000|script|lax'],
    ['a=1; Expires=never', 'a|1|/shop|-|script|lax'],
    ['a=1; Domain=demo.suite.example', 'a|1|/shop|-|script|lax'],
    ['a=1; Domain=.DEMO.suite.example', 'a|1|/shop|-|script|lax'],
    ['a=1; Domain=', 'a|1|/shop|-|script|lax'],
    ['a=1; Domain=suite.example', 'none'],
    ['a=1; Domain=example', 'none'],
    ['a=1; Domain=x.demo.suite.example', 'none'],
    ['__Secure-a=1; Secure', '__Secure-a|1|/shop|-|script|lax'],
    ['__secure-a=1', 'none'],
    ['__Host-a=1; Secure; Path=/', '__Host-a|1|/|-|script|lax'],
    ['__Host-a=1; Secure', 'none'],
    ['__Host-a=1; Path=/', 'none'],
    ['__Host-a=1; Secure; Path=/; Domain=demo.suite.example', 'none'],
    ['__Http-a=1; Secure; HttpOnly', '__Http-a|1|/shop|-|http|lax'],
    ['__Http-a=1; Secure', 'none'],
    ['__Host-Http-a=1; Secure; HttpOnly; Path=/', '__Host-Http-a|1|/|-|http|lax'],
    ['__Host-Http-a=1; Secure; Path=/', 'none'],
    ['=__Secure-a=1; Secure', 'none'],
    ['a=1\0', 'none'],
    ['a=1\n', 'none'],
    ['a=€; path=/', 'none'],
    ['a=\u0100', 'none'],
    ['a=\xff; path=/', 'a|\xff|/|-|script|lax'],
    ['a=\t1\t; path=/', 'a|1|/|-|script|lax'],
    ['a=k\xc3\xa4se; path=/', 'a|k\xc3\xa4se|/|-|script|lax'],
    [`a=${'x'.repeat(COOKIE_BYTES - 1)}; path=/`, `a|${'x'.repeat(COOKIE_BYTES - 1)}|/|-|script|lax`],
    [`a=${'x'.repeat(COOKIE_BYTES)}; path=/`, 'none'],
    [`a=1; path=/${'x'.repeat(1024)}`, 'a|1|/shop|-|script|lax'],
  ];
  for (const [text, means] of cases) it(text.slice(0, 80).replace(/[\0\n\t]/g, '·'), () => assert.equal(short(text), means));

  it('from a script may not be HttpOnly', () => {
    assert.equal(short('a=1; httponly', { script: true }), 'none');
    assert.equal(short('a=1', { script: true }), 'a|1|/shop|-|script|lax');
  });

  it('of any text is read without harm, and never becomes more than it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.boolean(), (text, script) => {
        const cookie = read(text, { script });
        if (!cookie) return;
        assert.ok(cookie.name.length + cookie.value.length <= COOKIE_BYTES);
        assert.doesNotMatch(cookie.name, /[;=\n\0]/);
        assert.doesNotMatch(cookie.value, /[;\n\0]/);
        assert.ok(cookie.path.startsWith('/'));
        new Headers().set('cookie', cookieText([cookie])); // throws for what no request can carry
        assert.ok(!(script && cookie.httpOnly));
      }),
    );
  });

  it('is read back as it was said', () => {
    const token = fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,20}$/);
    fc.assert(
      fc.property(token, token, fc.nat(1e6), (name, value, age) => {
        if (/^__(secure|host|http)-/i.test(name)) return;
        const cookie = read(`${name}=${value}; Max-Age=${age}; Path=/a`);
        assert.deepEqual(cookie && [cookie.name, cookie.value, cookie.path], [name, value, '/a']);
        assert.equal(cookie?.expires, age === 0 ? 0 : NOW + age * 1000);
      }),
    );
  });
});

describe('cookies: dates', () => {
  const cases: readonly [text: string, iso: string | null][] = [
    ['Wed, 09 Jun 2021 10:18:14 GMT', '2021-06-09T10:18:14.000Z'],
    ['Wednesday, 09-Jun-21 10:18:14 GMT', '2021-06-09T10:18:14.000Z'],
    ['Wed Jun  9 10:18:14 2021', '2021-06-09T10:18:14.000Z'],
    ['9 jun 99 1:2:3', '1999-06-09T01:02:03.000Z'],
    ['10:18:14 2069 1 december', '2069-12-01T10:18:14.000Z'],
    ['1 Jan 70 00:00:00', '1970-01-01T00:00:00.000Z'],
    ['1 Jan 1601 00:00:00', '1601-01-01T00:00:00.000Z'],
    ['1 Jan 1600 00:00:00', null],
    ['31 Feb 2021 00:00:00', null],
    ['29 Feb 2024 00:00:00', '2024-02-29T00:00:00.000Z'],
    ['1 Jan 2021 24:00:00', null],
    ['1 Jan 2021', null],
    ['Jan 2021 00:00:00', null],
    ['', null],
  ];
  for (const [text, iso] of cases)
    it(text || 'nothing', () => {
      const time = parseCookieDate(text);
      assert.equal(time === null ? null : new Date(time).toISOString(), iso);
    });

  it('are read as JavaScript writes them', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        assert.equal(parseCookieDate(date.toUTCString()), Math.floor(date.getTime() / 1000) * 1000);
      }),
    );
  });
});

describe('cookies: paths', () => {
  it('that are not said are the folder', () => {
    const found = ['/', '/a', '/a/', '/a/b', '/a/b/c', 'x', ''].map(defaultPath);
    assert.deepEqual(found, ['/', '/', '/a', '/a', '/a/b', '/', '/']);
  });

  it('take in themselves and what is below them', () => {
    const cases: readonly [own: string, asked: string, takes: boolean][] = [
      ['/', '/', true],
      ['/', '/a/b', true],
      ['/a', '/a', true],
      ['/a', '/a/', true],
      ['/a', '/a/b', true],
      ['/a', '/ab', false],
      ['/a/', '/a', false],
      ['/a/', '/a/b', true],
      ['/a/b', '/a', false],
    ];
    for (const [own, asked, takes] of cases) assert.equal(pathMatches(own, asked), takes, `${own} ${asked}`);
  });
});

describe('cookies: the set of a site', () => {
  const keep = (set: CookieSet, text: string, { now = NOW, script = false } = {}): number => {
    const cookie = read(text, { now, script });
    return cookie ? set.keep(cookie, now, script).length : 0;
  };
  const sent = (set: CookieSet, path = '/shop/list', now = NOW): string => cookieText(set.for(path, now, () => true));

  it('sends what fits, the longest path first, then the oldest', () => {
    const set = new CookieSet();
    keep(set, 'late=1; path=/', { now: NOW + 2 });
    keep(set, 'early=1; path=/', { now: NOW + 1 });
    keep(set, 'deep=1; path=/shop', { now: NOW + 3 });
    keep(set, 'other=1; path=/other', { now: NOW });
    assert.equal(sent(set), 'deep=1; early=1; late=1');
    assert.equal(sent(set, '/'), 'early=1; late=1');
    keep(set, 'early=2; path=/', { now: NOW + 9 });
    assert.equal(sent(set, '/'), 'early=2; late=1', 'what is replaced keeps its place');
  });

  it('sends none that no field can carry, though one was stored', () => {
    const set = new CookieSet();
    keep(set, 'a=1; path=/');
    const [kept] = set.all;
    assert.ok(kept);
    const stored = new CookieSet([kept, { ...kept, name: 'bad', value: '€' }, { ...kept, name: '€' }, { ...kept, name: 'x', value: '\n' }]);
    assert.equal(sent(stored), 'a=1');
  });

  it('sends those of one moment in the order in which they were set, also when they were stored and read again in another', () => {
    const set = new CookieSet();
    for (const name of ['c', 'a', 'b', 'c']) set.keep(read(`${name}=1; path=/`) as Cookie, NOW, false);
    const again = new CookieSet([...set.all].sort((a, b) => (a.name < b.name ? -1 : 1)));
    for (const one of [set, again]) assert.equal(cookieText(one.for('/', NOW, () => true)), 'c=1; a=1; b=1');
  });

  it('has one of each name and path, and drops what has ended', () => {
    const set = new CookieSet();
    keep(set, 'a=1; path=/; max-age=10');
    keep(set, 'a=2; path=/shop');
    assert.equal(sent(set), 'a=2; a=1');
    assert.equal(sent(set, '/shop', NOW + 10_000), 'a=2');
    assert.equal(keep(set, 'a=; path=/shop; max-age=0'), 1);
    assert.equal(keep(set, 'a=; path=/shop; max-age=0'), 0, 'it was gone');
    assert.equal(sent(set), 'a=1');
  });

  it('lets no script replace or remove what is HttpOnly', () => {
    const set = new CookieSet();
    keep(set, 'a=1; path=/; httponly');
    assert.equal(keep(set, 'a=2; path=/', { script: true }), 0);
    assert.equal(keep(set, 'a=2; path=/; max-age=0', { script: true }), 0);
    assert.equal(sent(set), 'a=1');
    keep(set, 'a=2; path=/');
    assert.equal(sent(set), 'a=2');
  });

  it(`has ${MOST_COOKIES} at the most: what has ended goes first, then the oldest`, () => {
    const set = new CookieSet();
    keep(set, 'first=1; path=/');
    keep(set, 'ends=1; path=/; max-age=1', { now: NOW });
    for (let at = 0; at < MOST_COOKIES - 2; at++) keep(set, `n${at}=1; path=/`);
    assert.equal(keep(set, 'more=1; path=/', { now: NOW + 5000 }), 2, 'one came, one went');
    assert.match(sent(set), /\bfirst=1/);
    keep(set, 'evenmore=1; path=/', { now: NOW + 5000 });
    assert.doesNotMatch(sent(set), /\bfirst=1/);
    assert.equal(set.all.length, MOST_COOKIES);
  });

  it('is the same for whoever follows what it tells', () => {
    const text = fc
      .tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.nat(9),
        fc.constantFrom('/', '/shop'),
        fc.constantFrom('', '; max-age=0', '; max-age=5', '; httponly'),
      )
      .map(([name, value, path, rest]) => `${name}=${value}; path=${path}${rest}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.boolean()), { maxLength: 30 }), (said) => {
        const [set, copy] = [new CookieSet(), new CookieSet()];
        said.forEach(([one, script], at) => {
          const cookie = read(one, { now: NOW + at, script });
          if (cookie) copy.adopt(set.keep(cookie, NOW + at, script), NOW + at);
          assert.equal(sent(copy, '/shop', NOW + at), sent(set, '/shop', NOW + at));
        });
      }),
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
// Cases of HTTP caching (RFC 9111, and what browsers make of it): what a page asks one after the other, and how an origin answers.

/** What a page asks for. */
export interface Ask {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS';
  readonly cache?: RequestCache;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: RequestCredentials;
  readonly body?: string;
  /** Behind the case's own address. */
  readonly at?: string;
}

/** What the origin answers, to all requests that come to it for a case, in their order; the last one answers all that follow. */
export interface Reply {
  readonly status?: number;
  /** `@-60` in a value is the time a minute ago, as HTTP writes it. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface CacheCase {
  readonly name: string;
  readonly asks: readonly Ask[];
  readonly replies: readonly Reply[];
}

const GET: Ask = {};
const TAG = { etag: '"one"' };
const HOUR = { 'cache-control': 'max-age=3600' };
/** It was fresh for a minute, and is two minutes old. */
const STALE = { 'cache-control': 'max-age=60', age: '120' };
const UNCHANGED: Reply = { status: 304 };
const first = (headers: Record<string, string>, status = 200): Reply => ({ status, headers, body: 'the first' });
const second = (headers: Record<string, string> = {}, status = 200): Reply => ({ status, headers, body: 'the second' });

const twice = (name: string, headers: Record<string, string>, again: Reply = second()): CacheCase => ({
  name,
  asks: [GET, GET],
  replies: [first(headers), again],
});
/** An answer that would be fresh for an hour, and is asked for in some way. */
const fresh = (name: string, ask: Ask, headers: Record<string, string> = {}, replies: readonly Reply[] = [second()]): CacheCase => ({
  name: `fresh, ${name}`,
  asks: [GET, ask],
  replies: [first({ ...HOUR, ...headers }), ...replies],
});
const stale = (name: string, ask: Ask, headers: Record<string, string> = {}, replies: readonly Reply[] = [second()]): CacheCase => ({
  name: `stale, ${name}`,
  asks: [GET, ask],
  replies: [first({ ...STALE, ...headers }), ...replies],
});

const freshness: readonly CacheCase[] = [
  twice('max-age', HOUR),
  twice('max-age of nothing', { 'cache-control': 'max-age=0' }),
  twice('max-age beside s-maxage', { 'cache-control': 's-maxage=0, max-age=3600' }),
  twice('s-maxage alone', { 'cache-control': 's-maxage=3600' }),
  twice('two of max-age, the long one first', { 'cache-control': 'max-age=3600, max-age=0' }),
  twice('two of max-age, the short one first', { 'cache-control': 'max-age=0, max-age=3600' }),
  twice('max-age in capitals', { 'cache-control': 'MAX-AGE=3600' }),
  twice('max-age in quotation marks', { 'cache-control': 'max-age="3600"' }),
  twice('max-age in another directive', { 'cache-control': 'x="max-age=3600"' }),
  twice('max-age that no number holds', { 'cache-control': 'max-age=99999999999999999999' }),
  twice('Expires', { expires: '@3600' }),
  twice('Expires in the past', { expires: '@-3600' }),
  twice('Expires and an older Date', { date: '@-7200', expires: '@-3600', etag: '"a"' }),
  twice('Expires in the past, max-age', { expires: '@-3600', ...HOUR }),
  twice('Expires to come, max-age over', { expires: '@3600', 'cache-control': 'max-age=0' }),
  twice('Last-Modified a year ago', { 'last-modified': '@-31536000' }),
  twice('Last-Modified a second ago', { 'last-modified': '@-1' }),
  twice('Last-Modified a year ago, must-revalidate', { 'last-modified': '@-31536000', 'cache-control': 'must-revalidate' }, UNCHANGED),
  twice('nothing at all', {}),
  twice('Age beyond max-age', STALE),
  twice('Age below max-age', { 'cache-control': 'max-age=60', age: '5' }),
  twice('Date long ago', { date: '@-7200', ...HOUR }),
  twice('no-store', { 'cache-control': 'no-store, max-age=3600' }),
  twice('no-cache', { 'cache-control': 'no-cache, max-age=3600' }),
  twice('no-cache of a field', { 'cache-control': 'no-cache="x-told", max-age=3600', 'x-told': 'secret' }),
  twice('private', { 'cache-control': 'private, max-age=3600' }),
  twice('must-revalidate, fresh', { 'cache-control': 'must-revalidate, max-age=3600' }),
  twice('immutable', { 'cache-control': 'immutable, max-age=3600' }),
  twice('immutable, no-cache asked for', { 'cache-control': 'immutable, max-age=3600' }),
  twice('Pragma', { pragma: 'no-cache' }),
  twice('Set-Cookie', { ...HOUR, 'set-cookie': 'seen=1' }),
  ...[201, 203, 204, 301, 302, 307, 308, 400, 401, 403, 404, 410, 500, 503].map(
    (status): CacheCase => ({
      name: `status ${status}, max-age`,
      asks: [GET, GET],
      replies: [{ ...first({ ...HOUR, location: '?to' }, status), body: status === 204 ? '' : 'the first' }, second()],
    }),
  ),
  ...[301, 404, 410].map(
    (status): CacheCase => ({
      name: `status ${status}, no word of how long`,
      asks: [GET, GET],
      replies: [first({ location: '?to' }, status), second()],
    }),
  ),
];

const validation: readonly CacheCase[] = [
  stale('a tag, unchanged', GET, TAG, [UNCHANGED]),
  stale('a tag, changed', GET, TAG, [second({ etag: '"two"' })]),
  stale('a weak tag', GET, { etag: 'W/"one"' }, [UNCHANGED]),
  stale('a date', GET, { 'last-modified': '@-86400' }, [UNCHANGED]),
  stale('a tag and a date', GET, { ...TAG, 'last-modified': '@-86400' }, [UNCHANGED]),
  stale('neither', GET),
  stale('an error of the site', GET, TAG, [second({}, 503)]),
  twice('no-cache and a tag', { 'cache-control': 'no-cache', ...TAG }, UNCHANGED),
  {
    name: 'a 304 that makes it fresh',
    asks: [GET, GET, GET],
    replies: [first({ ...STALE, ...TAG }), { status: 304, headers: { ...HOUR, age: '0' } }, second()],
  },
  {
    name: 'a 304 with another field',
    asks: [GET, GET, GET],
    replies: [first({ ...STALE, ...TAG, 'x-told': '1' }), { status: 304, headers: { 'x-told': '2', age: '0' } }],
  },
  {
    name: 'a 304 with another type',
    asks: [GET, GET],
    replies: [first({ ...STALE, ...TAG }), { status: 304, headers: { 'content-type': 'text/html' } }],
  },
  {
    name: 'a 304 that says no-store',
    asks: [GET, GET, GET],
    replies: [first({ ...STALE, ...TAG }), { status: 304, headers: { 'cache-control': 'no-store' } }, second()],
  },
  {
    name: 'a 304 with a cookie',
    asks: [GET, GET, { at: '?other' }],
    replies: [first({ ...STALE, ...TAG }), { status: 304, headers: { 'set-cookie': 'at304=1' } }, second()],
  },
  stale('while it is asked for behind', GET, { 'cache-control': 'max-age=60, stale-while-revalidate=3600', ...TAG }),
  stale('too old to be asked for behind', GET, { 'cache-control': 'max-age=60, stale-while-revalidate=30', ...TAG }),
];

const modes: readonly CacheCase[] = [
  ...(['no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'] as const).flatMap((cache) => [
    fresh(cache, { cache }, TAG, [UNCHANGED]),
    stale(cache, { cache }, TAG, [second()]),
    { name: `${cache}, and then as usual`, asks: [{ cache }, GET], replies: [first(HOUR), second()] },
    { name: `a fresh one, ${cache}, and then as usual`, asks: [GET, { cache }, GET], replies: [first(HOUR), second(HOUR), second(HOUR)] },
  ]),
  fresh('the page says no-cache', { headers: { 'cache-control': 'no-cache' } }, TAG),
  fresh('the page says max-age=0', { headers: { 'cache-control': 'max-age=0' } }, TAG, [UNCHANGED]),
  fresh('the page says max-age=1', { headers: { 'cache-control': 'max-age=1' } }),
  fresh('the page says no-store', { headers: { 'cache-control': 'no-store' } }),
  fresh('the page says Pragma', { headers: { pragma: 'no-cache' } }),
  fresh('a condition of the page', { headers: { 'if-none-match': '"one"' } }, TAG, [UNCHANGED]),
  fresh('another condition of the page', { headers: { 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' } }, TAG, [UNCHANGED]),
  fresh('If-Match of the page', { headers: { 'if-match': '"one"' } }, TAG),
  fresh('without credentials', { credentials: 'omit' }),
  fresh('with a key', { headers: { authorization: 'Bearer x' } }),
  { name: 'with a key, and without', asks: [{ headers: { authorization: 'Bearer x' } }, GET], replies: [first(HOUR), second()] },
  fresh('another query', { at: '?b' }),
];

const variants: readonly CacheCase[] = [
  ...(
    [
      ['the same', 'a', 'a'],
      ['another', 'a', 'b'],
      ['none, and one', '', 'b'],
      ['one, and none', 'a', ''],
    ] as const
  ).map(
    ([name, one, other]): CacheCase => ({
      name: `Vary: ${name}`,
      asks: [one, other, other].map((value): Ask => ({ headers: value ? { 'x-kind': value } : {} })),
      replies: [first({ ...HOUR, vary: 'X-Kind' }), second({ ...HOUR, vary: 'X-Kind' }), second()],
    }),
  ),
  twice('Vary: *', { ...HOUR, vary: '*' }),
  twice('Vary: a field that nobody sent', { ...HOUR, vary: 'X-Nobody' }),
  {
    name: 'Vary: Cookie, and a cookie that comes',
    asks: [GET, { at: '?set' }, GET],
    replies: [first({ ...HOUR, vary: 'Cookie' }), second({ 'set-cookie': 'varied=1' }), second()],
  },
  {
    name: 'Vary: another, with a tag',
    asks: [{ headers: { 'x-kind': 'a' } }, { headers: { 'x-kind': 'b' } }],
    replies: [first({ ...HOUR, ...TAG, vary: 'X-Kind' }), UNCHANGED],
  },
];

const methods: readonly CacheCase[] = [
  ...(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'] as const).map(
    (method): CacheCase => ({
      name: `${method} between`,
      // Chromium takes a PUT without content for one that changes nothing.
      asks: [GET, method === 'PUT' ? { method, body: 'new' } : { method }, GET],
      replies: [first({ ...HOUR, ...TAG }), { ...second(HOUR), body: method === 'HEAD' ? '' : 'done' }, second()],
    }),
  ),
  { name: 'POST that fails', asks: [GET, { method: 'POST' }, GET], replies: [first(HOUR), second({}, 500), second()] },
  { name: 'POST twice', asks: [{ method: 'POST' }, { method: 'POST' }], replies: [first(HOUR), second(HOUR)] },
  { name: 'HEAD first', asks: [{ method: 'HEAD' }, GET], replies: [{ headers: HOUR }, second()] },
  stale('HEAD, unchanged', { method: 'HEAD' }, TAG, [UNCHANGED]),
];

const range = (value: string, more: Record<string, string> = {}): Ask => ({ headers: { range: value, ...more } });
const ranges: readonly CacheCase[] = [
  fresh('its first bytes', range('bytes=0-2')),
  fresh('its rest', range('bytes=4-')),
  fresh('its last bytes', range('bytes=-3')),
  fresh('more than it has', range('bytes=2-200')),
  {
    name: 'a part, and then all',
    asks: [range('bytes=0-2'), GET],
    replies: [{ status: 206, headers: { ...HOUR, 'content-range': 'bytes 0-2/9' }, body: 'the' }, second(HOUR)],
  },
];

/** All of them. */
export const CACHE_CASES: readonly CacheCase[] = [...freshness, ...validation, ...modes, ...variants, ...methods, ...ranges];

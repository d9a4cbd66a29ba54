// SPDX-License-Identifier: Apache-2.0
// What is asked of a web app to find out whether a way to it is as good as asking it directly: HTTP, case by case.

import { ETAG, LARGE } from './http-app.ts';

/** A request as a case writes it. */
export interface HttpAsked {
  /** GET when left out. */
  readonly method?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const form = { method: 'POST', headers: [['content-type', 'application/x-www-form-urlencoded']] as [string, string][] };
/** One case: what it is, and what is asked. */
export type HttpCase = readonly [what: string, target: string, asked?: HttpAsked];

/** All of them. */
export const HTTP_CASES: readonly HttpCase[] = [
  ['a page', '/page'],
  ['a long answer with its length', '/length'],
  ['an answer in chunks', '/chunked'],
  ['an answer that ends with its connection', '/until-closed'],
  ['an empty answer', '/empty'],
  ['HEAD of a page', '/page', { method: 'HEAD' }],
  ['HEAD with a length', '/length', { method: 'HEAD' }],
  ['HEAD of what has no length', '/chunked', { method: 'HEAD' }],
  ['HEAD of what is missing', '/404', { method: 'HEAD' }],
  ['HEAD of what is compressed', '/gzip', { method: 'HEAD' }],
  ['204', '/204'],
  ['204 to POST', '/204', { ...form, body: 'a=1' }],
  ['205', '/205'],
  ['304', '/304', { headers: [['if-none-match', ETAG]] }],
  ['a validator that does not hold', '/304', { headers: [['if-none-match', '"other"']] }],
  ['a range', '/range', { headers: [['range', 'bytes=100-299999']] }],
  ['one byte', '/range', { headers: [['range', 'bytes=0-0']] }],
  ['a range that is not there', '/range', { headers: [['range', 'bytes=9000000-9000001']] }],
  ['gzip as it is', '/gzip', { headers: [['accept-encoding', 'gzip']] }],
  ['brotli as it is', '/br'],
  ['what is no gzip, though it says so', '/broken-gzip'],
  ['several cookies', '/cookies'],
  ['401 with two schemes', '/401'],
  ['404', '/404'],
  ['500', '/500'],
  ['a status nobody knows', '/599'],
  ['a status beyond those that HTTP has', '/999'],
  ['a redirection to a relative address', '/relative'],
  ['a redirection to a path', '/rooted'],
  ['a redirection to another host', '/abroad'],
  ['307', '/307', { ...form, body: 'a=1' }],
  ['308 to another host without a scheme', '/308'],
  ['fields: empty, long, twice, not ASCII', '/fields'],
  ['early hints, and then the answer', '/hints'],
  ['an answer with trailers', '/trailers'],
  ['a form', '/echo', { ...form, body: 'name=%C3%A9&x=1' }],
  ['binary content', '/echo', { method: 'POST', headers: [['content-type', 'application/octet-stream']], body: LARGE }],
  ['content with its length', '/echo', { method: 'PUT', headers: [['content-length', '5']], body: 'hello' }],
  ['POST without content', '/echo', { method: 'POST', headers: [['content-length', '0']] }],
  ['PUT', '/echo', { method: 'PUT', body: 'put' }],
  ['PATCH', '/echo', { method: 'PATCH', headers: [['content-type', 'application/json-patch+json']], body: '[]' }],
  ['DELETE', '/echo', { method: 'DELETE' }],
  ['DELETE with content', '/echo', { method: 'DELETE', headers: [['content-length', '3']], body: 'all' }],
  ['OPTIONS', '/echo', { method: 'OPTIONS', headers: [['access-control-request-method', 'PUT']] }],
  ['a method of WebDAV', '/echo', { method: 'PROPFIND', headers: [['depth', '1']], body: '<propfind/>' }],
  ['QUERY', '/echo', { method: 'QUERY', body: 'select' }],
  ['a query', '/echo?a=1&b=%20&c=%C3%A9&d'],
  ['an empty query', '/echo?'],
  ['dots in the path', '/echo/a/../b/./c'],
  ['escaped dots in the path', '/echo/%2e%2e/x'],
  ['slashes that stand twice', '//echo//x//'],
  ['an escaped slash', '/echo/a%2Fb%5Cc'],
  ['characters that others escape', '/echo/a|b[c]{d}\'e"f`g^h\\i?x=|[]{}\'"`^\\'],
  ['an incomplete escape', '/echo/%zz%'],
  ['a long address', `/echo/${'x'.repeat(7000)}`],
  [
    'what a browser sends',
    '/echo',
    {
      headers: [
        ['accept', 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'],
        ['accept-language', 'de,en;q=0.5'],
        ['accept-encoding', 'gzip, deflate, br, zstd'],
        ['cookie', 'a=1; b=2'],
        ['authorization', 'Basic YTpi'],
        ['user-agent', 'Tests/1.0 (none)'],
        ['sec-fetch-mode', 'navigate'],
        ['upgrade-insecure-requests', '1'],
        ['dnt', '1'],
      ],
    },
  ],
  [
    'a field twice, and an empty one',
    '/echo',
    {
      headers: [
        ['x-many', 'one'],
        ['x-many', 'two'],
        ['x-none', ''],
      ],
    },
  ],
  ['two ranges at once', '/multi', { headers: [['range', 'bytes=0-1,5-6']] }],
  ['304 by date', '/dated', { headers: [['if-modified-since', 'Wed, 21 Oct 2015 07:28:00 GMT']] }],
  ['412 by date', '/dated', { headers: [['if-unmodified-since', 'Tue, 20 Oct 2015 07:28:00 GMT']] }],
  ['412 by tag', '/dated', { method: 'PUT', headers: [['if-match', '"none"']], body: 'x' }],
  [
    'a range that depends on a tag, and a date of the app’s own',
    '/dated',
    {
      headers: [
        ['range', 'bytes=0-1'],
        ['if-range', 'W/"x"'],
      ],
    },
  ],
  ['304 with the length of what it is about', '/304-length'],
  ['deflate as it is', '/deflate'],
  ['zstd as it is', '/zstd', { headers: [['accept-encoding', 'zstd']] }],
  ['an answer in chunks, of nothing', '/empty-chunked'],
  ['HEAD of an answer in chunks, of nothing', '/empty-chunked', { method: 'HEAD' }],
  ['an answer in chunks of one byte', '/bytes'],
  ['text in another encoding', '/latin1'],
  ['UTF-16', '/utf16', { headers: [['accept', 'text/html']] }],
  ['content without a type', '/no-type'],
  [
    'events that come at once',
    '/events-at-once',
    {
      headers: [
        ['accept', 'text/event-stream'],
        ['last-event-id', '7'],
      ],
    },
  ],
  ['an upload that is refused before it is read', '/refuses', { method: 'POST', body: LARGE }],
  ['429 with when to come again', '/429'],
  ['503 of the app’s own', '/503'],
  ['418', '/418'],
  ['cookies of one name, of no value, and with blanks', '/same-cookies'],
  ['what other origins may do', '/cors', { headers: [['origin', 'https://other.example']] }],
  [
    'a preflight',
    '/echo',
    {
      method: 'OPTIONS',
      headers: [
        ['origin', 'https://other.example'],
        ['access-control-request-method', 'PUT'],
      ],
    },
  ],
  [
    'GET with content',
    '/echo',
    {
      headers: [
        ['content-type', 'application/json'],
        ['content-length', '9'],
      ],
      body: '{"q":"x"}',
    },
  ],
  ['DELETE with content in chunks', '/echo', { method: 'DELETE', headers: [['transfer-encoding', 'chunked']], body: 'all of it' }],
  ['PURGE, as caches know it', '/echo', { method: 'PURGE' }],
  ['REPORT', '/echo', { method: 'REPORT', headers: [['content-type', 'text/xml']], body: '<report/>' }],
  ['LOCK', '/echo', { method: 'LOCK', headers: [['timeout', 'Second-60']], body: '<lockinfo/>' }],
  ['MKCOL', '/echo/new', { method: 'MKCOL' }],
  [
    'MOVE',
    '/echo/a',
    {
      method: 'MOVE',
      headers: [
        ['destination', 'http://other.example/b'],
        ['overwrite', 'T'],
      ],
    },
  ],
  [
    'an upload in several parts',
    '/echo',
    { method: 'POST', headers: [['content-type', 'multipart/form-data; boundary=x']], body: '--x\r\n\r\na\r\n--x--' },
  ],
  ['an upload that is compressed', '/echo', { method: 'POST', headers: [['content-encoding', 'gzip']], body: LARGE.subarray(0, 1000) }],
  ['a field whose name has every mark', '/echo', { headers: [["x!#$%&'*+.^_`|~9", 'odd']] }],
  ['a field that is not ASCII', '/echo', { headers: [['x-latin', 'Gr\u00fc\u00dfe']] }],
  ['a field of 8,000 bytes', '/echo', { headers: [['x-long', 'v'.repeat(8000)]] }],
  [
    'fields of 20,000 bytes, which the app refuses',
    '/echo',
    {
      headers: [
        ['x-long', 'v'.repeat(10_000)],
        ['x-more', 'v'.repeat(10_000)],
      ],
    },
  ],
  ['100 fields', '/echo', { headers: Array.from({ length: 100 }, (_, at): [string, string] => [`x-${at}`, `${at}`]) }],
  ['a bearer’s token', '/echo', { headers: [['authorization', `Bearer ${'a.b-c_d'.repeat(100)}`]] }],
  ['an address with a colon, at signs and semicolons', '/echo/a:b;c=d@e/f,g?h=http://i/j'],
  ['an address of plus signs and blanks', '/echo/a+b%20c?d=e+f%2Bg'],
  ['an address that is not UTF-8', '/echo/%ff%fe?x=%c3%28'],
  ['a query of question marks', '/echo?a?b??c'],
];

/** What is over a limit of ours (SITE.md section 12): the app would answer, and a way to it refuses in words. */
export const OVER_A_LIMIT: readonly HttpCase[] = [
  ['an address of 9,000 bytes', `/echo/${'x'.repeat(9000 - 6)}`],
  ['130 fields', '/echo', { headers: Array.from({ length: 130 }, (_, at): [string, string] => [`x-${at}`, '']) }],
];

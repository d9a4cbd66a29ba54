// SPDX-License-Identifier: Apache-2.0
// A web app behind a site answers as it does when it is asked directly: status, header fields and content, case by case.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type Answer, type App, type Asked, direct, startApp, through, type Way, wayTo } from './stage.ts';

const PAGE = '<!doctype html><title>An app</title><p>Gr\u00fc\u00dfe</p>\n'.repeat(50);
const LARGE = randomBytes(700_000);
const ETAG = '"abc"';

/** What the app was asked, in its own words: all but what stands there for the way alone. */
async function echo(request: IncomingMessage): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  const fields: [string, string][] = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = (request.rawHeaders[at] as string).toLowerCase();
    if (/^(host|connection|transfer-encoding|content-length|forwarded|x-forwarded-.*|x-porthole-.*)$/.test(name)) continue;
    fields.push([name, request.rawHeaders[at + 1] as string]);
  }
  return JSON.stringify({ method: request.method, url: request.url, bytes, hash: hash.digest('hex'), fields });
}

const ANSWERS: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  '/page': (_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end(PAGE),
  '/length': (_, response) => response.writeHead(200, { 'content-length': LARGE.length }).end(LARGE),
  '/chunked': (_, response) => {
    response.write('one ');
    setTimeout(() => response.end('two'), 5);
  },
  '/until-closed': (_, response) => {
    response.shouldKeepAlive = false;
    response.useChunkedEncodingByDefault = false;
    response.removeHeader('transfer-encoding');
    response.end('no length, no chunks: its end is the connection’s');
  },
  '/empty': (_, response) => response.writeHead(200, { 'content-length': 0 }).end(),
  '/204': (_, response) => response.writeHead(204, { 'x-said': 'nothing' }).end(),
  '/205': (_, response) => response.writeHead(205, { 'content-length': 0 }).end(),
  '/304': (request, response) => {
    response.setHeader('etag', ETAG).setHeader('cache-control', 'max-age=60');
    if (request.headers['if-none-match'] === ETAG) response.writeHead(304).end();
    else response.end('new');
  },
  '/range': (request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    response.setHeader('accept-ranges', 'bytes');
    if (from === undefined) return response.end(LARGE);
    if (Number(from) >= LARGE.length) return response.writeHead(416, { 'content-range': `bytes */${LARGE.length}` }).end();
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${LARGE.length}`, 'content-type': 'application/octet-stream' });
    return response.end(LARGE.subarray(Number(from), Number(to) + 1));
  },
  '/gzip': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }).end(gzipSync(PAGE)),
  '/br': (_, response) => response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(PAGE)),
  '/broken-gzip': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all'),
  '/cookies': (_, response) => response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; HttpOnly; Secure; SameSite=Lax', 'c="x,y"']).end(),
  '/401': (_, response) => response.writeHead(401, { 'www-authenticate': ['Basic realm="a"', 'Digest realm="b", nonce="n"'] }).end('who?'),
  '/404': (_, response) => response.writeHead(404, { 'content-type': 'text/plain' }).end('none'),
  '/500': (_, response) => response.writeHead(500).end('broken'),
  '/599': (_, response) => response.writeHead(599, 'Odd').end('odd'),
  '/999': (_, response) => response.writeHead(999, 'Odder').end('odder'),
  '/relative': (_, response) => response.writeHead(302, { location: '../elsewhere?x=1#y' }).end(),
  '/rooted': (_, response) => response.writeHead(303, { location: '/elsewhere' }).end(),
  '/abroad': (_, response) => response.writeHead(301, { location: 'https://login.example/?back=http://localhost:3000/' }).end('go'),
  '/307': (_, response) => response.writeHead(307, { location: '/echo' }).end(),
  '/308': (_, response) => response.writeHead(308, { location: '//other.example/path' }).end(),
  '/fields': (_, response) => {
    response.writeHead(200, {
      'x-empty': '',
      'x-long': 'v'.repeat(20_000),
      'x-latin': 'Gr\u00fc\u00dfe',
      'x-twice': ['one', 'two'],
      'content-disposition': "attachment; filename*=UTF-8''a%20b.txt",
      link: ['</a.css>; rel=preload', '</b.js>; rel=preload'],
      server: 'an app',
      'x-powered-by': 'tests',
      'strict-transport-security': 'max-age=1',
      'content-security-policy': "default-src 'self'",
    });
    response.end('fields');
  },
  '/hints': (_, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    response.end('after hints');
  },
  '/trailers': (_, response) => {
    response.writeHead(200, { trailer: 'x-after' });
    response.write('content');
    response.addTrailers({ 'x-after': 'yes' });
    response.end();
  },
};

const answer: RequestListener = (request, response) => {
  response.sendDate = false;
  const given = ANSWERS[(request.url ?? '').split('?')[0] as string];
  if (given) return given(request, response);
  void echo(request).then((text) => response.setHeader('content-type', 'application/json').end(text));
};

/** Of one connection, and so not of the answer. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'trailer'];

function comparable({ status, headers, body }: Answer): unknown {
  const fields = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
  return { status, headers: Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1))), body: body.toString('latin1') };
}

const form = { method: 'POST', headers: [['content-type', 'application/x-www-form-urlencoded']] as [string, string][] };
const CASES: readonly (readonly [what: string, target: string, asked?: Asked])[] = [
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
];

describe('an app through its site answers as it does directly', () => {
  let app: App;
  let way: Way;

  before(async () => {
    app = await startApp(answer);
    way = wayTo(app.url);
  });
  after(async () => {
    await way.close();
    await app.close();
  });

  for (const [what, target, asked] of CASES) {
    it(`${what}: ${asked?.method ?? 'GET'} ${target.slice(0, 60)}`, async () => {
      assert.deepEqual(comparable(await through(way, target, asked)), comparable(await direct(app, target, asked)));
    });
  }

  it('a length without content begins no other request on the connection', async () => {
    for (const method of ['GET', 'HEAD', 'DELETE', 'POST']) {
      await through(way, '/echo', { method, headers: [['content-length', '5']] });
      const next = await through(way, '/echo?next', { headers: [['x-next', '1']] });
      assert.match(next.body.toString(), /"method":"GET","url":"\/echo\?next"/);
    }
  });

  it('with all of them on connections that are kept', async () => {
    const before = app.accepted;
    for (let asked = 0; asked < 20; asked++) assert.equal((await through(way, '/page')).status, 200);
    assert.ok(app.accepted - before <= 1, `${app.accepted - before} connections for 20 requests one after the other`);
  });
});

// SPDX-License-Identifier: Apache-2.0
// A web app that answers in every way that HTTP has, and says what it was asked: for whoever compares ways to an app with the app itself.

import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';

const PAGE = '<!doctype html><title>An app</title><p>Gr\u00fc\u00dfe</p>\n'.repeat(50);
export const LARGE = randomBytes(700_000);
export const ETAG = '"abc"';
const DATED = 'Wed, 21 Oct 2015 07:28:00 GMT';

/** What the app was asked. */
export interface Echo {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly bytes: number;
  readonly hash: string;
  readonly fields: [name: string, value: string][];
}

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
    if (/^(host|connection|transfer-encoding|content-length|expect|forwarded|x-forwarded-.*|x-porthole-.*)$/.test(name)) continue;
    fields.push([name, request.rawHeaders[at + 1] as string]);
  }
  return JSON.stringify({ method: request.method, url: request.url, bytes, hash: hash.digest('hex'), fields } satisfies Echo);
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
  '/multi': (_, response) => {
    const part = (range: string, content: string): string => `--sep\r\ncontent-range: bytes ${range}/100\r\n\r\n${content}\r\n`;
    response.writeHead(206, { 'content-type': 'multipart/byteranges; boundary=sep' });
    response.end(`${part('0-1', 'ab')}${part('5-6', 'fg')}--sep--\r\n`);
  },
  '/dated': (request, response) => {
    response.setHeader('last-modified', DATED).setHeader('date', DATED).setHeader('age', '5');
    const { 'if-modified-since': since, 'if-unmodified-since': unless, 'if-match': match, 'if-range': range } = request.headers;
    if (since === DATED) response.writeHead(304).end();
    else if (unless !== undefined || match !== undefined) response.writeHead(412).end('other');
    else response.end(`whole, for ${range}`);
  },
  '/deflate': (_, response) => response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateSync(PAGE)),
  '/zstd': (_, response) => response.writeHead(200, { 'content-encoding': 'zstd' }).end(zstdCompressSync(PAGE)),
  '/empty-chunked': (_, response) => {
    response.flushHeaders();
    response.end();
  },
  '/bytes': (_, response) => {
    for (const byte of Buffer.from('byte by byte')) response.write(Buffer.of(byte));
    response.end();
  },
  '/latin1': (_, response) =>
    response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' }).end(Buffer.from('Gr\u00fc\u00dfe', 'latin1')),
  '/utf16': (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-16le' }).end(Buffer.from('\ufeff<p>x', 'utf16le')),
  '/no-type': (_, response) => response.end('what am I'),
  '/events-at-once': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.end('id: 1\ndata: one\n\ndata: two\n\n');
  },
  '/refuses': (_, response) => response.writeHead(413).end('too much'),
  '/429': (_, response) => response.writeHead(429, { 'retry-after': '7' }).end('slowly'),
  '/503': (_, response) => response.writeHead(503, { 'retry-after': '1' }).end('later'),
  '/418': (_, response) => response.writeHead(418).end('short and stout'),
  '/304-length': (_, response) => response.writeHead(304, { 'content-length': 1234, etag: ETAG }).end(),
  '/same-cookies': (_, response) => response.setHeader('set-cookie', ['a=1', 'a=2; Path=/x', 'e=; Max-Age=0', 'sp=a b']).end('set'),
  '/cors': (_, response) =>
    response
      .writeHead(200, {
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'x-a',
        'x-a': '1',
        'cross-origin-opener-policy': 'same-origin',
      })
      .end(),
  '/trailers': (_, response) => {
    response.writeHead(200, { trailer: 'x-after' });
    response.write('content');
    response.addTrailers({ 'x-after': 'yes' });
    response.end();
  },
};

export const httpApp: RequestListener = (request, response) => {
  response.sendDate = false;
  const given = ANSWERS[(request.url ?? '').split('?')[0] as string];
  if (given) return given(request, response);
  void echo(request).then((text) => response.setHeader('content-type', 'application/json').end(text));
};

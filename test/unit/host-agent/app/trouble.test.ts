// SPDX-License-Identifier: Apache-2.0
// An app that is not there, goes, comes back, keeps others waiting, or is no web app at all: what visitors and owner are told.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HELD_MS } from '../../../../host-agent/app/known-length.ts';
import type { AppSiteOptions } from '../../../../host-agent/app/site.ts';
import type { Trouble } from '../../../../host-agent/app/trouble.ts';
import { fakeClock } from '../../../support/clock.ts';
import { needs } from '../../../support/loopback.ts';
import { type App, type Asked, SITE, startApp, through, type Way, wayTo } from './stage.ts';

const hello: RequestListener = (_, response) => response.end('hello');
const BROWSER: Asked = { headers: [['accept', 'text/html,*/*;q=0.8']] };

describe('an app in trouble', () => {
  const open: { close(): Promise<void> | void }[] = [];
  const told: (Trouble | null)[] = [];
  const keep = <T extends { close(): Promise<void> | void }>(one: T): T => {
    open.push(one);
    return one;
  };
  const way = (url: string, options: AppSiteOptions = {}): Way =>
    keep(wayTo(url, { onTrouble: (trouble) => told.push(trouble), ...options }));
  const app = async (...args: Parameters<typeof startApp>): Promise<App> => keep(await startApp(...args));
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
    told.length = 0;
  });

  /** A server of bytes: each connection is given to `serve`. */
  async function bytes(serve: Parameters<typeof createServer>[1]): Promise<number> {
    const server: Server = createServer(serve as never);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => void server.close() });
    return (server.address() as { port: number }).port;
  }

  it('is not there: 502 in words, and a page that looks again; it is back by itself', async () => {
    const one = await startApp(hello);
    const { port, url } = one;
    await one.close();
    const visit = way(url);
    const text = await through(visit, '/');
    assert.equal(text.status, 502);
    assert.deepEqual(
      [text.headers['porthole-error'], text.headers['cache-control'], text.headers['retry-after']],
      ['SITE_FAILED', 'no-store', '3'],
    );
    assert.match(text.body.toString(), /^SITE_FAILED: The app is not running\./);
    assert.doesNotMatch(text.body.toString(), new RegExp(`${port}|localhost|127\\.0`), 'where the app is, visitors need not know');
    const page = await through(visit, '/', BROWSER);
    assert.match(String(page.headers['content-type']), /^text\/html/);
    assert.match(page.body.toString(), /<h1>The app is not running<\/h1>.*looks again.*<meta http-equiv="refresh" content="3">/s);
    const post = await through(visit, '/', { ...BROWSER, method: 'POST', body: 'a=1' });
    assert.equal(post.status, 502);
    assert.doesNotMatch(post.body.toString(), /refresh/, 'what was sent is not sent again');
    const head = await through(visit, '/', { method: 'HEAD' });
    assert.deepEqual([head.status, head.body.length], [502, 0]);
    assert.match(told[0]?.words ?? '', new RegExp(`nothing listens at ${url}: start the app`));
    told.length = 0;
    await app(hello, { port });
    assert.equal((await through(visit, '/')).body.toString(), 'hello');
    assert.deepEqual(told, [null]);
  });

  it('restarts between two requests, on a connection that was kept', async () => {
    const first = await startApp(hello);
    const visit = way(first.url);
    assert.equal((await through(visit, '/')).body.toString(), 'hello');
    await first.close();
    await app((_, response) => response.end('hello again'), { port: first.port });
    assert.equal((await through(visit, '/')).body.toString(), 'hello again');
    assert.deepEqual(told, []);
  });

  it('has closed a kept connection just when it is asked: what is safe is asked again, what is not is told', async () => {
    let asked = 0;
    const port = await bytes((socket) => {
      let answered = 0;
      socket.on('error', () => {});
      socket.on('data', () => {
        asked++;
        // The second request on a connection finds it closed.
        if (answered++ === 0) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        else socket.destroy();
      });
    });
    const visit = way(`http://127.0.0.1:${port}`);
    const kept = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50)); // until the connection is one to be used again
    assert.equal((await through(visit, '/')).body.toString(), 'ok');
    await kept();
    assert.equal((await through(visit, '/')).body.toString(), 'ok');
    assert.equal(asked, 3);
    await kept();
    const post = await through(visit, '/', { method: 'POST', body: 'order' });
    assert.deepEqual([post.status, asked], [502, 4], 'asked once: it may have been done');
    assert.match(told[0]?.words ?? '', /broke off before it answered/);
  });

  it('gives no sign for too long: 504; a sign begins the time anew', async () => {
    const clock = fakeClock();
    let hint = (): void => {};
    let came = 0;
    const one = await app((_, response) => {
      came++;
      hint = () => response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    });
    const visit = way(one.url, { clock, idleMs: 1000 });
    const asked = through(visit, '/', BROWSER);
    while (came === 0) await new Promise(setImmediate);
    clock.advance(900);
    hint();
    await new Promise((resolve) => setTimeout(resolve, 50));
    clock.advance(900);
    assert.equal(told.length, 0);
    clock.advance(200);
    const { status, headers, body } = await asked;
    assert.deepEqual([status, headers['porthole-error']], [504, 'TIMED_OUT']);
    assert.match(body.toString(), /takes too long/);
    assert.equal(clock.timers, 0);
  });

  it('is silent in the middle of an answer: broken off; an event stream may be silent', async () => {
    const clock = fakeClock();
    const one = await app((request, response) => {
      response.writeHead(200, { 'content-type': request.url === '/events' ? 'text/event-stream' : 'text/plain' });
      response.write('first');
    });
    const visit = way(one.url, { clock, idleMs: 1000 });
    const read = async (target: string): Promise<ReadableStreamDefaultReader<Uint8Array>> => {
      const { body } = await visit.session.fetch({ method: 'GET', url: `http://${SITE}${target}`, headers: [] });
      const reader = (body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      return reader;
    };
    const events = await read('/events');
    const text = await read('/text');
    clock.advance(2000);
    await assert.rejects(text.read(), /no sign/);
    const waits = await Promise.race([events.read().then(() => 'ended'), new Promise((resolve) => setTimeout(resolve, 50, 'goes on'))]);
    assert.equal(waits, 'goes on');
  });

  it('is not waited for while it is the visitor who is: neither by an upload nor by an answer', async () => {
    const clock = fakeClock();
    const one = await app((request, response) => {
      if (request.method === 'GET') return void response.end(Buffer.alloc(2_000_000));
      request.resume();
      request.on('end', () => response.end('got it'));
    });
    const visit = way(one.url, { clock, idleMs: 1000 });
    const pieces = new TransformStream<Uint8Array, Uint8Array>();
    const writer = pieces.writable.getWriter();
    const upload = visit.session.fetch({ method: 'PUT', url: `http://${SITE}/`, headers: [], body: pieces.readable });
    await writer.write(Buffer.from('one'));
    while (clock.timers === 0) await new Promise(setImmediate);
    clock.advance(HELD_MS); // its end does not come soon: it goes on as it comes
    while (one.accepted === 0) await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 50));
    clock.advance(60_000);
    await writer.close();
    assert.equal(await (await upload).text(), 'got it');
    const download = await visit.session.fetch({ method: 'GET', url: `http://${SITE}/`, headers: [] });
    await new Promise((resolve) => setTimeout(resolve, 100));
    clock.advance(60_000);
    assert.equal((await download.arrayBuffer()).byteLength, 2_000_000);
    assert.deepEqual(told, []);
  });

  const odd: readonly (readonly [what: string, says: string, words: RegExp])[] = [
    ['speaks no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', /speaks no HTTP/],
    ['breaks off', '', /broke off before it answered/],
    ['breaks off in its header fields', 'HTTP/1.1 200 OK\r\nContent-', /broke off before it answered/],
    ['answers with a status that is none', 'HTTP/1.1 099 Odd\r\nContent-Length: 5\r\n\r\nhello', /broke off before it answered/],
    ['sends more header fields than a session carries', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(129)}\r\n`, /129 header fields/],
    ['sends longer header fields than a session carries', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, /40001 bytes/],
    ['sends header fields without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}\r\n`, /too long/],
  ];
  for (const [what, says, words] of odd) {
    it(`${what}: 502, and the owner is told`, async () => {
      const port = await bytes((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => socket.end(says));
      });
      const { status, headers } = await through(way(`http://127.0.0.1:${port}`), '/');
      assert.deepEqual([status, headers['porthole-error']], [502, 'SITE_FAILED']);
      assert.match(told[0]?.words ?? '', words);
    });
  }

  it('takes no request of these fields: they never reach it', async () => {
    const one = await app(hello);
    const { status, headers } = await through(way(one.url), '/', { headers: [['content-length', 'many']], method: 'POST', body: 'x' });
    assert.deepEqual([status, headers['porthole-error'], one.accepted], [400, 'PROTOCOL_VIOLATED', 0]);
    assert.deepEqual(told, [], 'that is nothing of the app');
  });

  it('is behind TLS with a certificate of its own maker: fine on this machine, and said where it speaks none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'porthole-tls-'));
    try {
      const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')];
      execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=me', ...files],
        { stdio: 'ignore' },
      );
      const tls = { key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'cert')) };
      const one = await app((request, response) => response.end(`${request.headers.host}`), { tls });
      assert.equal((await through(way(one.url), '/')).body.toString(), `127.0.0.1:${one.port}`);
      assert.equal((await through(way(`https://localhost:${one.port}`), '/')).body.toString(), `localhost:${one.port}`);
      const plain = await app(hello);
      assert.equal((await through(way(`https://localhost:${plain.port}`), '/')).status, 502);
      assert.match(told.at(-1)?.words ?? '', /speaks no TLS: host it as http:/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe('localhost', () => {
    before(needs('::1'));

    for (const host of ['127.0.0.1', '::1']) {
      it(`is found at ${host} alone`, async () => {
        const one = await app(hello, { host });
        assert.equal((await through(way(`http://localhost:${one.port}`), '/')).body.toString(), 'hello');
      });
    }
  });
});

// SPDX-License-Identifier: Apache-2.0
// Web apps in this program as sites: Express, Fastify, Hono and node:http, with streams, WebSockets and breaks, and without a port.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { WebSocket, WebSocketServer } from 'ws';
import { nodeSite } from '../../../../host-agent/app/node-site.ts';
import type { Site } from '../../../../transport/session/site.ts';
import { byOpen } from '../../../support/web-socket-app.ts';
import { SITE, through, type Way, wayToSite } from './stage.ts';

/** The part of Express that is used here; its types are a package of their own. */
interface Express extends RequestListener {
  get(
    path: string,
    answer: (
      request: IncomingMessage & { params: Record<string, string>; hostname: string },
      response: ServerResponse & { json(value: unknown): void; redirect(to: string): void },
    ) => void,
  ): void;
  use(step: unknown): void;
  post(
    path: string,
    answer: (request: IncomingMessage & { body: unknown }, response: ServerResponse & { json(value: unknown): void }) => void,
  ): void;
}
const express = createRequire(import.meta.url)('express') as (() => Express) & { json(): unknown };

describe('a Node web app as a site', () => {
  const closes: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const close of closes.splice(0).reverse()) await close();
  });

  function way(site: ReturnType<typeof nodeSite>, who?: string): Way {
    const one = wayToSite(site, who === undefined ? {} : { who });
    closes.push(() => one.close());
    return one;
  }
  const text = async (to: Way, target: string, asked?: Parameters<typeof through>[2]): Promise<string> =>
    String((await through(to, target, asked)).body);

  it('of Express', async () => {
    const app = express();
    app.use(express.json());
    app.get('/hello/:name', (request, response) =>
      response.json([request.params.name, request.hostname, request.headers['x-porthole-visitor']]),
    );
    app.get('/away', (_, response) => response.redirect('/hello/you'));
    app.post('/sum', (request, response) => response.json((request.body as number[]).reduce((sum, one) => sum + one)));
    const to = way(nodeSite(app), 'key ab (Anna)');
    assert.deepEqual(JSON.parse(await text(to, '/hello/J%C3%B6rg')), ['J\u00f6rg', SITE, 'key ab (Anna)']);
    assert.equal((await through(to, '/away')).headers.location, '/hello/you');
    assert.equal(await text(to, '/sum', { method: 'POST', headers: [['content-type', 'application/json']], body: '[1,2,3]' }), '6');
    assert.equal((await through(to, '/none')).status, 404);
  });

  it('of Fastify', async () => {
    const app = Fastify();
    app.get('/hello', async (request) => ({ host: request.host, from: request.ip ?? null }));
    app.post('/echo', async (request) => request.body);
    await app.ready();
    closes.push(() => app.close());
    const to = way(nodeSite(app.server));
    assert.deepEqual(JSON.parse(await text(to, '/hello')), { host: SITE, from: null });
    const asked = { method: 'POST', headers: [['content-type', 'application/json']] as [string, string][], body: '{"a":1}' };
    assert.equal(await text(to, '/echo', asked), '{"a":1}');
  });

  it('of Hono, and of any fetch handler, as they are', async () => {
    const app = new Hono<{ Bindings: { who: string } }>();
    app.get('/hello/:name', (c) => c.text(`${c.req.param('name')}, ${c.env.who}`));
    app.post('/echo', (c) => new Response(c.req.raw.body));
    const site: Site = app.fetch;
    const to = way(site as ReturnType<typeof nodeSite>, 'password');
    to.site.close ??= async () => {};
    assert.equal(await text(to, '/hello/you'), 'you, password');
    assert.equal(await text(to, '/echo', { method: 'POST', body: 'said' }), 'said');
  });

  it('with answers that stream, and uploads, each at its reader’s pace', async () => {
    let written = 0;
    const piece = Buffer.alloc(64 * 1024, 1);
    const app: RequestListener = async (request, response) => {
      if (request.method === 'POST') {
        let bytes = 0;
        for await (const one of request) bytes += one.length;
        return void response.end(String(bytes));
      }
      for (; written < 400 && !response.destroyed; written++) if (!response.write(piece)) await once(response, 'drain');
      response.end();
    };
    const to = way(nodeSite(app));
    const response = await to.session.fetch({ method: 'GET', url: `http://${SITE}/`, headers: [] });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    for (let before = -1; before !== written; await new Promise((resolve) => setTimeout(resolve, 50))) before = written;
    assert.ok(written < 200, `${written} pieces were written for a reader that reads one`);
    let bytes = piece.length;
    for (let { value } = await reader.read(); value; { value } = await reader.read()) bytes += value.length;
    assert.ok(bytes > 390 * piece.length);
    assert.equal(await text(to, '/', { method: 'POST', body: new Uint8Array(3_000_000) }), '3000000');
  });

  it('learns that a visitor has gone away, and a visitor that it broke off', async () => {
    const gone = Promise.withResolvers<void>();
    const app: RequestListener = (request, response) => {
      response.write('begun');
      if (request.url === '/break') setImmediate(() => response.destroy());
      else response.on('close', () => gone.resolve());
    };
    const to = way(nodeSite(app));
    const stop = new AbortController();
    const response = await to.session.fetch({ method: 'GET', url: `http://${SITE}/`, headers: [], signal: stop.signal });
    stop.abort();
    await gone.promise;
    await assert.rejects(response.text());
    await assert.rejects(through(to, '/break'), { code: 'SITE_FAILED' });
  });

  it('with WebSockets, where its server has them, and 501 where it has none', async () => {
    const server = createServer((_, response) => response.end('a page'));
    const sockets = new WebSocketServer({ server, path: '/live' });
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`heard ${data}`)));
    const site = nodeSite(server);
    const to = way(site);
    const local = await byOpen(to.session, (close) => closes.push(close));
    const socket = new WebSocket(`ws://127.0.0.1:${local.port}/live`, { headers: { host: local.host } });
    await once(socket, 'open');
    socket.send('this');
    assert.equal(String((await once(socket, 'message'))[0]), 'heard this');
    const end = once(socket, 'close');
    await site.close();
    assert.equal((await end)[0], 1006, 'the site is closed');
    const plain = await byOpen(way(nodeSite((_, response) => void response.end('a page'))).session, (close) => closes.push(close));
    const refused = new WebSocket(`ws://127.0.0.1:${plain.port}/`, { headers: { host: plain.host } });
    assert.match(String((await once(refused, 'error'))[0]), /501/);
  });
});

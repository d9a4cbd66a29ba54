// SPDX-License-Identifier: Apache-2.0
// The gateway of `porthole open`: loopback names only, and redirections of the site stay with it.

import assert from 'node:assert/strict';
import { openGateway } from '../../../client-runtime/visit/local-gateway.ts';
import { visitBadge } from '../../../client-runtime/visit/visit-badge.ts';
import type { Connecting, Tunnel } from '../../../transport/session/tunnel.ts';
import { loopback } from '../../support/loopback-strategy.ts';
import { opened } from '../../support/web-socket-app.ts';
import { cleanUp, http, later } from '../signaling/helper.ts';

describe('the gateway on this machine', () => {
  afterEach(cleanUp);

  async function open(location: string) {
    const fetch = async (): Promise<Response> => new Response(null, { status: 302, headers: { location } });
    const gateway = await openGateway({ fetch }, { port: 0, authority: 'demo.example:80', label: 'demo' });
    later(() => gateway.close());
    return gateway;
  }

  it('leads to itself where the site leads to its own name, and elsewhere as the site says', async () => {
    const here = 'http://localhost:1';
    for (const [location, wanted] of [
      ['http://demo.example:80/a?b#c', `${here}/a?b#c`],
      ['http://demo.example:80//other.example/', `${here}//other.example/`],
      ['http://demo.example:80', here],
      ['http://demo.example:8080/', 'http://demo.example:8080/'],
      ['http://demo.example:80.other.example/', 'http://demo.example:80.other.example/'],
      ['http://demo.example:80@other.example/', 'http://demo.example:80@other.example/'],
      ['https://demo.example:80/', 'https://demo.example:80/'],
      ['/a', '/a'],
    ] as const) {
      const gateway = await open(location);
      assert.equal((await http(gateway, '/', { host: 'localhost:1' })).headers.location, wanted);
    }
  });

  it('tells the site the name that the client has, and which page asks, as it is', async () => {
    let told = new Headers();
    let called = '';
    const fetch = async ({ url, headers }: { url: string; headers: Iterable<readonly [string, string]> }): Promise<Response> => {
      called = new URL(url).host;
      told = new Headers([...headers].map(([...pair]) => pair));
      return new Response();
    };
    const gateway = await openGateway({ fetch }, { port: 0, authority: 'demo.example', label: 'demo' });
    later(() => gateway.close());
    for (const host of ['demo.localhost:1', 'localhost:1', '127.0.0.1']) {
      for (const given of [
        `http://${host}`,
        'http://localhost:12',
        'https://localhost:1',
        'http://localhost:1.evil.example',
        'http://evil.localhost:1',
        'null',
      ]) {
        await http(gateway, '/', { host, headers: { origin: given, referer: `${given}/a?b` } });
        assert.deepEqual([called, told.get('origin'), told.get('referer')], [host, given, `${given}/a?b`]);
      }
    }
    const hidden = { origin: 'null', 'sec-fetch-site': 'same-origin' };
    await http(gateway, '/', { method: 'POST', host: 'localhost:1', headers: hidden });
    assert.equal(told.get('origin'), 'http://localhost:1', 'its own page hides its address');
  });

  it('passes on no field of one connection, in either direction', async () => {
    let told: string[] = [];
    const hostile = {
      'transfer-encoding': 'chunked',
      'keep-alive': 'timeout=1',
      connection: 'x-hop',
      'x-hop': '1',
      upgrade: 'x',
      'x-kept': '2',
    };
    const fetch = async ({ headers }: { headers: Iterable<readonly [string, string]> }): Promise<Response> => {
      told = [...headers].map(([name]) => name);
      return new Response('whole', { headers: hostile });
    };
    const gateway = await openGateway({ fetch }, { port: 0, authority: 'demo.example', label: 'demo' });
    later(() => gateway.close());
    const { headers, body } = await http(gateway, '/', {
      host: 'localhost',
      headers: { connection: 'close, X-Mine', 'x-mine': '1', te: 'trailers', 'x-kept': '2' },
    });
    assert.deepEqual(
      told,
      ['accept', 'x-kept'].filter((name) => told.includes(name)),
    );
    assert.ok(told.includes('x-kept'));
    assert.deepEqual([body, headers['x-kept'], headers['x-hop'], headers.upgrade], ['whole', '2', undefined, undefined]);
  });

  it('puts a badge on pages, with the words that are asked for when one is shown', async () => {
    const fetch = async ({ headers }: { headers: Iterable<readonly [string, string]> }): Promise<Response> =>
      new Response(`<p>${new Headers([...headers].map(([...pair]) => pair)).get('x')}`, { headers: { 'content-type': 'text/html' } });
    let via = 'here';
    const badge = () =>
      visitBadge({ status: { state: 'connected', path: { via, rttMs: 1, reason: '' } }, strategies: [loopback(), loopback('here')] });
    const gateway = await openGateway({ fetch }, { port: 0, authority: 'demo.example', label: 'demo', badge });
    later(() => gateway.close());
    const at = (path: string, headers = {}) => http(gateway, path, { host: 'localhost', headers: { x: 'y', ...headers } });
    const page = await at('/', { accept: 'text/html' });
    assert.equal(page.body, '<p>y\n<script src="http://localhost/.porthole/badge.js" async></script>\n');
    assert.equal((await at('/')).body, '<p>y', 'as it is for who does not show it');
    assert.match(String(page.headers.vary), /Accept, Sec-Fetch-Dest/);
    const script = await at('/.porthole/badge.js?x');
    assert.match(script.body, /"via":"here","direct":true,"title":"Here","text":\["From this machine to itself\./);
    assert.deepEqual([script.headers['content-type'], script.headers['cache-control']], ['text/javascript; charset=utf-8', 'no-store']);
    via = 'smoke';
    assert.match((await at('/.porthole/badge.js')).body, /"via":"smoke","direct":false,"title":"smoke","text":\["Sealed/);
    assert.equal(visitBadge({ status: { state: 'finding' }, strategies: [] }).title, 'Reconnecting');
  });

  it('answers on loopback names only', async () => {
    const gateway = await open('/');
    for (const host of ['localhost', 'demo.localhost:9', 'DEMO.localhost', '127.0.0.1', '[::1]:9'])
      assert.equal((await http(gateway, '/', { host })).status, 302);
    for (const host of [
      'other.example',
      'localhost.example',
      'xlocalhost',
      '127.0.0.2',
      'a.localhost:9',
      'a.demo.localhost',
      'localhost.',
    ]) {
      assert.equal((await http(gateway, '/', { host })).status, 403, host);
    }
  });

  it('carries WebSockets of its own pages and of programs, and tells the site the name that these have', async () => {
    const asked: Connecting[] = [];
    const connect = async (request: Connecting): Promise<Tunnel> => {
      asked.push(request);
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      return { status: 200, headers: new Headers(), readable, writable };
    };
    const failed: string[] = [];
    const fetch = async (): Promise<Response> => new Response('a site');
    const gateway = await openGateway(
      { fetch, connect },
      { port: 0, authority: 'demo.example:80', label: 'demo', onError: (error, target) => failed.push(`${error.code} ${target}`) },
    );
    later(() => gateway.close());
    const host = `localhost:${gateway.port}`;
    const origins = async (origin?: string) => {
      const socket = await opened({ port: gateway.port, host }, '/live', [], origin === undefined ? {} : { origin });
      socket.terminate();
      const { headers, target, authority } = asked.at(-1) as Connecting;
      assert.deepEqual([target, authority], ['/live', host]);
      return new Map([...headers].map(([...pair]) => pair)).get('origin');
    };
    assert.equal(await origins(), undefined);
    assert.equal(await origins(`http://${host}`), `http://${host}`);
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    };
    const at = (path: string, headers: Record<string, string>, to = host) =>
      http(gateway, path, { host: to, headers: { ...upgrade, ...headers } });
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1', `http://evil.localhost:${gateway.port}`]) {
      assert.equal((await at('/', { origin })).status, 403, origin);
    }
    assert.equal((await at('/', {}, 'evil.example')).status, 403);
    assert.equal((await at('/', { origin: 'http://localhost:99999' }, 'localhost:9')).status, 403);
    assert.equal((await at('/', { origin: 'http://localhost:9' }, 'localhost:99999')).status, 403);
    assert.equal((await at('/.porthole/x', {})).status, 404);
    assert.equal((await at('http://elsewhere.example/', {})).status, 421);
    assert.equal(asked.length, 2);
    assert.deepEqual(failed, []);
  });

  it('has no WebSockets where its visit has none', async () => {
    const gateway = await open('/');
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    };
    assert.equal((await http(gateway, '/', { host: 'localhost', headers })).status, 501);
  });
});

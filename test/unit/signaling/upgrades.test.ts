// SPDX-License-Identifier: Apache-2.0
// WebSockets at the suite's port: which are of sites, who may have them, and how many.

import assert from 'node:assert/strict';
import type { Gateway } from '../../../signaling/web/answers.ts';
import type { Connecting, Tunnel } from '../../../transport/session/tunnel.ts';
import { opened } from '../../support/web-socket-app.ts';
import { type Ask, cleanUp, host, http, openSuite, until } from './helper.ts';

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

/** A gateway that opens all it is asked for, and says back what it hears. */
function gateway() {
  const asked: [string, Connecting][] = [];
  let open = 0;
  const connect = async (site: string, request: Connecting): Promise<Tunnel> => {
    asked.push([site, request]);
    open++;
    const done = (): void => void open--;
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({ flush: done, cancel: done } as Transformer);
    return { status: 200, headers: new Headers({ 'x-site': site, 'set-cookie': 'a=b' }), readable, writable };
  };
  const own: Gateway = Object.assign(async () => new Response('a site'), { connect });
  return { own, asked, open: () => open };
}

describe('WebSockets at the suite', () => {
  afterEach(cleanUp);

  async function open(options: Parameters<typeof openSuite>[0] = {}) {
    const { own, asked, open } = gateway();
    const suite = await openSuite({ gateway: own, ...options });
    const peer = await host(suite, 'demo');
    const at = (path: string, { headers, ...ask }: Ask = {}) =>
      http(suite, path, { host: `demo.localhost:${suite.port}`, headers: { ...UPGRADE, ...headers }, ...ask });
    const way = { port: suite.port, host: `demo.localhost:${suite.port}` };
    return { suite, id: peer.own.id, at, asked, open, way };
  }

  it('are those of the site whose origin was dialled, and say that they do not go end to end', async () => {
    const { way, id, asked } = await open();
    const socket = await opened(way, '/a%20b?c', ['one'], { headers: { cookie: 'x=y' } } as never).catch((error) => error);
    // The gateway of this test settles no sub-protocol.
    assert.match(String(socket), /no subprotocol/);
    const [[site, { target, authority, protocol, headers }]] = asked as [[string, Connecting]];
    assert.deepEqual([site, target, authority, protocol], [id, '/a%20b?c', way.host, 'websocket']);
    const fields = new Map([...headers].map(([...pair]) => pair));
    assert.deepEqual(
      ['cookie', 'sec-websocket-protocol', 'sec-websocket-version', 'sec-websocket-key', 'connection', 'upgrade', 'host'].map((name) =>
        fields.get(name),
      ),
      ['x=y', 'one', '13', undefined, undefined, undefined, undefined],
    );
    const other = await opened(way);
    other.close();
  });

  it('come back with the site’s fields, those of a connection aside', async () => {
    const { way } = await open();
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(`ws://127.0.0.1:${way.port}/`, { headers: { host: way.host } });
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      socket.on('upgrade', (response) => resolve(response.headers));
      socket.on('error', reject);
    });
    assert.deepEqual([headers['porthole-gateway'], headers['set-cookie'], headers.upgrade], ['1', ['a=b'], 'websocket']);
    socket.terminate();
  });

  it('are nothing of the suite’s own, nor of sites that are not there', async () => {
    const { at, suite, asked } = await open();
    assert.equal((await at('/', { host: `localhost:${suite.port}` })).status, 404);
    assert.equal((await at('/.porthole/other')).status, 404);
    const unknown = await at('/', { host: `nobody.localhost:${suite.port}` });
    assert.deepEqual([unknown.status, unknown.headers['porthole-error']], [404, 'SITE_UNKNOWN']);
    assert.equal((await at('/', { host: 'elsewhere.example' })).status, 404);
    assert.equal((await at('http://elsewhere.example/')).status, 421);
    assert.equal((await at('*')).status, 400);
    assert.equal((await at(`/${'x'.repeat(9000)}`)).status, 414);
    assert.equal(asked.length, 0);
    const without = await openSuite({ gateway: async () => new Response('a site') });
    await host(without, 'demo');
    const refused = await http(without, '/', { host: `demo.localhost:${without.port}`, headers: UPGRADE });
    assert.deepEqual([refused.status, refused.headers['porthole-error']], [501, 'CONNECT_UNSUPPORTED']);
  });

  it('are refused to the site’s own pages in a browser, which have a sealed way', async () => {
    const { at, suite, asked } = await open();
    const refused = await at('/', { headers: { origin: `http://demo.localhost:${suite.port}` } });
    assert.deepEqual([refused.status, refused.headers['porthole-error']], [403, 'NOT_ALLOWED']);
    assert.equal(asked.length, 0);
    // Whom the site has, its app judges by the Origin.
    for (const origin of ['https://other.example', 'null']) {
      const socket = await opened({ port: suite.port, host: `demo.localhost:${suite.port}` }, '/', [], { origin });
      assert.equal(new Map([...(asked.at(-1)?.[1].headers ?? [])].map(([...pair]) => pair)).get('origin'), origin);
      socket.close();
    }
  });

  it('are those of the site of this network at its addresses, for its own pages and for programs', async () => {
    let site: string | undefined;
    const { at, suite, id, asked } = await open({ lan: { site: () => site, names: ['box.local'] } });
    const here = `192.168.1.20:${suite.port}`;
    assert.equal((await at('/', { host: here })).status, 503);
    site = id;
    const way = { port: suite.port, host: here };
    const sockets = [await opened(way), await opened(way, '/', [], { origin: `http://${here}` })];
    assert.deepEqual(
      asked.map(([to, { authority }]) => [to, authority]),
      [
        [id, here],
        [id, here],
      ],
    );
    for (const origin of ['http://other.example', `http://192.168.1.21:${suite.port}`, 'http://192.168.1.20:1', 'null']) {
      assert.equal((await at('/', { host: here, headers: { origin } })).status, 403, origin);
    }
    assert.equal((await at('/', { host: 'evil.example' })).status, 403);
    for (const socket of sockets) socket.terminate();
  });

  it('are so many for one address, and come back as others end', async () => {
    const { way, at, open: tunnels, suite } = await open({ limits: { webSocketsPerAddress: 2 } });
    const [one] = [await opened(way), await opened(way)];
    const refused = await at('/');
    assert.deepEqual([refused.status, refused.headers['porthole-error']], [429, 'RATE_LIMITED']);
    assert.match((await http(suite, '/metrics')).body, /rate_limited_total\{limit="webSocketsPerAddress"\} 1/);
    one?.terminate();
    await until('there is room', () => tunnels() === 1);
    const next = await opened(way);
    next.terminate();
    // What is refused takes no room.
    for (let i = 0; i < 5; i++) assert.equal((await at('/', { headers: { 'sec-websocket-version': '7' } })).status, 426);
    const last = await opened(way);
    last.terminate();
  });
});

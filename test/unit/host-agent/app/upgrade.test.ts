// SPDX-License-Identifier: Apache-2.0
// Upgrades at a local app: how they are asked for, whom the host believes, what is refused, and how each way ends.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { appConnect } from '../../../../host-agent/app/upgrade.ts';
import { PortholeError } from '../../../../proto/errors.ts';
import type { ConnectAnswer, ConnectRequest, Visitor } from '../../../../transport/session/site.ts';
import { fakeClock } from '../../../support/clock.ts';
import { TLS } from '../../../support/tls.ts';
import { socketApp } from '../../../support/web-socket-app.ts';
import { cleanUp, later, until } from '../../signaling/helper.ts';

const visitor: Visitor = { session: '1', via: 'memory', agent: 'test', who: 'anyone' };
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const acceptFor = ({ headers }: IncomingMessage): string =>
  createHash('sha1')
    .update(headers['sec-websocket-key'] + GUID)
    .digest('base64');

/** A visitor's wish, and the other ends of its two ways. */
function wish(over: Partial<ConnectRequest> = {}) {
  const [to, from] = [new TransformStream<Uint8Array, Uint8Array>(), new TransformStream<Uint8Array, Uint8Array>()];
  const gone = new AbortController();
  const request: ConnectRequest = {
    target: '/live?a=b',
    authority: 'demo.example',
    headers: new Headers({ origin: 'https://demo.example', 'sec-websocket-protocol': 'chat', cookie: 'a=b' }),
    protocol: 'websocket',
    readable: to.readable,
    writable: from.writable,
    signal: gone.signal,
    ...over,
  };
  return { request, writer: to.writable.getWriter(), reader: from.readable.getReader(), gone };
}

/** An app that does with an upgrade what a test says. */
async function app(onUpgrade: (request: IncomingMessage, socket: Duplex, lines: (fields?: string[]) => void) => void): Promise<string> {
  const server = createServer((_request, response) => void response.end('plain'));
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onUpgrade(request, socket, (fields = [`Sec-WebSocket-Accept: ${acceptFor(request)}`, 'Upgrade: websocket', 'Connection: Upgrade']) =>
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  later(async () => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The host's end of a connection is gone, in order or not. */
function ended(socket: Duplex, tell: () => void): void {
  const once = (): void => {
    socket.off('end', once).off('close', once);
    tell();
  };
  socket.on('end', once).on('close', once).resume();
}

const wordsOf = async ({ body }: ConnectAnswer): Promise<string> => new Response(body).text();
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

describe('an app’s upgrades', () => {
  afterEach(cleanUp);

  it('are asked for with a key of the host’s own, and the fields as they came or as they are rewritten', async () => {
    const seen: IncomingMessage[] = [];
    const origin = await app((request, _socket, lines) => {
      seen.push(request);
      lines();
    });
    const one = wish();
    assert.equal((await appConnect(origin)(one.request, visitor)).status, 200);
    const { headers, url } = seen[0] as IncomingMessage;
    assert.match(String(headers['sec-websocket-key']), /^[+/\w]{22}==$/);
    assert.deepEqual(
      [
        url,
        headers.host,
        headers.origin,
        headers.cookie,
        headers['sec-websocket-version'],
        headers['sec-websocket-protocol'],
        headers.upgrade,
      ],
      ['/live?a=b', new URL(origin).host, 'https://demo.example', 'a=b', '13', 'chat', 'websocket'],
    );
    const connect = appConnect(origin, {
      pass: ({ target, headers }, { who }) => ({
        path: `/base${target}`,
        fields: [...headers, ['host', 'app.example'], ['x-who', who]].map(([name = '', value = '']) => [
          name,
          name === 'origin' ? 'http://app.example' : value,
        ]),
        back: (fields) => [...fields, ['x-back', 'yes']],
      }),
    });
    const { headers: back } = await connect(wish().request, visitor);
    assert.deepEqual(new Headers([...(back ?? [])].map(([...pair]) => pair)).get('x-back'), 'yes');
    const again = (seen[1] as IncomingMessage).headers;
    assert.deepEqual(
      [seen[1]?.url, again.host, again.origin, again['x-who']],
      ['/base/live?a=b', 'app.example', 'http://app.example', 'anyone'],
    );
    assert.notEqual(again['sec-websocket-key'], headers['sec-websocket-key']);
    for (const { writer } of [one]) await writer.abort();
  });

  it('are none where the app does not prove that it has understood', async () => {
    for (const fields of [
      ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA='],
      ['Upgrade: websocket', 'Connection: Upgrade'],
      ['Upgrade: other', 'Connection: Upgrade', 'ACCEPT'],
    ]) {
      let closed = false;
      const origin = await app((request, socket, lines) => {
        ended(socket, () => {
          closed = true;
        });
        lines(fields.map((field) => field.replace('ACCEPT', `Sec-WebSocket-Accept: ${acceptFor(request)}`)));
      });
      const answer = await appConnect(origin)(wish().request, visitor);
      assert.deepEqual([answer.status, (await wordsOf(answer)).startsWith('SITE_FAILED')], [502, true], fields.join());
      await until('it is closed', () => closed);
    }
  });

  it('are of WebSocket alone: over another protocol a visitor would say to the app what it likes', async () => {
    let come = 0;
    const origin = await app(() => come++);
    for (const protocol of ['h2c', 'tls', 'WebSocket2']) {
      const answer = await appConnect(origin)(wish({ protocol }).request, visitor);
      assert.deepEqual([answer.status, (await wordsOf(answer)).startsWith('CONNECT_UNSUPPORTED')], [501, true]);
    }
    assert.equal(come, 0);
  });

  it('are answered as the app answers where it does not upgrade', async () => {
    const server = createServer((_request, response) => void response.writeHead(403, { 'x-why': 'because' }).end('no sockets'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    later(() => new Promise((resolve) => server.close(() => resolve())));
    const answer = await appConnect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)(wish().request, visitor);
    const fields = new Headers([...(answer.headers ?? [])].map(([...pair]) => pair));
    assert.deepEqual([answer.status, fields.get('x-why'), await wordsOf(answer)], [403, 'because', 'no sockets']);
  });

  it('go over TLS, by a certificate that is trusted, or by any where that is said', async () => {
    const secure = await socketApp({ tls: TLS });
    later(() => secure.close());
    const refused = await appConnect(secure.origin)(wish().request, visitor);
    assert.equal(refused.status, 502);
    const { request, writer, reader } = wish({ headers: new Headers() });
    assert.equal((await appConnect(secure.origin, { rejectUnauthorized: false })(request, visitor)).status, 200);
    await writer.write(Uint8Array.of(0x89, 0x80, 1, 2, 3, 4)); // an empty ping, masked
    assert.deepEqual((await reader.read()).value, Buffer.of(0x8a, 0), 'and the pong');
    await writer.abort();
  });

  it('fail as they are said to where the app is not there, and time out where it says nothing', async () => {
    const clock = fakeClock();
    let come = 0;
    const origin = await app(() => come++);
    const waiting = appConnect(origin, {
      clock,
      answerMs: 1000,
      failed: (error) => ({ status: 504, headers: [['x-code', error instanceof PortholeError ? error.code : 'none']] }),
    })(wish().request, visitor);
    await until('it was asked', () => come === 1);
    clock.advance(1000);
    assert.deepEqual(await waiting, { status: 504, headers: [['x-code', 'TIMED_OUT']] });
    assert.equal(clock.timers, 0);
    const absent = await appConnect('http://127.0.0.1:1')(wish().request, visitor);
    assert.deepEqual([absent.status, (await wordsOf(absent)).includes('127')], [502, false]);
  });

  it('are given up with their visitor, while the app thinks and later', async () => {
    const closed: number[] = [];
    let answers = false;
    let come = 0;
    const origin = await app((_request, socket, lines) => {
      const number = ++come;
      ended(socket, () => closed.push(number));
      if (answers) lines();
    });
    const early = wish();
    const waiting = appConnect(origin)(early.request, visitor);
    await until('it was asked', () => come === 1);
    early.gone.abort(new PortholeError('CANCELLED'));
    await assert.rejects(waiting, { code: 'CANCELLED' });
    await until('the app learns it', () => closed.length === 1);
    answers = true;
    const late = wish();
    await appConnect(origin)(late.request, visitor);
    await late.writer.abort(new PortholeError('SESSION_LOST'));
    await until('the app learns it', () => closed.length === 2);
  });

  it('let each way end by itself, whoever ends first', async () => {
    let appSocket: Duplex | undefined;
    const origin = await app((_request, socket, lines) => {
      appSocket = socket;
      lines();
    });
    const one = wish();
    await appConnect(origin)(one.request, visitor);
    const socket = appSocket as Duplex;
    socket.end('the last of the app');
    assert.equal(String((await one.reader.read()).value && 'the last of the app'), 'the last of the app');
    assert.equal((await one.reader.read()).done, true);
    await one.writer.write(text('still '));
    await one.writer.write(text('here'));
    await one.writer.close();
    let heard = '';
    for await (const piece of socket) heard += piece;
    assert.equal(heard, 'still here');

    const other = wish();
    await appConnect(origin)(other.request, visitor);
    await other.writer.close();
    const second = appSocket as Duplex;
    second.resume();
    await once(second, 'end');
    second.end('an answer');
    let said = '';
    for (let { value } = await other.reader.read(); value; { value } = await other.reader.read()) said += new TextDecoder().decode(value);
    assert.equal(said, 'an answer');
  });
});

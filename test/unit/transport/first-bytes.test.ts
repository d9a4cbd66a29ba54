// SPDX-License-Identifier: Apache-2.0
// Tests first-bytes: each caller reaches its taker with every byte unread, and nobody holds a port by saying nothing.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer as createHttp, get, type Server as HttpServer, request } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { PortholeError } from '../../../proto/errors.ts';
import { type Front, type FrontLimits, frontOf, protocolOf, type Takers } from '../../../transport/http/first-bytes.ts';
import { listen } from '../../../transport/system/listen.ts';

const HOST = '127.0.0.1';
/** A server of sockets, which leaves what HTTP's callers say to this one. */
const serverOf = (http?: (socket: Socket) => void): Server => createServer({ allowHalfOpen: true, noDelay: true }, http);

describe('first bytes', () => {
  const open: { close(): Promise<void> }[] = [];
  const clients: Socket[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    for (const one of open.splice(0)) await one.close();
  });

  const dial = (port: number): Socket => {
    const socket = connect({ port, host: HOST, noDelay: true, allowHalfOpen: true });
    clients.push(socket);
    return socket;
  };

  async function front(
    { http, ...takers }: Takers & { http?: (socket: Socket) => void },
    limits?: FrontLimits,
  ): Promise<{ port: number; front: Front }> {
    const made = frontOf(serverOf(http), takers, limits);
    open.push(made);
    return { port: await listen(made.server, { port: 0, host: HOST }), front: made };
  }

  async function httpFront(server: HttpServer, takers: Takers = {}, limits?: FrontLimits): Promise<{ port: number; front: Front }> {
    const made = frontOf(server, takers, limits);
    const port = await listen(server, { port: 0, host: HOST });
    open.push({
      async close() {
        server.closeAllConnections();
        await made.close();
      },
    });
    return { port, front: made };
  }

  /** A taker that echoes everything it reads, then says who it is. */
  const echo = (name: string) => (socket: Socket) => {
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('end', () => socket.end(`|${name}`));
  };

  it('names the three callers', () => {
    assert.equal(protocolOf(0x00), 'framed');
    assert.equal(protocolOf('<'.charCodeAt(0)), 'policy');
    for (const first of ['G', '\r', '\x16', '\x01', '\xff']) assert.equal(protocolOf(first.charCodeAt(0)), 'http');
  });

  it('hands each caller to its taker with all bytes unread, in one piece or byte by byte', async () => {
    const { port } = await front({ http: echo('http'), framed: echo('framed'), policy: echo('policy') });
    for (const [text, name] of [
      ['GET / HTTP/1.1\r\n', 'http'],
      ['\0\0\0\x05hello', 'framed'],
      ['<policy-file-request/>\0', 'policy'],
    ] as const) {
      const whole = dial(port);
      whole.end(text);
      assert.equal((await buffer(whole)).toString(), `${text}|${name}`);
      const pieces = dial(port);
      for (const letter of text) {
        pieces.write(letter);
        await wait(1);
      }
      pieces.end();
      assert.equal((await buffer(pieces)).toString(), `${text}|${name}`);
    }
  });

  it('gives a socket that can be paused, piped, and read late', async () => {
    const { port } = await front({
      framed: (socket) => {
        socket.on('data', (chunk) => socket.write(chunk));
        socket.on('end', () => socket.end());
        socket.pause();
        setTimeout(() => {
          assert.equal(socket.bytesWritten, 0);
          socket.resume();
        }, 30);
      },
      http: (socket) => void socket.pipe(socket),
      policy: (socket) => void setTimeout(() => socket.pipe(socket), 20),
    });
    for (const first of [0x00, 0x3c, 0x47]) {
      const bytes = randomBytes(300_000);
      bytes[0] = first;
      const socket = dial(port);
      socket.end(bytes);
      assert.ok((await buffer(socket)).equals(bytes));
    }
  });

  it('refuses by RST what nobody takes, and lets those go who leave without a word', async () => {
    const { port, front: made } = await front({ policy: echo('policy') });
    const wrong = dial(port);
    wrong.write('GET / HTTP/1.1\r\n\r\n');
    const [error] = await once(wrong, 'error');
    assert.equal(error.code, 'ECONNRESET');
    const mute = dial(port);
    mute.end();
    await assert.rejects(buffer(mute), { code: 'ECONNRESET' });
    assert.equal(made.stats().silent, 0);
  });

  it('drops a silent caller at the deadline where there is no HTTP', async () => {
    const { port } = await front({ framed: echo('framed') }, { firstBytesMs: 40 });
    const mute = dial(port);
    const began = performance.now();
    await assert.rejects(buffer(mute), { code: 'ECONNRESET' });
    assert.ok(performance.now() - began < 1000);
  });

  it("leaves a browser's spare socket to HTTP at the deadline, and only HTTP may use it then", async () => {
    const server = createHttp((_, response) => response.end('late but served'));
    const { port, front: made } = await httpFront(server, { framed: echo('framed') }, { firstBytesMs: 30 });
    const spare = dial(port);
    const late = dial(port);
    await wait(100);
    assert.equal(made.stats().silent, 0);
    spare.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assert.match((await buffer(spare)).toString(), /late but served$/);
    late.write('\0\0\0\x01a');
    assert.match((await buffer(late)).toString(), /^HTTP\/1.1 400/);
  });

  it('limits the sockets open at once', async () => {
    const { port, front: made } = await front({ framed: echo('framed') }, { maxSockets: 2 });
    const held = [dial(port), dial(port)];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    const third = dial(port);
    await buffer(third).catch(() => {});
    assert.equal(made.stats().dropped, 1);
    held[0]?.end('\0');
    assert.equal((await buffer(held[0] as Socket)).toString(), '\0|framed');
  });

  it('reports a port in use, a port that needs rights, and an address that is not ours', async () => {
    const { port } = await front({ framed: echo('framed') });
    const code = (wanted: string) => (error: PortholeError) => error.code === wanted;
    await assert.rejects(listen(frontOf(serverOf(), {}).server, { port, host: HOST }), code('PORT_IN_USE'));
    await assert.rejects(listen(frontOf(serverOf(), {}).server, { port: 0, host: '192.0.2.1' }), code('CONFIG_INVALID'));
    await assert.rejects(listen(frontOf(serverOf(), {}).server, { port: 70_000, host: HOST }), code('CONFIG_INVALID'));
    // Rights differ from machine to machine: the error as the system gives it.
    const refusing = frontOf(serverOf(), {}).server;
    refusing.listen = () => {
      process.nextTick(() => refusing.emit('error', Object.assign(new Error('listen EACCES'), { code: 'EACCES' })));
      return refusing;
    };
    await assert.rejects(listen(refusing, { port: 843, host: HOST }), code('PORT_FORBIDDEN'));
  });

  it('closes with the silent callers dropped', async () => {
    const { port, front: made } = await front({ http: echo('http') });
    const mute = dial(port);
    await once(mute, 'connect');
    while (made.stats().silent === 0) await wait(1);
    mute.resume();
    await Promise.all([made.close(), once(mute, 'end')]);
    open.length = 0;
  });

  describe('before an HTTP server', () => {
    it('serves keep-alive, pipelined requests and a long body', async () => {
      const server = createHttp(async (incoming, response) => {
        const body = await buffer(incoming);
        response.end(`${incoming.url} ${createHash('sha256').update(body).digest('hex')}`);
      });
      const { port } = await httpFront(server, { framed: echo('framed') });
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let round = 0; round < 3; round++) {
        const body = randomBytes(3_000_000);
        const sent = request({ port, host: HOST, method: 'POST', path: `/${round}`, agent });
        sent.end(body);
        const [response] = await once(sent, 'response');
        const digest = createHash('sha256').update(body).digest('hex');
        assert.equal((await buffer(response)).toString(), `/${round} ${digest}`);
      }
      agent.destroy();
      const pipelined = dial(port);
      const head = (path: string, close = false): string =>
        `GET ${path} HTTP/1.1\r\nHost: a\r\n${close ? 'Connection: close\r\n' : ''}\r\n`;
      pipelined.write(head('/a') + head('/b') + head('/c', true));
      const text = (await buffer(pipelined)).toString();
      assert.deepEqual(text.match(/\/[abc](?= )/g), ['/a', '/b', '/c']);
    });

    it('passes an upgrade with the bytes behind its head', async () => {
      const server = createHttp();
      server.on('upgrade', (_, socket: Socket, head: Buffer) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
        socket.write(head);
        socket.on('data', (chunk) => socket.write(chunk));
        socket.on('end', () => socket.end());
      });
      const { port } = await httpFront(server);
      const socket = dial(port);
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nbehind the head');
      await wait(10);
      socket.end(' and later');
      assert.match((await buffer(socket)).toString(), /\r\n\r\nbehind the head and later$/);
    });

    it("keeps the server's own account of its connections: header time-out and closeAllConnections", async () => {
      const server = createHttp({ headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 20 }, (_, response) =>
        response.end(),
      );
      const { port } = await httpFront(server);
      const slow = dial(port);
      slow.write('GET / HT');
      assert.match((await buffer(slow)).toString(), /^HTTP\/1.1 408/);
      const agent = new Agent({ keepAlive: true });
      const [response] = await once(get({ port, host: HOST, agent }), 'response');
      response.resume();
      await once(response, 'end');
      server.closeAllConnections();
      assert.equal(await new Promise((resolve) => server.getConnections((_, count) => resolve(count))), 0);
      agent.destroy();
    });
  });
});

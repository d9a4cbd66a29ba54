// SPDX-License-Identifier: Apache-2.0
// WebSockets under load, over real sockets: thousands of messages across paths that break, and clients that do not read.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { WebSocket } from 'ws';
import { PortholeError } from '../../proto/errors.ts';
import { VISITOR_SESSION_CREDIT } from '../../proto/limits.ts';
import { dialTcp, tcpConnection } from '../../transport/channel/tcp.ts';
import { shortOrLong } from '../support/long.ts';
import { type App, AppSession, byOpen, bySuite, opened, socketApp, type Way } from '../support/web-socket-app.ts';
import { cleanUp, later } from '../unit/signaling/helper.ts';

const MESSAGES = shortOrLong(4000, 10_000);
const LARGEST = 2 ** 20;
/** Every so many messages one is of the largest. */
const LARGE_EACH = 100;
/** Milliseconds between two breaks of the path. */
const BREAK_EACH_MS = 300;
/** An app that has sent nothing for so long waits, in milliseconds. */
const STILL_MS = 2000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** Bytes of buffers that something still holds. */
async function held(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await wait(100); // they are given back beside
  }
  return process.memoryUsage().arrayBuffers;
}
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Adds a path over TCP to a session. @returns what breaks it */
async function tcpPath(through: AppSession, via: string): Promise<() => void> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [near, [far]] = await Promise.all([
    dialTcp('127.0.0.1', port, new AbortController().signal),
    once(server, 'connection') as Promise<[Socket]>,
  ]);
  server.close();
  const { path } = through.resumables.join(tcpConnection(near, via), tcpConnection(far, via));
  await path;
  return () => far.resetAndDestroy();
}

for (const by of ['open', 'suite'] as const) {
  describe(`WebSockets under load, by the gateway of ${by === 'open' ? '`open`' : 'the suite'}`, function () {
    this.timeout(300_000);
    afterEach(cleanUp);

    async function site(options: Parameters<typeof socketApp>[0] = {}): Promise<{ app: App; way: Way; through: AppSession }> {
      const app = await socketApp({ perMessageDeflate: false, maxPayload: 2 * LARGEST, ...options });
      later(() => app.close());
      const through = new AppSession(app.origin);
      later(() => through.end());
      return { app, through, way: by === 'open' ? await byOpen(through.session, later) : await bySuite(through.session) };
    }

    it(`carry ${MESSAGES} messages of up to ${LARGEST} bytes there and back, in order and equal, while their paths break`, async () => {
      const { way, through } = await site();
      let cut = await tcpPath(through, 'tcp-0');
      const socket = await opened(way, '/', [], { perMessageDeflate: false, maxPayload: 2 * LARGEST });
      const content = randomBytes(LARGEST + MESSAGES);
      const sizeOf = (at: number): number => (at % LARGE_EACH === LARGE_EACH - 1 ? LARGEST : (at * 7919) % 4096);
      const piece = (at: number): Buffer => content.subarray(at, at + sizeOf(at));
      let come = 0;
      const all = new Promise<void>((resolve, reject) => {
        socket.on('close', (code) => reject(new Error(`closed with ${code} after ${come} messages`)));
        socket.on('message', (data: Buffer) => {
          if (!data.equals(piece(come))) reject(new Error(`message ${come} is another one`));
          if (++come === MESSAGES) resolve();
        });
      });
      let done = false;
      const breaking = (async () => {
        let breaks = 0;
        for (; !done; breaks++) {
          await wait(BREAK_EACH_MS);
          const old = cut;
          // Every other time nothing stands by, and the session waits for the next path.
          if (breaks % 2 === 0) old();
          cut = await tcpPath(through, `tcp-${breaks + 1}`);
          if (breaks % 2 === 1) old();
        }
        return breaks;
      })();
      for (let at = 0; at < MESSAGES; at++) await new Promise<void>((resolve) => socket.send(piece(at), () => resolve()));
      await all;
      done = true;
      const breaks = await breaking;
      assert.ok(breaks >= 3, `${breaks} paths broke`);
      assert.equal(through.resumables.hosts.length, 1, 'one session all along');
    });

    it('hold an app back whose clients do not read, and what waits takes little memory', async () => {
      const piece = Buffer.alloc(64 * 1024, 'x');
      const clients = 8;
      const sent = new Map<WebSocket, number>();
      const { way, through } = await site({
        onSocket: (socket) => {
          const more = (): void => {
            sent.set(socket, (sent.get(socket) ?? 0) + piece.length);
            socket.send(piece, (error) => error || setImmediate(more));
          };
          socket.once('message', more);
        },
      });
      const before = await held();
      const sockets: WebSocket[] = [];
      for (let i = 0; i < clients; i++) {
        const socket = await opened(way);
        (socket as unknown as { _socket: Socket })._socket.pause();
        socket.send('begin');
        sockets.push(socket);
      }
      const total = (): number => [...sent.values()].reduce((sum, bytes) => sum + bytes, 0);
      let stood = -1;
      for (let since = 0; since < STILL_MS; since += 100) {
        if (total() !== stood) since = 0;
        stood = total();
        await wait(100);
      }
      // What the system's own buffers hold is not counted here.
      const more = (await held()) - before;
      assert.ok(more < VISITOR_SESSION_CREDIT, `${more} bytes are held for ${clients} clients, of the ${stood} that the app has sent`);
      // Others are not held up by these.
      const response = await through.session.fetch(new Request('http://demo.example/'));
      assert.equal(await response.text(), 'a site');
      const other = await opened(way);
      other.ping();
      await once(other, 'pong');
      for (const socket of [...sockets, other]) socket.terminate();
    });

    it('break off with every path for good, and not before', async () => {
      const { app, way, through } = await site();
      const socket = await opened(way);
      const [end, appEnd] = [once(socket, 'close'), once(app.sockets[0] as WebSocket, 'close')];
      for (const path of through.resumables.visitor.paths)
        through.resumables.visitor.drop(path, new PortholeError('PATH_LOST', 'the test'));
      let closed = false;
      void end.then(() => {
        closed = true;
      });
      await wait(500);
      assert.equal(closed, false, 'a path may come');
      socket.send('later');
      await tcpPath(through, 'tcp');
      assert.equal(String((await once(socket, 'message'))[0]), 'later');
      through.resumables.visitor.abort(new PortholeError('SESSION_LOST'));
      assert.deepEqual([(await end)[0], (await appEnd)[0]], [1006, 1006]);
    });
  });
}

// SPDX-License-Identifier: Apache-2.0
// What only sockets with options can do: TTL, lowest TTL, listening first, and the punch that is made of these.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { PortholeError } from '../../../proto/errors.ts';
import { type FfiSocket, type FfiSockets, openSockets } from '../../../transport/nat/sockets/ffi.ts';
import { systemCode } from '../../../transport/nat/sockets/sockets.ts';
import { LOOPBACKS, needs } from '../../support/loopback.ts';

const never = new AbortController().signal;
/** How long the program is busy while a connection is made, in milliseconds: thousands of round trips on loopback. */
const BUSY_MS = 60;
const opened = await openSockets();
const sockets = opened as FfiSockets; // `before` sees to it

const coded = (code: string, system?: string) => (error: unknown) => {
  assert.ok(error instanceof PortholeError, String(error));
  assert.equal(error.code, code, error.message);
  if (system) assert.equal(systemCode(error), system);
  return true;
};

describe('sockets with options', () => {
  before(function () {
    if (sockets.can.has('ttl') && sockets.can.has('minTtl')) return;
    console.log(`      skipped: ${opened.why}`);
    this.skip();
  });
  let servers: Server[] = [];

  /** One that listens and swallows, and what came to it once it let in. */
  async function swallower(ip: string): Promise<{ bound: FfiSocket; came: Promise<Socket> }> {
    const bound = sockets.bind({ ip, port: 0 }, { minTtl: 255 });
    let take: (socket: Socket) => void = () => {};
    const came = new Promise<Socket>((resolve) => {
      take = resolve;
    });
    servers.push(await bound.listen((socket) => take(socket)));
    return { bound, came };
  }
  /** Whether a promise is open after some time in which loopback would have answered. */
  async function isOpen(promise: Promise<unknown>): Promise<boolean> {
    const late = Symbol('late');
    return (await Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 60, late))])) === late;
  }

  afterEach(() => {
    for (const server of servers) server.close();
    servers = [];
  });

  for (const ip of LOOPBACKS) {
    describe(ip, () => {
      before(needs(ip));

      it('sets TTL and lowest TTL before, while and after connecting', async () => {
        const bound = sockets.bind({ ip, port: 0 }, { ttl: 3, minTtl: 255 });
        assert.deepEqual(bound.read(), { ttl: 3, minTtl: 255, error: 0 });
        bound.set({ ttl: 4 });
        assert.deepEqual(bound.read(), { ttl: 4, minTtl: 255, error: 0 });
        const { bound: to, came } = await swallower(ip);
        const end = new AbortController();
        const connecting = bound.connect(to.local, end.signal);
        assert.ok(await isOpen(connecting));
        bound.set({ ttl: 64, minTtl: 0 });
        assert.deepEqual(bound.read(), { ttl: 64, minTtl: 0, error: 0 });
        to.set({ minTtl: 0 });
        const socket = await connecting; // the second SYN is let in, after a second
        bound.set({ ttl: 65 });
        assert.equal(bound.read().ttl, 65);
        socket.destroy();
        (await came).destroy();
        bound.set({ ttl: 66 }); // closed: nothing happens
      });

      it('tells the round trip that the system has measured, however busy this program was meanwhile', async () => {
        const listener = sockets.bind({ ip, port: 0 });
        servers.push(await listener.listen((socket) => socket.destroy()));
        const bound = sockets.bind({ ip, port: 0 });
        assert.equal(bound.rttMs(), null, 'without a connection');
        const began = performance.now();
        const connecting = bound.connect(listener.local, never);
        process.nextTick(() => {
          // The SYN is out, in the tick before; it is answered while nobody here can look.
          while (performance.now() - began < BUSY_MS);
        });
        const socket = await connecting;
        assert.ok(performance.now() - began >= BUSY_MS);
        const rttMs = bound.rttMs() ?? Number.NaN;
        assert.ok(rttMs > 0 && rttMs < BUSY_MS / 2, `${rttMs} ms`);
        socket.destroy();
        assert.equal(bound.rttMs(), null, 'the number of its descriptor may be another’s');
      });

      it('drops what comes with less than the lowest TTL, and takes what has it', async () => {
        const near = sockets.bind({ ip, port: 0 }, { ttl: 255 });
        const far = sockets.bind({ ip, port: 0 }, { ttl: 254 });
        for (const listener of [near, far]) servers.push(await listener.listen((socket) => socket.destroy()));
        const socket = await sockets.bind({ ip, port: 0 }, { minTtl: 255 }).connect(near.local, never);
        socket.destroy();
        const end = new AbortController();
        const connecting = sockets.bind({ ip, port: 0 }, { minTtl: 255 }).connect(far.local, end.signal);
        assert.ok(await isOpen(connecting));
        end.abort(new Error('enough'));
        await assert.rejects(connecting, /enough/);
      });

      it('ignores a RST when it swallows', async () => {
        const closed = sockets.bind({ ip, port: 0 });
        closed.close();
        const end = new AbortController();
        const connecting = sockets.bind({ ip, port: 0 }, { minTtl: 255 }).connect(closed.local, end.signal);
        assert.ok(await isOpen(connecting));
        end.abort(new Error('enough'));
        await assert.rejects(connecting, /enough/);
      });

      it('is met by another’s SYN while its own went unanswered (simultaneous open)', async () => {
        const { bound: silent } = await swallower(ip);
        const first = sockets.bind({ ip, port: 0 });
        const connecting = first.connect(silent.local, never);
        assert.ok(await isOpen(connecting));
        const back = await sockets.bind(silent.local).connect(first.local, never);
        const met = await connecting;
        assert.deepEqual([met.remotePort, back.remotePort], [silent.local.port, first.local.port]);
        met.end('here');
        back.end('there');
        assert.deepEqual(await Promise.all([text(met), text(back)]), ['there', 'here']);
      });

      it('cancels what went unanswered, and listens on the same port (the patent’s way)', async () => {
        const { bound: silent } = await swallower(ip);
        const first = sockets.bind({ ip, port: 0 }, { ttl: 2 });
        const end = new AbortController();
        const connecting = first.connect(silent.local, end.signal);
        assert.ok(await isOpen(connecting));
        end.abort(new Error('sent'));
        await assert.rejects(connecting, /sent/);
        const came = new Promise<Socket>((resolve, reject) => {
          sockets
            .bind(first.local)
            .listen(resolve)
            .then((server) => servers.push(server), reject);
        });
        const back = await sockets.bind(silent.local).connect(first.local, never);
        back.end('there');
        const socket = await came;
        assert.equal(socket.remotePort, silent.local.port);
        socket.end();
        assert.equal(await text(socket), 'there');
      });

      it('listens first and connects after, from one port', async () => {
        const listener = sockets.bind({ ip, port: 0 });
        servers.push(await listener.listen((socket) => socket.destroy()));
        const other = sockets.bind({ ip, port: 0 });
        servers.push(await other.listen((socket) => socket.destroy()));
        const socket = await sockets.bind(listener.local).connect(other.local, never);
        assert.equal(socket.localPort, listener.local.port);
        socket.destroy();
      });

      it('refuses values that are none', () => {
        const refused = [{ ttl: 0 }, { ttl: 256 }, { ttl: 1.5 }, { minTtl: 256 }, { minTtl: -1 }];
        for (const options of refused) assert.throws(() => sockets.bind({ ip, port: 0 }, options), coded('USAGE'));
        const bound = sockets.bind({ ip, port: 0 });
        for (const options of refused) assert.throws(() => bound.set(options), coded('USAGE'));
        bound.close();
      });
    });
  }

  it('refuses an address that is none of this machine’s', () => {
    assert.throws(() => sockets.bind({ ip: '192.0.2.1', port: 0 }), coded('SOCKET_FAILED', 'EADDRNOTAVAIL'));
    assert.throws(() => sockets.bind({ ip: '2001:db8::1', port: 0 }), coded('SOCKET_FAILED', 'EADDRNOTAVAIL'));
    assert.throws(() => sockets.bind({ ip: 'fe80::1%nowhere', port: 0 }), coded('USAGE'));
  });

  it('keeps IPv6 and IPv4 apart on one port', async function () {
    needs('::1').call(this);
    const six = sockets.bind({ ip: '::', port: 0 });
    servers.push(await six.listen((socket) => socket.destroy()));
    const refused = sockets.bind({ ip: '127.0.0.1', port: 0 }).connect({ ip: '127.0.0.1', port: six.local.port }, never);
    await assert.rejects(refused, coded('PATH_LOST', 'ECONNREFUSED'));
  });

  it('cannot listen where another program does without sharing', async () => {
    const bound = sockets.bind({ ip: '127.0.0.1', port: 0 });
    const server = createServer().listen({ port: bound.local.port, host: '127.0.0.1' });
    await once(server, 'listening');
    servers.push(server);
    await assert.rejects(
      bound.listen(() => {}),
      coded('PORT_IN_USE', 'EADDRINUSE'),
    );
    bound.set({ ttl: 64 }); // closed: nothing happens
  });

  it('opens 768 at once from one port, each towards another address, and closes all with one signal', async () => {
    const listener = sockets.bind({ ip: '0.0.0.0', port: 0 }, { minTtl: 255 });
    servers.push(await listener.listen((socket) => socket.destroy()));
    const from = sockets.bind({ ip: '0.0.0.0', port: 0 });
    const end = new AbortController();
    const all: Promise<unknown>[] = [];
    const bounds: FfiSocket[] = [];
    for (let at = 0; at < 768; at++) {
      const bound = sockets.bind(from.local, { ttl: 2, minTtl: 255 });
      bounds.push(bound);
      all.push(bound.connect({ ip: `127.1.${at >> 8}.${at & 255}`, port: listener.local.port }, end.signal));
    }
    const settled = Promise.allSettled(all);
    assert.ok(await isOpen(Promise.race(all)));
    for (const bound of bounds) bound.set({ ttl: 64, minTtl: 0 });
    assert.deepEqual(bounds[767]?.read(), { ttl: 64, minTtl: 0, error: 0 });
    const reason = new Error('enough');
    end.abort(reason);
    assert.ok((await settled).every((one) => one.status === 'rejected' && one.reason === reason));
    from.close();
  });
});

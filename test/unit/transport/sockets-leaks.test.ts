// SPDX-License-Identifier: Apache-2.0
// Who closes a socket's file descriptor, whatever becomes of it: nothing stays open, and nothing is closed twice.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type FfiSockets, openSockets } from '../../../transport/nat/sockets/ffi.ts';
import { NodeSockets } from '../../../transport/nat/sockets/node.ts';
import type { SocketAddress, TcpSockets } from '../../../transport/nat/sockets/sockets.ts';

const ROUNDS = 300;
const ip = '127.0.0.1';
const any: SocketAddress = { ip, port: 0 };
/** A port that nobody listens on: tcpmux. */
const NOBODYS = 1;
const never = new AbortController().signal;
const opened = await openSockets();
const kinds: readonly TcpSockets[] = [...(opened.kind === 'ffi' ? [opened] : []), new NodeSockets('a test')];

/** The sockets this process has open, by what the system calls each. */
function open(): Set<string> {
  const found = new Set<string>();
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      const name = readlinkSync(`/proc/self/fd/${fd}`);
      if (name.startsWith('socket:')) found.add(name);
    } catch {} // the folder's own
  }
  return found;
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

/** Runs it again and again; nothing may be open that was not before. */
async function rounds(run: () => Promise<unknown>): Promise<void> {
  const before = open();
  for (let round = 0; round < ROUNDS; round++) await run();
  const left = (): string[] => [...open()].filter((socket) => !before.has(socket));
  // The other ends, which the server has, are a moment behind.
  for (let wait = 0; wait < 200 && left().length > 0; wait++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(left(), []);
}

describe('sockets: what is opened is closed', () => {
  before(function () {
    if (process.platform === 'linux') return;
    console.log('      skipped: no /proc here to count in');
    this.skip();
  });

  for (const sockets of kinds) {
    describe(sockets.kind, () => {
      let server: Server;
      let local: SocketAddress;
      before(async () => {
        const bound = sockets.bind(any);
        local = bound.local;
        server = await bound.listen((socket) => socket.end().resume());
      });
      after(() => server.close());

      it('when bound and closed', () => rounds(async () => sockets.bind(any).close()));

      it('when binding is refused', () =>
        rounds(async () => {
          assert.throws(() => sockets.bind(any, { ttl: 300 }));
          assert.throws(() => sockets.bind({ ip: 'nowhere', port: 0 }));
        }));

      it('when connecting is refused', () => rounds(() => assert.rejects(sockets.bind(any).connect({ ip, port: NOBODYS }, never))));

      it('when connecting cannot even begin', () =>
        rounds(async () => {
          await assert.rejects(sockets.bind(any).connect({ ip: '::1', port: 9 }, never));
          await assert.rejects(sockets.bind(any).connect({ ip: 'nowhere', port: 9 }, never));
          await assert.rejects(sockets.bind(any).connect(local, AbortSignal.abort(new Error('no'))));
        }));

      it('when connecting is aborted at any moment', async () => {
        let turns = 0;
        await rounds(async () => {
          const end = new AbortController();
          const connecting = sockets.bind(any).connect(local, end.signal);
          turns = (turns + 1) % 4;
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
          end.abort(new Error('no'));
          await connecting.then(
            (socket) => {
              socket.destroy();
              return closed(socket);
            },
            (error: Error) => assert.equal(error.message, 'no'),
          );
        });
      });

      it('when connected and ended', () =>
        rounds(async () => {
          const socket = await sockets.bind(any).connect(local, never);
          socket.end().resume();
          await closed(socket);
        }));

      it('when listening and ended', () =>
        rounds(async () => {
          const bound = sockets.bind(any);
          const one = await bound.listen(() => {});
          await new Promise((resolve) => one.close(resolve));
        }));

      it('when listening is refused', async () => {
        const other = createServer().listen(0, ip);
        await new Promise((resolve) => other.once('listening', resolve));
        const { port } = other.address() as { port: number };
        await rounds(async () => {
          const use = async (): Promise<unknown> => sockets.bind({ ip, port }).listen(() => {});
          await assert.rejects(use());
        });
        other.close();
      });
    });
  }

  describe('ffi, at the border', () => {
    const sockets = opened as FfiSockets;
    before(function () {
      if (opened.kind === 'ffi') return;
      console.log(`      skipped: ${opened.why}`);
      this.skip();
    });

    it('when aborted in SYN_SENT', async () => {
      const silent = sockets.bind(any, { minTtl: 255 });
      const server = await silent.listen(() => {});
      await rounds(async () => {
        const end = new AbortController();
        const connecting = sockets.bind(any).connect(silent.local, end.signal);
        await new Promise(setImmediate);
        end.abort(new Error('no'));
        await assert.rejects(connecting, /^Error: no$/);
      });
      server.close();
    });

    it('when another program has the port by the time of listening', () =>
      rounds(async () => {
        const bound = sockets.bind(any);
        const other = createServer().listen(bound.local.port, ip);
        await new Promise((resolve) => other.once('listening', resolve));
        await assert.rejects(bound.listen(() => {}));
        await new Promise((resolve) => other.close(resolve));
      }));

    it('leaves alone whoever has the number of a descriptor that was closed', async () => {
      const nobody = sockets.bind(any);
      nobody.close();
      const failed = sockets.bind(any);
      await assert.rejects(failed.connect(nobody.local, never));
      const ended = sockets.bind(any);
      (await ended.listen(() => {})).close();
      const unused = sockets.bind(any);
      unused.close();
      const others = Array.from({ length: 8 }, () => sockets.bind(any, { ttl: 77 }));
      for (const one of [failed, ended, unused]) {
        one.set({ ttl: 5 });
        one.close();
        assert.throws(() => one.read(), { code: 'INTERNAL' });
        await assert.rejects(one.connect(nobody.local, never));
      }
      for (const one of others) {
        assert.equal(one.read().ttl, 77);
        one.close();
      }
    });

    it('hands no descriptor to a program it starts', () => {
      const before = open();
      const bound = sockets.bind(any);
      const [mine] = [...open()].filter((socket) => !before.has(socket));
      assert.ok(mine);
      const theirs = execFileSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' });
      bound.close();
      assert.ok(!theirs.includes(mine), theirs);
    });
  });
});

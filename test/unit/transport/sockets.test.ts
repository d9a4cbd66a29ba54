// SPDX-License-Identifier: Apache-2.0
// What both kinds of sockets do: bind, then connect or listen, over both families, on loopback.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { PortholeError } from '../../../proto/errors.ts';
import { openSockets } from '../../../transport/nat/sockets/ffi.ts';
import { NodeSockets, socketError } from '../../../transport/nat/sockets/node.ts';
import { type SocketOptions, systemCode, type TcpSockets } from '../../../transport/nat/sockets/sockets.ts';
import { LOOPBACKS, needs } from '../../support/loopback.ts';

/** A port that nobody listens on: tcpmux. */
const NOBODYS = 1;
const never = new AbortController().signal;
const ffi = await openSockets();
const kinds: readonly TcpSockets[] = [...(ffi.kind === 'ffi' ? [ffi] : []), new NodeSockets('a test')];

/** A port that nobody uses; it may be bound again at once. */
function freePort(sockets: TcpSockets, ip: string): number {
  const bound = sockets.bind({ ip, port: 0 });
  bound.close();
  return bound.local.port;
}

const coded = (code: string, system?: string) => (error: unknown) => {
  assert.ok(error instanceof PortholeError, String(error));
  assert.equal(error.code, code, error.message);
  if (system) assert.equal(systemCode(error), system);
  return true;
};

/** Both ends of a connection say who they are, and end it cleanly. */
async function talk(here: Socket, there: Socket): Promise<void> {
  here.end('from here');
  there.end('from there');
  assert.deepEqual(await Promise.all([text(here), text(there)]), ['from there', 'from here']);
}

describe('sockets', () => {
  it('are those with options on Linux, where koffi is installed', function () {
    if (process.platform !== 'linux') {
      console.log('      skipped: this is not Linux');
      this.skip();
    }
    assert.deepEqual([ffi.kind, ...ffi.can], ['ffi', 'ttl', 'minTtl'], ffi.why);
  });

  for (const sockets of kinds) {
    for (const ip of LOOPBACKS) {
      describe(`${sockets.kind}, ${ip}`, () => {
        before(needs(ip));

        let servers: Server[] = [];
        let got: Socket[] = [];
        const listen = async (port = 0): Promise<number> => {
          const bound = sockets.bind({ ip, port });
          servers.push(await bound.listen((socket) => got.push(socket)));
          return bound.local.port;
        };
        const arrived = async (count: number): Promise<void> => {
          while (got.length < count) await new Promise(setImmediate);
        };

        afterEach(() => {
          for (const socket of got) socket.destroy();
          for (const server of servers) server.close();
          servers = [];
          got = [];
        });

        it('connects from the port it bound to one that listens', async () => {
          const port = await listen();
          const bound = sockets.bind({ ip, port: 0 });
          const socket = await bound.connect({ ip, port }, never);
          await arrived(1);
          assert.deepEqual([got[0]?.remoteAddress, got[0]?.remotePort], [bound.local.ip, bound.local.port]);
          assert.deepEqual([socket.remoteAddress, socket.remotePort, socket.localPort], [ip, port, bound.local.port]);
          await talk(socket, got[0] as Socket);
        });

        it('connects several times from one port', async () => {
          const ports = [await listen(), await listen(), await listen()];
          const { port } = sockets.bind({ ip, port: 0 }).local;
          const connected = await Promise.all(
            ports.map((to) => {
              const bound = sockets.bind({ ip, port });
              assert.equal(bound.local.port, port);
              return bound.connect({ ip, port: to }, never);
            }),
          );
          await arrived(3);
          assert.deepEqual(
            got.map(({ remotePort }) => remotePort),
            [port, port, port],
          );
          for (const socket of connected) socket.destroy();
        });

        it('listens on a port after it began to connect from it', async () => {
          const port = freePort(sockets, ip);
          const to = await listen();
          const connecting = sockets.bind({ ip, port }).connect({ ip, port: to }, never);
          await listen(port);
          const out = await connecting;
          const back = await sockets.bind({ ip, port: 0 }).connect({ ip, port }, never);
          await arrived(2);
          await talk(back, got[1] as Socket);
          out.destroy();
        });

        it('meets itself: a SYN that is answered by a SYN (simultaneous open)', async () => {
          const bound = sockets.bind({ ip, port: 0 });
          const socket = await bound.connect(bound.local, never);
          assert.deepEqual([socket.remotePort, socket.localPort], [bound.local.port, bound.local.port]);
          socket.end('an echo');
          assert.equal(await text(socket), 'an echo');
        });

        it('says what the system said when nobody listens', async () => {
          const nobodys = { ip, port: NOBODYS };
          await assert.rejects(sockets.bind({ ip, port: 0 }).connect(nobodys, never), coded('PATH_LOST', 'ECONNREFUSED'));
        });

        it('gives its port back when connecting fails', async () => {
          const bound = sockets.bind({ ip, port: 0 });
          await assert.rejects(bound.connect({ ip, port: NOBODYS }, never), coded('PATH_LOST'));
          const server = createServer().listen({ port: bound.local.port, host: ip });
          await once(server, 'listening');
          server.close();
        });

        it('is told before it begins that it is not wanted any more', async () => {
          const reason = new Error('not wanted');
          const port = await listen();
          await assert.rejects(sockets.bind({ ip, port: 0 }).connect({ ip, port }, AbortSignal.abort(reason)), reason);
          assert.equal(got.length, 0);
        });

        it('stops in the turn in which it began', async () => {
          const reason = new Error('not wanted');
          const end = new AbortController();
          const connecting = sockets.bind({ ip, port: 0 }).connect({ ip, port: await listen() }, end.signal);
          end.abort(reason);
          await assert.rejects(connecting, reason);
        });

        it('serves once', async () => {
          const bound = sockets.bind({ ip, port: 0 });
          servers.push(await bound.listen(() => {}));
          bound.close(); // does nothing: the server has it
          assert.ok(servers[0]?.listening);
          await assert.rejects(
            bound.listen(() => {}),
            coded('INTERNAL'),
          );
          await assert.rejects(bound.connect({ ip, port: 9 }, never), coded('INTERNAL'));
          const closed = sockets.bind({ ip, port: 0 });
          closed.close();
          closed.close();
          await assert.rejects(closed.connect({ ip, port: 9 }, never), coded('INTERNAL'));
        });

        it('refuses a port that another program listens on', async () => {
          const server = createServer().listen({ port: 0, host: ip });
          await once(server, 'listening');
          servers.push(server);
          const { port } = server.address() as { port: number };
          const use = async (): Promise<unknown> => sockets.bind({ ip, port }).listen(() => {});
          await assert.rejects(use(), coded('PORT_IN_USE', 'EADDRINUSE'));
        });

        it('refuses names, ports there are not, and a family that is not its own', async () => {
          for (const address of [
            { ip: 'localhost', port: 0 },
            { ip: '', port: 0 },
            { ip, port: -1 },
            { ip, port: 65536 },
            { ip, port: 1.5 },
          ]) {
            assert.throws(() => sockets.bind(address), coded('USAGE'));
            await assert.rejects(sockets.bind({ ip, port: 0 }).connect(address, never), coded('USAGE'));
          }
          await assert.rejects(sockets.bind({ ip, port: 0 }).connect({ ip, port: 0 }, never), coded('USAGE'));
          const other = ip === '::1' ? '127.0.0.1' : '::1';
          await assert.rejects(sockets.bind({ ip, port: 0 }).connect({ ip: other, port: 9 }, never), coded('PATH_LOST'));
        });

        it('lets an error pass that nobody listens for', async () => {
          const port = await listen();
          const socket = await sockets.bind({ ip, port: 0 }).connect({ ip, port }, never);
          await arrived(1);
          got[0]?.resetAndDestroy();
          await new Promise((resolve) => socket.on('close', resolve)); // an 'error' without a listener would have ended the process
          assert.equal((socket.errored as NodeJS.ErrnoException | null)?.code, 'ECONNRESET');
        });
      });
    }
  }

  describe('without koffi', () => {
    const sockets = new NodeSockets('a test');
    const local = { ip: '127.0.0.1', port: 0 };

    it('refuses every option, at once and later', () => {
      const bound = sockets.bind(local, {});
      const each: readonly SocketOptions[] = [{ ttl: 64 }, { minTtl: 0 }];
      for (const options of each) {
        assert.throws(() => sockets.bind(local, options), coded('SOCKETS_UNFIT'));
        assert.throws(() => bound.set(options), coded('SOCKETS_UNFIT'));
      }
      bound.set({});
      assert.equal(sockets.can.size, 0);
    });

    it('cannot connect from a port once it listens there, and says so', async () => {
      const bound = sockets.bind(local);
      const server = await bound.listen(() => {});
      const again = sockets.bind(bound.local);
      await assert.rejects(again.connect({ ip: '127.0.0.1', port: bound.local.port }, never), coded('PORT_IN_USE', 'EADDRINUSE'));
      server.close();
    });

    it('is what there is on a platform nobody knows, without koffi, and with one that cannot call', async () => {
      const why = async (options: Parameters<typeof openSockets>[0]): Promise<string> => {
        const opened = await openSockets(options);
        assert.equal(opened.kind, 'node');
        return opened.why;
      };
      assert.match(await why({ platform: 'plan9' }), /options of plan9 are not known/);
      assert.match(await why({ platform: 'constructor' }), /not known/);
      const missing = async (): Promise<never> => {
        throw new Error("Cannot find package 'koffi'\nand a stack");
      };
      assert.match(await why({ platform: 'linux', load: missing }), /koffi.* cannot be loaded: Cannot find package 'koffi'$/);
      const broken = async (): Promise<never> => ({}) as never;
      assert.match(await why({ platform: 'linux', load: broken }), /calls do not work/);
    });
  });

  it('names the system’s errors', () => {
    const system = (code: string): Error => Object.assign(new Error(code), { code, errno: -1 });
    assert.equal(socketError(system('EACCES'), 'SOCKET_FAILED').code, 'PORT_FORBIDDEN');
    assert.equal(socketError(system('EADDRINUSE'), 'SOCKET_FAILED').code, 'PORT_IN_USE');
    assert.equal(socketError(system('EMFILE'), 'SOCKET_FAILED').code, 'SOCKET_FAILED');
    assert.equal(systemCode(new PortholeError('PATH_LOST', 'a', { cause: new Error('b', { cause: system('EPIPE') }) })), 'EPIPE');
    assert.equal(systemCode(new PortholeError('PATH_LOST')), null);
    assert.equal(systemCode('EPIPE'), null);
  });
});

// SPDX-License-Identifier: Apache-2.0
// What became of a SYN that nothing guards, by what its socket says.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { PortholeError } from '../../../../proto/errors.ts';
import { type Fate, fateOf } from '../../../../transport/nat/exam/syn-probe.ts';
import type { BoundSocket, SocketAddress, TcpSockets } from '../../../../transport/nat/sockets/sockets.ts';

/** Sockets whose connecting does this. */
function socketsThat(dial: (to: SocketAddress) => Promise<Socket>): TcpSockets {
  const bound = { connect: dial } as Partial<BoundSocket> as BoundSocket;
  return { kind: 'ffi', why: 'a test', can: new Set(['ttl']), bind: () => bound };
}

const at = { ip: '127.0.0.1', port: 9 };
const fate = (dial: (to: SocketAddress) => Promise<Socket>, to = at): Promise<Fate> =>
  fateOf(socketsThat(dial), 2, to, 1000, new AbortController().signal);

const refused = (code: string): Error =>
  new PortholeError('PATH_LOST', 'not reached', { cause: Object.assign(new Error(code), { code, errno: -1 }) });

describe('the fate of a SYN', () => {
  it('arrived where a connection stands, and not where one is only said to', async () => {
    const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const there = { ip: '127.0.0.1', port: (server.address() as AddressInfo).port };
    const dial = async ({ ip, port }: SocketAddress): Promise<Socket> => {
      const socket = connect(port, ip);
      await once(socket, 'connect');
      return socket.on('error', () => {});
    };
    assert.equal(await fate(dial, there), 'arrived');
    server.close();
    assert.equal(await fate(async () => new Socket().on('error', () => {})), 'silence', 'it has no other end');
  });

  it('is told by the error', async () => {
    const codes = ['EHOSTUNREACH', 'ECONNRESET', 'ETIMEDOUT'];
    const fates = await Promise.all(codes.map((code) => fate(() => Promise.reject(refused(code)))));
    assert.deepEqual(fates, ['icmp', 'arrived', 'silence']);
  });
});

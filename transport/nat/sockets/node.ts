// SPDX-License-Identifier: Apache-2.0
// TCP sockets as Node alone can make them: on one port connect first, listen after; no options.

import { createServer, isIP, type Server, Socket } from 'node:net';
import { PortholeError } from '../../../proto/errors.ts';
import { checkAddress, connectSocket, listenOn, newServer } from './handover.ts';
import type { BoundSocket, SocketAddress, SocketOptions, TcpSockets } from './sockets.ts';

/** Sockets without options. A port is not held before it is used: another program may take it meanwhile. */
export class NodeSockets implements TcpSockets {
  readonly kind = 'node';
  readonly can: ReadonlySet<keyof SocketOptions> = new Set();
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }

  bind(local: SocketAddress, options: SocketOptions = {}): BoundSocket {
    checkAddress(local, 0);
    refuse(options, this.why);
    return new NodeSocket({ ip: local.ip, port: local.port === 0 ? freePort() : local.port }, this.why);
  }
}

class NodeSocket implements BoundSocket {
  readonly local: SocketAddress;
  readonly #why: string;
  #used = false;

  constructor(local: SocketAddress, why: string) {
    this.local = local;
    this.#why = why;
  }

  set(options: SocketOptions): void {
    refuse(options, this.#why);
  }

  async connect(remote: SocketAddress, signal: AbortSignal): Promise<Socket> {
    this.#use();
    signal.throwIfAborted();
    checkAddress(remote, 1);
    const from = { localAddress: this.local.ip, localPort: this.local.port };
    return connectSocket(new Socket({ allowHalfOpen: true }), { host: remote.ip, port: remote.port, ...from }, signal);
  }

  async listen(onConnection: (socket: Socket) => void): Promise<Server> {
    this.#use();
    // Node begins to connect in its next tick, and cannot once something listens on the port.
    await new Promise(setImmediate);
    return listenOn(newServer(onConnection), { host: this.local.ip, port: this.local.port, ipv6Only: isIP(this.local.ip) === 6 });
  }

  close(): void {
    this.#used = true;
  }

  #use(): void {
    if (this.#used) throw new PortholeError('INTERNAL', 'a bound socket serves once');
    this.#used = true;
  }
}

function refuse(options: SocketOptions, why: string): void {
  const names = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length > 0) throw new PortholeError('SOCKETS_UNFIT', `Node's own sockets have no option ${names.join(', ')} (${why})`);
}

/** A port that was free just now: a port the system chose for connecting cannot be listened on. */
function freePort(): number {
  const server = createServer().on('error', () => {}); // it has no address then
  server.listen(0); // without a name to look up it listens at once
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new PortholeError('SOCKET_FAILED', 'no port is free');
  return address.port;
}

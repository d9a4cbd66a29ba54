// SPDX-License-Identifier: Apache-2.0
// TCP sockets with Node's own means: connect and then listen on one port, without options. And what both kinds of sockets share.

import { createServer, isIP, type ListenOptions, type Server, Socket, type SocketConnectOpts } from 'node:net';
import { asPortholeError, type ErrorCode, PortholeError } from '../../../proto/errors.ts';
import { type BoundSocket, isShort, type SocketAddress, type SocketOptions, systemCode, type TcpSockets } from './sockets.ts';

/** Connections that wait to be taken, at most, before the system drops SYNs. */
const BACKLOG = 64;

/** Without a listener an error ends the process, and the owner may not have begun to listen when one comes. 'close' follows it. */
const ignore = (): void => {};

/** What a failed connect means: PORT_IN_USE, SOCKET_FAILED where this machine is short of something, else PATH_LOST. */
export function connectError(error: unknown): PortholeError {
  const code = systemCode(error);
  if (code === 'EADDRINUSE') return asPortholeError(error, 'PORT_IN_USE');
  // No port to leave from, or no such address any more.
  const own = isShort(error) || code === 'EADDRNOTAVAIL';
  return asPortholeError(error, own ? 'SOCKET_FAILED' : 'PATH_LOST');
}

/** The system's words as an error of ours. */
export function socketError(error: unknown, otherwise: ErrorCode): PortholeError {
  const code = systemCode(error);
  if (code === 'EADDRINUSE') return asPortholeError(error, 'PORT_IN_USE');
  if (code === 'EACCES') return asPortholeError(error, 'PORT_FORBIDDEN');
  return asPortholeError(error, otherwise);
}

/**
 * Checks an address before anything is opened. A name would be looked up, and what happens here is to happen at once.
 * @param lowest the lowest port: 0 (any) or 1
 * @throws PortholeError USAGE
 */
export function checkAddress({ ip, port }: SocketAddress, lowest: 0 | 1): 4 | 6 {
  const family = isIP(ip);
  if ((family === 4 || family === 6) && Number.isInteger(port) && port >= lowest && port <= 65535) return family;
  throw new PortholeError('USAGE', `"${ip}" port ${port} is no address of a TCP socket`);
}

/**
 * Connects a fresh socket. Whatever goes wrong, the socket is destroyed.
 * @throws PortholeError PATH_LOST, PORT_IN_USE or SOCKET_FAILED, or the signal's reason
 */
export function connectSocket(socket: Socket, to: SocketConnectOpts, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    socket.on('error', ignore);
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', stop);
      reject(connectError(error));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop);
      socket.removeListener('error', fail);
      resolve(socket);
    });
    signal.addEventListener('abort', stop, { once: true });
    socket.connect(to);
  });
}

/** A server that does not listen yet. */
export function newServer(onConnection: (socket: Socket) => void): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', ignore);
    onConnection(socket);
  });
}

/** @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN or SOCKET_FAILED; the server is closed then */
export function listenOn(server: Server, on: ListenOptions & { readonly fd?: number }): Promise<Server> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(socketError(error, 'SOCKET_FAILED'));
    server.once('error', fail);
    server.listen({ backlog: BACKLOG, exclusive: true, ...on }, () => {
      server.removeListener('error', fail);
      server.on('error', ignore); // a failing accept (too many open files) is no reason to end
      resolve(server);
    });
  });
}

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

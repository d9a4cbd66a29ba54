// SPDX-License-Identifier: Apache-2.0
// TCP sockets made with the C library's calls and handed to Node as file descriptors; Node's own sockets where that is not possible.

import { type Server, Socket } from 'node:net';
import { endianness } from 'node:os';
import { PortholeError } from '../../../proto/errors.ts';
import { isOutside } from '../addresses.ts';
import { checkAddress, connectSocket, listenOn, NodeSockets, newServer, socketError } from './node.ts';
import type { BoundSocket, SocketAddress, SocketOptions, TcpSockets } from './sockets.ts';
import { CONSTANTS, type Family, type Koffi, System } from './system.ts';

/** Where to look, for tests: `platform` as in process.platform, `load` brings koffi or throws. */
export interface OpenOptions {
  readonly platform?: string;
  readonly load?: () => Promise<Koffi>;
}

/** The best sockets there are here. Never throws: what is missing is said by `kind` and `why`. */
export async function openSockets({ platform = process.platform, load = () => import('koffi') }: OpenOptions = {}): Promise<TcpSockets> {
  const constants = Object.hasOwn(CONSTANTS, platform) ? CONSTANTS[platform] : undefined;
  if (!constants || endianness() !== 'LE') return new NodeSockets(`the socket options of ${platform} are not known`);
  let koffi: Koffi;
  try {
    koffi = await load();
  } catch (error) {
    return new NodeSockets(`koffi, which calls the system, cannot be loaded: ${wordsOf(error)}`);
  }
  try {
    const sockets = new FfiSockets(new System(koffi, constants), `koffi ${koffi.version} calls ${platform} itself`);
    // Proves the calls, before anyone relies on them.
    sockets.bind({ ip: '127.0.0.1', port: 0 }, sockets.can.has('minTtl') ? { ttl: 64, minTtl: 0 } : { ttl: 64 }).close();
    return sockets;
  } catch (error) {
    return new NodeSockets(`the system's calls do not work: ${wordsOf(error)}`);
  }
}

/** The first line: a failing import adds a stack of what it required. */
function wordsOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] as string;
}

/**
 * Bytes of a TCP segment to the outside: with the heads of IPv6 and TCP a packet of 1,280 bytes, which every path carries (RFC 8200
 * section 5). Where longer ones are lost and nobody says so, TCP alone would hang for ever (RFC 2923 section 2.1).
 */
export const MAX_SEGMENT_BYTES = 1220;
/** A TTL is one byte. */
const MAX_HOPS = 255;

export class FfiSockets implements TcpSockets {
  readonly kind = 'ffi';
  readonly why: string;
  readonly can: ReadonlySet<keyof SocketOptions>;
  readonly #system: System;

  constructor(system: System, why: string) {
    this.#system = system;
    this.why = why;
    this.can = new Set(system.constants.minTtl ? ['ttl', 'minTtl'] : ['ttl']);
  }

  bind(local: SocketAddress, options: SocketOptions = {}): FfiSocket {
    const system = this.#system;
    const family = checkAddress(local, 0);
    let fd = -1;
    try {
      fd = system.socket(family);
      system.set(fd, system.constants.reuseAddress, 1);
      system.set(fd, system.constants.reusePort, 1);
      system.bind(fd, family, local);
      const socket = new FfiSocket(system, fd, family, system.local(fd, family));
      socket.set(options);
      return socket;
    } catch (error) {
      if (fd >= 0) system.close(fd);
      throw socketError(error, 'SOCKET_FAILED');
    }
  }
}

/**
 * A bound socket and its file descriptor. Until `connect` or `listen` that belongs to this object; from then on to Node's Socket
 * or Server, which closes it, and after that the number may be another socket's: nothing is done to it any more.
 */
export class FfiSocket implements BoundSocket {
  readonly local: SocketAddress;
  readonly #system: System;
  readonly #fd: number;
  readonly #family: Family;
  #isOpen: () => boolean = () => true;
  #used = false;

  constructor(system: System, fd: number, family: Family, local: SocketAddress) {
    this.#system = system;
    this.#fd = fd;
    this.#family = family;
    this.local = local;
  }

  set({ ttl, minTtl }: SocketOptions): void {
    if (!this.#isOpen()) return;
    // Systems give 0 and -1 meanings of their own, one family other ones than the other.
    if (!isHops(ttl ?? 1, 1)) throw new PortholeError('USAGE', `a TTL cannot be ${ttl}`);
    if (!isHops(minTtl ?? 0, 0)) throw new PortholeError('USAGE', `a lowest TTL cannot be ${minTtl}`);
    const { constants } = this.#system;
    try {
      if (ttl !== undefined) this.#system.set(this.#fd, constants.ttl[this.#family], ttl);
      if (minTtl === undefined) return;
      if (!constants.minTtl) throw new PortholeError('SOCKETS_UNFIT', "this system's sockets drop nothing for its TTL");
      // A socket filter would drop all, too, but ordinary users are refused one at times (EPERM: the kernel's memory for BPF).
      this.#system.set(this.#fd, constants.minTtl[this.#family], minTtl);
    } catch (error) {
      throw socketError(error, 'SOCKET_FAILED');
    }
  }

  async connect(remote: SocketAddress, signal: AbortSignal): Promise<Socket> {
    this.#use(() => {
      signal.throwIfAborted();
      checkAddress(remote, 1);
      this.#cut(remote);
    });
    let socket: Socket;
    try {
      socket = new Socket({ fd: this.#fd, allowHalfOpen: true });
    } catch (error) {
      this.#isOpen = () => false;
      this.#system.close(this.#fd);
      throw socketError(error, 'SOCKET_FAILED');
    }
    this.#isOpen = () => !socket.destroyed;
    return connectSocket(socket, { host: remote.ip, port: remote.port }, signal);
  }

  async listen(onConnection: (socket: Socket) => void): Promise<Server> {
    this.#use(() => {});
    const server = newServer(onConnection);
    const listening = listenOn(server, { fd: this.#fd }); // a server that cannot listen closes it
    this.#isOpen = () => server.listening;
    return listening;
  }

  close(): void {
    if (this.#used) return;
    this.#used = true;
    this.#isOpen = () => false;
    this.#system.close(this.#fd);
  }

  rttMs(): number | null {
    if (!this.#used || !this.#isOpen()) return null;
    try {
      return this.#system.rttMs(this.#fd);
    } catch {
      return null; // what is only a measure fails nothing
    }
  }

  /**
   * What the system has noted of this socket: the options as they are, and the error it met (a system code's number; read once).
   * @throws PortholeError INTERNAL when it is closed
   */
  read(): { readonly ttl: number; readonly minTtl: number | null; readonly error: number } {
    if (!this.#isOpen()) throw new PortholeError('INTERNAL', 'a closed socket cannot be asked');
    const { ttl, minTtl, error } = this.#system.constants;
    const get = (option: readonly [number, number]): number => this.#system.get(this.#fd, option);
    return { ttl: get(ttl[this.#family]), minTtl: minTtl ? get(minTtl[this.#family]) : null, error: get(error) };
  }

  /** Has both ends send short segments: what a SYN asks for binds the other one. */
  #cut({ ip }: SocketAddress): void {
    const { maxSegment } = this.#system.constants;
    if (!maxSegment || !isOutside(ip)) return;
    try {
      this.#system.set(this.#fd, maxSegment, MAX_SEGMENT_BYTES);
    } catch {
      // Most paths carry longer ones.
    }
  }

  /** The one use of this socket begins; what `check` throws ends it. */
  #use(check: () => void): void {
    if (this.#used) throw new PortholeError('INTERNAL', 'a bound socket serves once');
    try {
      check();
    } catch (error) {
      this.close();
      throw error;
    }
    this.#used = true;
  }
}

function isHops(value: number, lowest: number): boolean {
  return Number.isInteger(value) && value >= lowest && value <= MAX_HOPS;
}

// SPDX-License-Identifier: Apache-2.0
// The interface of a puncher's TCP sockets: bind, then connect or listen, with options that Node does not offer.

import type { Server, Socket } from 'node:net';
import type { SocketAddress } from '../profile.ts';

export type { SocketAddress };

/** The TTL of packets that are to arrive. */
export const FULL_TTL = 64;
/** Only packets that crossed no router have it: with it as the least, the kernel drops every ICMP, RST and SYN of the way (RFC 5082). */
export const GUARD_TTL = 255;

/** What can be set on a socket beside its address. What is left out stays as it is. */
export interface SocketOptions {
  /** Routers that a packet of this socket passes at most, 1 to 255 (IP_TTL, IPV6_UNICAST_HOPS). */
  readonly ttl?: number;
  /**
   * Drops what comes in with less left, ICMP errors too: 255 ignores every router's Time Exceeded, and a listener swallows SYNs
   * without a word, but for a neighbour's on the same link. 0: off (RFC 5082).
   */
  readonly minTtl?: number;
}

/** A socket that has its port and does nothing yet. It serves once: `connect`, `listen` or `close`. */
export interface BoundSocket {
  readonly local: SocketAddress;
  /**
   * Sets options at any time, also while connecting, connected or listening. Nothing happens once the socket is closed.
   * @throws PortholeError SOCKETS_UNFIT for an option this platform has not, SOCKET_FAILED with the system's words
   */
  set(options: SocketOptions): void;
  /**
   * Sends a SYN once the running code is done (what is set until then counts for it), and is answered by a SYN-ACK or by
   * the other end's own SYN (simultaneous open, RFC 9293 section 3.5). The Socket that comes keeps what arrives until it is
   * read, is half-open (`allowHalfOpen`), and belongs to the caller.
   * @throws PortholeError PATH_LOST with the system's error as its cause (`systemCode`), PORT_IN_USE (pure Node, where something
   *   listens on the port), or the signal's reason; the socket is closed then
   */
  connect(remote: SocketAddress, signal: AbortSignal): Promise<Socket>;
  /**
   * Takes connections; their sockets belong to `onConnection`. `server.close()` ends it.
   * @throws PortholeError PORT_IN_USE, or SOCKET_FAILED with the system's words; the socket is closed then
   */
  listen(onConnection: (socket: Socket) => void): Promise<Server>;
  /**
   * The round trip of its connection as the system has measured it, in milliseconds, however busy this program was meanwhile; null
   * where the system does not say, and without a connection.
   */
  rttMs?(): number | null;
  /** Gives the port back. Does nothing after `connect` or `listen`: then the signal, the socket or the server ends it. */
  close(): void;
}

/** A maker of sockets. Several may have one port: all that this maker binds share theirs (SO_REUSEADDR, SO_REUSEPORT). */
export interface TcpSockets {
  /** `node`: no options, and on a port all connecting has to begin before listening does. */
  readonly kind: 'ffi' | 'node';
  /** In words: why this kind and no other. */
  readonly why: string;
  readonly can: ReadonlySet<keyof SocketOptions>;
  /**
   * Takes a port of this machine; port 0 is any that is free.
   * @param options set before anything is sent
   * @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN, SOCKETS_UNFIT, or SOCKET_FAILED with the system's words
   */
  bind(local: SocketAddress, options?: SocketOptions): BoundSocket;
}

/** The system's name for what went wrong underneath an error (`ECONNREFUSED`: a RST came; `EHOSTUNREACH`: an ICMP); null: none. */
export function systemCode(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { errno, code } = at as NodeJS.ErrnoException;
    if (errno !== undefined && typeof code === 'string') return code;
  }
  return null;
}

/** What a machine may be short of: descriptors, memory. No other strategy, and no other end, has more of it. */
const SHORT: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** Whether this machine was short of what it takes. */
export function isShort(error: unknown): boolean {
  const code = systemCode(error);
  return code !== null && SHORT.has(code);
}

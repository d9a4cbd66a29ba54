// SPDX-License-Identifier: Apache-2.0
// SYN probes: the end sends SYNs to slots of the suite, and the suite sends one back. The result tells what the NAT does in between.

import type { Server, Socket } from 'node:net';
import { ANY } from '../probe/prober.ts';
import type { SocketAddress } from '../profile.ts';
import { type BoundSocket, FULL_TTL, GUARD_TTL, systemCode, type TcpSockets } from '../sockets/sockets.ts';

/**
 * What is sent. `low`: a SYN that lives for so many hops; `full`: one that arrives and is not answered; `fresh`: the same, taken
 * back, and what comes in answered by a listener, with a sequence number of its own; `reset`: one that is answered with RST.
 */
export type Aim = { readonly kind: 'full' | 'fresh' | 'reset' } | { readonly kind: 'low'; readonly ttl: number };

/** What became of a SYN that nothing guards: it arrived, an ICMP error came, or nothing. */
export type Fate = 'arrived' | 'icmp' | 'silence';

/** Connections that came in. The suite lets go of them at once: that spares this end a packet each. */
export class Inbound {
  readonly #sockets: Socket[] = [];
  #over = false;

  readonly add = (socket: Socket): void => {
    if (this.#over) socket.resetAndDestroy();
    else this.#sockets.push(socket);
  };

  drop(): void {
    this.#over = true;
    for (const socket of this.#sockets.splice(0)) socket.resetAndDestroy();
  }
}

export class SynProbe {
  readonly #aim: Aim;
  readonly #sockets: TcpSockets;
  readonly #socket: BoundSocket;
  readonly #stop = new AbortController();
  readonly #inbound = new Inbound();
  #server: Promise<Server> | null = null;

  /** Sends the SYN. @param port the local port; 0: a new one */
  constructor(sockets: TcpSockets, aim: Aim, to: SocketAddress, port: number) {
    this.#sockets = sockets;
    this.#aim = aim;
    // From the errors and resets that would end a socket that waits for its SYN's answer.
    const guarded = aim.kind === 'low' || aim.kind === 'reset';
    const options = { ...(aim.kind === 'low' && { ttl: aim.ttl }), ...(guarded && { minTtl: GUARD_TTL }) };
    this.#socket = sockets.bind({ ip: ANY[4], port }, options);
    this.#socket.connect(to, this.#stop.signal).then(this.#inbound.add, () => {});
  }

  get local(): number {
    return this.#socket.local.port;
  }

  /** Whether a socket can do that here. */
  static can(sockets: TcpSockets, aim: Aim): boolean {
    return aim.kind === 'full' || aim.kind === 'fresh' || (sockets.can.has('minTtl') && sockets.can.has('ttl'));
  }

  /** What would have ended the socket has come and gone by now: lets in what comes next. */
  async open(): Promise<void> {
    if (this.#aim.kind === 'low') this.#socket.set({ ttl: FULL_TTL, minTtl: 0 });
    if (this.#aim.kind === 'reset') this.#socket.set({ minTtl: 0 });
    if (this.#aim.kind !== 'fresh') return;
    this.#stop.abort();
    await new Promise(setImmediate); // until the socket has let go
    this.#server = this.#sockets.bind({ ip: ANY[4], port: this.local }).listen(this.#inbound.add);
    await this.#server;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#inbound.drop();
    const server = await this.#server?.catch(() => null);
    if (server) await new Promise((resolve) => server.close(resolve));
  }
}

/** Sends a SYN that lives for so many hops, and tells its fate. */
export async function fateOf(sockets: TcpSockets, ttl: number, at: SocketAddress, waitMs: number, signal: AbortSignal): Promise<Fate> {
  try {
    const until = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
    const socket = await sockets.bind({ ip: ANY[4], port: 0 }, { ttl }).connect(at, until);
    // Rarely a connection is said to stand where the error has ended it: it has no other end, then, and tells nothing.
    const stands = socket.remotePort !== undefined;
    socket.resetAndDestroy();
    return stands ? 'arrived' : 'silence';
  } catch (error) {
    const code = systemCode(error);
    return code === 'EHOSTUNREACH' ? 'icmp' : code === 'ECONNRESET' ? 'arrived' : 'silence';
  }
}

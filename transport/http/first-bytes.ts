// SPDX-License-Identifier: Apache-2.0
// Tells by the first byte of a TCP connection which protocol the caller speaks, and hands the unread socket to its server.

import type { Server, Socket } from 'node:net';
import { type Clock, systemClock } from '../time/clock.ts';

/** Milliseconds that a caller has to say its first byte. After that, silence is HTTP's (a browser's spare socket) or nobody's. */
export const FIRST_BYTES_MS = 10_000;
/** Sockets that one port holds open at once; more are closed as they come. */
export const MAX_FRONT_SOCKETS = 16_384;

/** Who calls, told by one byte (RENDEZVOUS.md section 7). */
export type Protocol = 'framed' | 'policy' | 'http';

/** Who serves callers other than HTTP's. Each gets the socket as if it had just been accepted: nothing read, no listeners. No taker: refused with RST. */
export interface Takers {
  readonly framed?: (socket: Socket) => void;
  readonly policy?: (socket: Socket) => void;
}

export interface FrontLimits {
  /** Milliseconds to the first byte; FIRST_BYTES_MS when left out. */
  readonly firstBytesMs?: number;
  /** Sockets open at once; MAX_FRONT_SOCKETS when left out. */
  readonly maxSockets?: number;
  readonly clock?: Clock;
}

/** A port that sorts its callers. */
export interface Front {
  readonly server: Server;
  /** `silent`: callers that have said nothing yet; `dropped`: callers over the limit of sockets, since the start. */
  stats(): { readonly silent: number; readonly dropped: number };
  /**
   * Stops listening and drops the silent; instead of the server's own `close`, or before it. Resolves when every socket has gone:
   * those handed over are their takers' to end.
   */
  close(): Promise<void>;
}

const FRAMED = 0x00;
const LESS_THAN = 0x3c;

/** Who calls, by the first byte of what they send. A framed message begins with 00, being far shorter than 16 MiB. */
export function protocolOf(firstByte: number): Protocol {
  if (firstByte === FRAMED) return 'framed';
  return firstByte === LESS_THAN ? 'policy' : 'http';
}

/** Puts the sorting before a server that listens itself: its own listeners keep all HTTP callers, as though it were alone on its port. */
export function frontOf(server: Server, takers: Takers, limits: FrontLimits = {}): Front {
  const { firstBytesMs = FIRST_BYTES_MS, maxSockets = MAX_FRONT_SOCKETS, clock = systemClock } = limits;
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  const http = (socket: Socket): void => {
    for (const listener of listeners) listener.call(server, socket);
  };
  const all: Partial<Record<Protocol, (socket: Socket) => void>> = { ...takers, ...(listeners.length > 0 && { http }) };
  const silent = new Set<Socket>();
  let dropped = 0;
  server.maxConnections = maxSockets;
  server.on('drop', () => {
    dropped++;
  });
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    listenFor(socket, clock, firstBytesMs, (caller) => {
      silent.delete(socket);
      const take = caller && all[caller];
      if (take) take(socket);
      else socket.resetAndDestroy();
    });
  });
  return {
    server,
    stats: () => ({ silent: silent.size, dropped }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of silent) socket.destroy();
      }),
  };
}

/** Calls `found` once, with nothing read and nothing listening: who it is, or null for one who left. Silence past the deadline is HTTP. */
function listenFor(socket: Socket, clock: Clock, ms: number, found: (protocol: Protocol | null) => void): void {
  const done = (protocol: Protocol | null): void => {
    cancel();
    socket.off('readable', look).off('end', gone).off('error', ignore).off('close', gone);
    // A stream leaves its paused mode in the tick after its last `readable` listener; only then is it as it was when accepted.
    process.nextTick(found, socket.destroyed ? null : protocol);
  };
  // `readable` and `unshift`, not `data`: what has come goes back whole, and nothing flows before the taker listens.
  const look = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    socket.unshift(chunk);
    done(protocolOf(chunk[0] as number));
  };
  const gone = (): void => done(null);
  const cancel = clock.after(ms, () => done('http'));
  socket.on('readable', look).on('end', gone).on('error', ignore).on('close', gone);
}

/** An error is followed by `close`, which says all there is to say. */
function ignore(): void {}

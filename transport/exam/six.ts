// SPDX-License-Identifier: Apache-2.0
// The exams of the other family of IP, and of IPv6: proves that it is the same end there, and finds out who may come in.

import { isIPv4 } from 'node:net';
import { type Clock, sleep } from '../clock.ts';
import type { TcpSockets } from '../sockets/sockets.ts';
import type { NatProfile, SocketAddress } from '../strategy.ts';
import { askStun } from '../stun-tcp.ts';
import type { Door, ExamDesk } from './desk.ts';
import { ANY } from './meeting.ts';
import { MOST_TRIES, Notes } from './notes.ts';

/** How long a connection over another family of IP may take, and after how long a second one is begun beside it, in milliseconds. */
const PROOF_MS = 1300;
const PROOF_AGAIN_MS = 400;
const ANY6 = '::';

export interface FamilyOptions {
  readonly desk: ExamDesk;
  readonly sockets: TcpSockets;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Connects to the suite over a family of IP, and proves that it is the same end.
 * @returns the outside address; null when the suite is not reached so; undefined when it has no such address
 */
export async function prove(family: 4 | 6, options: FamilyOptions): Promise<SocketAddress | null | undefined> {
  const { desk, clock, signal } = options;
  const door = desk.doors.find(({ ip }) => isIPv4(ip) === (family === 4));
  if (!door) return undefined;
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal, AbortSignal.timeout(PROOF_MS)]);
  // A lost SYN is sent again after 1 s only.
  const again = sleep(clock, PROOF_AGAIN_MS, until).then(() => proveAt(door, options, until));
  try {
    return await Promise.any([proveAt(door, options, until), again]);
  } catch {
    return null;
  } finally {
    stop.abort();
  }
}

async function proveAt(door: Door, { desk, sockets }: FamilyOptions, signal: AbortSignal): Promise<SocketAddress> {
  const socket = await sockets.bind({ ip: isIPv4(door.ip) ? ANY : ANY6, port: 0 }).connect(door, signal);
  try {
    return await askStun(socket, signal, desk.token);
  } finally {
    socket.resetAndDestroy();
  }
}

/**
 * What answers a SYN over IPv6 that nobody asked for, where something listens: there is no NAT, so a firewall does, or nobody.
 * To be asked once IPv6 is proved.
 * @returns undefined where the suite cannot tell
 */
export async function unsolicitedOverIpv6(
  { desk, sockets, signal }: FamilyOptions,
  waitMs: number,
): Promise<NatProfile['ipv6Unsolicited']> {
  const socket = sockets.bind({ ip: ANY6, port: 0 });
  const { port } = socket.local;
  const listener = await socket.listen((stranger) => stranger.resetAndDestroy());
  const notes = new Notes();
  try {
    for (let tries = 0; tries < MOST_TRIES && notes.answer === undefined; tries++) {
      for (const outcome of await desk.knock([{ port, ipv6: true }], waitMs)) notes.unasked(outcome);
      signal.throwIfAborted();
    }
    return notes.answer;
  } finally {
    listener.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
// The exams of the other family of IP, and of IPv6: proves that it is the same end there, and finds out who may come in.

import { isIPv4, type Server } from 'node:net';
import { KnockOutcome } from '../../../proto/rendezvous.ts';
import { type Clock, sleep } from '../../time/clock.ts';
import { ANY, probe } from '../probe/prober.ts';
import type { NatProfile, SocketAddress } from '../profile.ts';
import type { TcpSockets } from '../sockets/sockets.ts';
import type { Door, ExamDesk, Knock } from './desk.ts';
import { MOST_TRIES, Notes } from './notes.ts';
import { Guests } from './shots.ts';

/** How long a connection over another family of IP may take, and after how long a second one is begun beside it, in milliseconds. */
const PROOF_MS = 1300;
const PROOF_AGAIN_MS = 400;

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

async function proveAt(door: Door, { desk, sockets, clock }: FamilyOptions, signal: AbortSignal): Promise<SocketAddress> {
  const from = sockets.bind({ ip: isIPv4(door.ip) ? ANY[4] : ANY[6], port: 0 });
  const { socket, address } = await probe(from, door, clock, signal, desk.token);
  socket.resetAndDestroy();
  return address;
}

/**
 * What answers a SYN over IPv6 that nobody asked for, where something listens: there is no NAT, so a firewall does, or nobody.
 * Its knocks go with those of the rounds, since a suite does what an end asks one after the other.
 */
export class SixExam {
  readonly #listener: Server;
  readonly #port: number;
  readonly #guests: Guests;
  readonly #notes = new Notes();
  #unable = false;

  private constructor(listener: Server, port: number, guests: Guests) {
    this.#listener = listener;
    this.#port = port;
    this.#guests = guests;
  }

  /** To be opened once IPv6 is proved. */
  static async open({ sockets }: Pick<FamilyOptions, 'sockets'>): Promise<SixExam> {
    const socket = sockets.bind({ ip: ANY[6], port: 0 });
    const { port } = socket.local;
    const guests = new Guests();
    return new SixExam(await socket.listen(guests.add), port, guests);
  }

  /** Undefined while it is not known, and where the suite cannot tell. */
  get answer(): NatProfile['ipv6Unsolicited'] {
    return this.#notes.ownAnswer;
  }

  /** What to ask for next: one knock, then those that silence takes. */
  get knocks(): readonly Knock[] {
    if (this.#unable || this.answer) return [];
    const { silences } = this.#notes;
    return Array.from({ length: silences === 0 ? 1 : MOST_TRIES - silences }, () => ({ port: this.#port, ipv6: true }));
  }

  take(outcome: number): void {
    if (outcome === KnockOutcome.UNABLE) this.#unable = true;
    else this.#notes.unasked(outcome);
  }

  /** Asks what the rounds have left open. */
  async finish(desk: ExamDesk, waitMs: number): Promise<void> {
    for (let { knocks } = this; knocks.length > 0; knocks = this.knocks) {
      for (const outcome of await desk.knock(knocks, waitMs)) this.take(outcome);
    }
  }

  close(): void {
    this.#listener.close();
    this.#guests.drop();
  }
}

// SPDX-License-Identifier: Apache-2.0
// What a technique is: how its two parts make connections, from what both ends have told each other.

import type { Socket } from 'node:net';
import { asPortholeError, PortholeError } from '../../../proto/errors.ts';
import { type Clock, sleep } from '../../time/clock.ts';
import { portAfter } from '../probe/prediction.ts';
import { type BoundSocket, FULL_TTL, GUARD_TTL, type SocketAddress, type TcpSockets } from '../sockets/sockets.ts';
import type { Learned, LearnRequest } from './learn.ts';
import { GUARD_MS, UNKNOWN_GUARD_MS } from './limits.ts';
import type { Outside, Range, RoundFacts, Technique as TechniqueName } from './notes.ts';

/** The part of an end in a round. */
export type Part = 'opener' | 'connecter';

/** What a technique works with, once both ends know each other's outside ports. */
export interface Stage {
  readonly facts: RoundFacts;
  readonly sockets: TcpSockets;
  /** The local port that was learned with. */
  readonly local: SocketAddress;
  readonly own: Outside;
  /** The other end: the address that the suite sees it come from, and what it told of its port. */
  readonly peerIp: string;
  readonly theirs: Outside;
  readonly openingTtl: number;
  /** Round trips to the suite, in milliseconds: this end's and the other's; 0 where it was not measured. */
  readonly rttMs: number;
  readonly peerRttMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends the round: whatever was opened is closed then. */
  readonly signal: AbortSignal;
  readonly took: (socket: Socket, origin: 'dialled' | 'accepted') => void;
}

export interface TechniqueRequest extends LearnRequest {
  /** Where this end's low ports come out, if it has no pattern; null: anywhere. */
  readonly lowRange: () => Promise<Range | null>;
}

export interface Technique {
  /** How many of the suite's ports to ask, if this network was not examined. */
  readonly probes: number;
  /** Whether both ends need outside ports with a pattern: one without fails at once, and the caller plans anew. */
  readonly needsPattern?: boolean;
  /** For one that comes by its outside port in another way than by asking the suite; null where it does not. */
  learn?(request: TechniqueRequest, part: Part): Promise<Learned | null>;
  /** The opener: resolves when its NAT is open. */
  open(stage: Stage): Promise<void>;
  /** The connecter: resolves when it has connected. Either rejects when nothing can stand any more. */
  connect(stage: Stage): Promise<void>;
}

/** Techniques by name; one that is missing is not used, and a round of it is refused. */
export type Techniques = Readonly<Partial<Record<TechniqueName, Technique>>>;

/** The port of the mapping made `ahead` mappings from now, 0 the next. @throws PortholeError STRATEGY_UNFIT when there is no pattern */
export function portAhead({ port, step }: Outside, ahead = 0): number {
  if (step === null) throw new PortholeError('STRATEGY_UNFIT', 'the outside ports have no pattern');
  const next = portAfter(port, step, ahead + 1);
  if (next === undefined) throw new PortholeError('STRATEGY_UNFIT', 'the outside ports have come to their end');
  return next;
}

/** Milliseconds that a note takes from end to end. */
export const lineMs = ({ rttMs, peerRttMs }: Stage): number => ((rttMs || peerRttMs) + (peerRttMs || rttMs)) / 2;

/** One connection that an opener waits for: from where, and to which outside port of the other end. */
export interface Opening {
  readonly local: SocketAddress;
  readonly port: number;
}

/**
 * The guarded opening: a SYN for each, which opens this end's own NAT. Whatever it meets on its way, a Time Exceeded or a RST,
 * the guard keeps from the socket, which so waits for the other end's SYN, and answers it with the sequence number that the NAT
 * has seen. Resolves when the other end may connect; the guard is down when its SYN arrives.
 * @throws PortholeError SOCKETS_UNFIT where sockets have no TTL
 */
export async function guardedOpenings(stage: Stage, openings: readonly Opening[]): Promise<void> {
  const { sockets, signal, clock, facts, rttMs } = stage;
  if (!sockets.can.has('ttl')) throw new PortholeError('SOCKETS_UNFIT', `sockets have no TTL here (${sockets.why})`);
  const guard = sockets.can.has('minTtl') ? { minTtl: GUARD_TTL } : {};
  const open: BoundSocket[] = [];
  for (const [at, { local, port }] of openings.entries()) {
    let bound: BoundSocket;
    try {
      bound = sockets.bind(local, { ttl: stage.openingTtl, ...guard });
    } catch (error) {
      if (open.length === 0 && at === openings.length - 1) throw error;
      continue; // another program has that port
    }
    open.push(bound);
    bound.connect({ ip: stage.peerIp, port }, signal).then(
      (socket) => stage.took(socket, 'dialled'),
      () => {}, // another may stand; the round's time ends the rest
    );
  }
  // Node sends a SYN in its next tick; and what it meets is back sooner than from the suite, or within a round trip to the other end.
  await new Promise(setImmediate);
  const guardMs =
    facts.ttl === 'low' || facts.ttl === 'far'
      ? Math.min(GUARD_MS[1], (rttMs * 0.8 || UNKNOWN_GUARD_MS) + GUARD_MS[0])
      : 2 * lineMs(stage) + GUARD_MS[0];
  // The other end's SYN comes no sooner than our word that it may; where that is quick, measures of time are not to be trusted.
  const afterwardsMs = lineMs(stage) > GUARD_MS[0] * 2 ? lineMs(stage) * 0.9 : 0;
  await sleep(clock, Math.max(0, guardMs - afterwardsMs), signal);
  const down = (): void => {
    for (const bound of open) bound.set({ ttl: FULL_TTL, ...('minTtl' in guard ? { minTtl: 0 } : {}) });
  };
  if (afterwardsMs === 0) return down();
  const cancel = clock.after(Math.min(afterwardsMs, guardMs), down);
  signal.addEventListener('abort', cancel, { once: true });
}

/**
 * Does it when the other end hears the note "open", so that the SYNs of both cross: the note goes out now, and is under way for
 * as long as this waits.
 */
export function cross(stage: Stage, run: () => Promise<void>): void {
  sleep(stage.clock, lineMs(stage), stage.signal)
    .then(run)
    .catch(() => {}); // one of the other end's may stand; the round's time ends it
}

/** Ordinary connects to the other end. @throws PortholeError NO_PATH when none of them can stand */
export async function connectAll(stage: Stage, openings: readonly Opening[]): Promise<void> {
  const tries = openings.map(async ({ local, port }) => {
    stage.took(await stage.sockets.bind(local).connect({ ip: stage.peerIp, port }, stage.signal), 'dialled');
  });
  const ends = await Promise.allSettled(tries);
  stage.signal.throwIfAborted();
  if (ends.some(({ status }) => status === 'fulfilled')) return;
  const [first] = ends;
  throw asPortholeError(first?.status === 'rejected' ? first.reason : null, 'NO_PATH');
}

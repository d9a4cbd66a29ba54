// SPDX-License-Identifier: Apache-2.0
// Decides whose content is sent next: small before large, urgent before the rest, with a share for everyone (RFC 9218).

import { DEFAULT_URGENCY, type Priority, UNSAID } from './priority.ts';

/** Bytes with which a stream begins ahead of those that have had more: small answers, and the first that a large one shows. */
export const SMALL_BYTES = 16 * 1024;
/** How many times the share of the next urgency one has: nearly all, and nobody waits for ever. */
const STEP = 4;

/** A stream in line. */
export interface Flow {
  readonly id: number;
  priority: Priority;
  /** Bytes of content that it has sent. */
  sent: number;
  /** When its next turn is due, in the schedule's own time. */
  due: number;
  /** Whether it carries another protocol: see tunnel.ts. */
  readonly tunnel?: boolean;
}

/** @param id of the stream: lower ones were asked for first */
export function flowOf(id: number, priority: Priority = UNSAID): Flow {
  return { id, priority, sent: 0, due: 0 };
}

interface Turn {
  readonly flow: Flow;
  readonly start: number;
  /** Sends a piece; returns its bytes. */
  readonly take: () => number;
}

/**
 * Start-time fair queueing (Goyal, Vin, Cheng 1996): each stream's time goes on with the bytes it sends, slower the more urgent it
 * is, and whose time is the least has its turn. The first SMALL_BYTES cost nothing. Streams that are of use only when they are
 * whole (not incremental) share one time for each urgency, and come one after the other.
 */
export class Schedule {
  /** Bytes of content sent that was not small, and no tunnel's. */
  bulk = 0;
  readonly #roomy: (urgent: boolean) => boolean;
  readonly #turns = new Map<Flow, Turn>();
  readonly #whole = new Map<number, number>(); // by urgency: when the next turn is due of those that are not incremental
  #time = 0;
  #busy = false;

  /** @param roomy whether what is sent now goes out now; `urgent`: it is small */
  constructor(roomy: (urgent: boolean) => boolean) {
    this.#roomy = roomy;
  }

  /** Streams that wait for their turn. */
  get waiting(): number {
    return this.#turns.size;
  }

  /**
   * Asks for a turn: `take` is called once, at once if there is room and nobody else's turn.
   * @param take sends one piece, and returns its bytes; 0 when there is nothing to send any more
   */
  ask(flow: Flow, take: () => number): void {
    this.#turns.set(flow, { flow, start: isSmall(flow) ? this.#time : Math.max(this.#time, flow.due), take });
    this.go();
  }

  /** The stream wants no turn any more; what waited for it is called, to find out why. */
  leave(flow: Flow): void {
    const turn = this.#turns.get(flow);
    if (!turn) return;
    this.#turns.delete(flow);
    turn.take();
  }

  /** There may be room. */
  go(): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#turns.size > 0 && this.#roomy(true)) {
        const next = this.#next();
        if (!isSmall(next.flow) && !this.#roomy(false)) break;
        this.#give(next);
      }
    } finally {
      this.#busy = false;
    }
  }

  #next(): Turn {
    let best: Turn | null = null;
    for (const turn of this.#turns.values()) if (!best || this.#isBefore(turn, best)) best = turn;
    return best as Turn;
  }

  /** Small ones first, by urgency; then by time; then those that were asked for first. */
  #isBefore(x: Turn, y: Turn): boolean {
    const [small, large] = [isSmall(x.flow), isSmall(y.flow)];
    if (small !== large) return small;
    if (small && x.flow.priority.urgency !== y.flow.priority.urgency) return x.flow.priority.urgency < y.flow.priority.urgency;
    const [sooner, later] = [this.#dueOf(x), this.#dueOf(y)];
    return sooner < later || (sooner === later && x.flow.id < y.flow.id);
  }

  /** Those that come one after the other have one time, whichever of them has its turn. */
  #dueOf({ flow, start }: Turn): number {
    const { urgency, incremental } = flow.priority;
    return incremental || isSmall(flow) ? start : Math.max(this.#time, this.#whole.get(urgency) ?? 0);
  }

  #give(turn: Turn): void {
    const { flow, take } = turn;
    this.#turns.delete(flow);
    const small = isSmall(flow);
    const start = this.#dueOf(turn);
    const bytes = take();
    flow.sent += bytes;
    if (bytes === 0 || small) return;
    if (!flow.tunnel) this.bulk += bytes;
    const { urgency, incremental } = flow.priority;
    this.#time = Math.max(this.#time, start);
    const due = start + bytes * STEP ** (urgency - DEFAULT_URGENCY);
    if (incremental) flow.due = due;
    else this.#whole.set(urgency, due);
  }
}

const isSmall = ({ sent }: Flow): boolean => sent < SMALL_BYTES;

// SPDX-License-Identifier: Apache-2.0
// A flow: two joined legs, the bytes of each going to the other, with half-close, breaks passed on, and a quota.

import { Direction } from './direction.ts';
import type { Leg, LegHolder } from './leg.ts';
import { QUOTA_STEP_BYTES } from './limits.ts';
import type { Turns } from './turns.ts';

/** What a flow has carried, in bytes. */
export interface FlowUsage {
  readonly call: string;
  readonly fromCaller: number;
  readonly fromCallee: number;
}

export interface FlowEvents {
  /** Asked at each QUOTA_STEP_BYTES: whether the flow may go on. */
  mayGoOn(usage: FlowUsage): boolean;
  /** Bytes have passed. */
  passed(bytes: number): void;
  /** Both legs have gone. `broken`: not by both ends closing. */
  over(broken: boolean): void;
}

/** An end as it is when the other comes: what it has sent behind its join, and whether it has closed its direction since. */
export interface Joined {
  readonly leg: Leg;
  readonly held: readonly Uint8Array[];
  readonly hasEnded: boolean;
}

interface Side {
  readonly leg: Leg;
  /** What this side's end sends. */
  readonly out: Direction;
  ended: boolean;
  closed: boolean;
}

/** Two legs that have found each other. */
export class Flow {
  readonly #call: string;
  readonly #events: FlowEvents;
  readonly #caller: Side;
  readonly #callee: Side;
  #untilQuota = QUOTA_STEP_BYTES;
  #broken = false;

  constructor(call: string, caller: Joined, callee: Joined, turns: Turns, events: FlowEvents) {
    this.#call = call;
    this.#events = events;
    const side = (from: Leg, to: Leg): Side => ({ leg: from, out: new Direction(from, to, turns), ended: false, closed: false });
    this.#caller = side(caller.leg, callee.leg);
    this.#callee = side(callee.leg, caller.leg);
    caller.leg.holder = this.#hold(this.#caller, this.#callee);
    callee.leg.holder = this.#hold(this.#callee, this.#caller);
    for (const { leg, held, hasEnded } of [caller, callee]) {
      leg.resume();
      for (const chunk of held) leg.holder.chunk(chunk);
      if (hasEnded) leg.holder.ended();
    }
  }

  get usage(): FlowUsage {
    return { call: this.#call, fromCaller: this.#caller.out.bytes, fromCallee: this.#callee.out.bytes };
  }

  /** Breaks both legs now. */
  abort(): void {
    this.#broken = true;
    this.#caller.leg.abort();
    this.#callee.leg.abort();
  }

  /** Sees whether both ends are still there. */
  beat(): void {
    this.#caller.leg.beat();
    this.#callee.leg.beat();
  }

  #hold(here: Side, there: Side): LegHolder {
    return {
      chunk: (bytes) => {
        if (this.#broken) return;
        if (!there.closed) {
          here.out.pass(bytes);
          this.#events.passed(bytes.length);
          this.#spend(bytes.length);
        } else if (here.leg.flushed) {
          // The other end had said all it had to say, and left. As in TCP, who goes on talking to it learns so by a break.
          this.abort();
        }
      },
      ended: () => {
        here.ended = true;
        there.leg.end();
      },
      drained: () => there.out.drained(),
      closed: () => {
        here.closed = true;
        if (here.ended) there.out.release();
        else this.abort();
        if (there.closed) this.#events.over(this.#broken);
      },
    };
  }

  #spend(bytes: number): void {
    this.#untilQuota -= bytes;
    if (this.#untilQuota > 0) return;
    this.#untilQuota = QUOTA_STEP_BYTES;
    if (!this.#events.mayGoOn(this.usage)) this.abort();
  }
}

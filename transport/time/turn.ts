// SPDX-License-Identifier: Apache-2.0
// Turns of the event loop: runs things at the end of a turn, when small messages go out together, and measures how long turns take.

import type { Clock } from './clock.ts';

/** Calls back when all that is under way in this turn of the event loop, promises included, has run. */
export const endOfTurn: (run: () => void) => void =
  typeof setImmediate === 'function' ? (run) => void setImmediate(run) : turnsOf(() => new MessageChannel());

/** The same where there is no setImmediate: a message to oneself, the one task that a page gets without a wait. */
export function turnsOf(open: () => MessageChannel): (run: () => void) => void {
  const due: (() => void)[] = [];
  let channel: MessageChannel | null = null;
  return (run) => {
    if (!channel) {
      channel = open();
      channel.port1.onmessage = () => due.shift()?.();
    }
    due.push(run);
    channel.port2.postMessage(null);
  };
}

/** What the last turn counts. */
const SHARE = 0.2;
const meters = new WeakMap<Clock, TurnMeter>();

export class TurnMeter {
  readonly #clock: Clock;
  #ms = 0;
  #measures = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The one of all who go by this clock. */
  static of(clock: Clock): TurnMeter {
    let meter = meters.get(clock);
    if (!meter) {
      meter = new TurnMeter(clock);
      meters.set(clock, meter);
    }
    return meter;
  }

  /** Milliseconds. */
  get ms(): number {
    return this.#ms;
  }

  /** Something came: this turn is measured, from here to its end. */
  came(): void {
    if (this.#measures) return;
    this.#measures = true;
    const beganAt = this.#clock.now();
    endOfTurn(() => {
      this.#measures = false;
      this.#ms += SHARE * (this.#clock.now() - beganAt - this.#ms);
    });
  }
}

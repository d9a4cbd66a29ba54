// SPDX-License-Identifier: Apache-2.0
// How long a turn of the event loop takes of late: on a busy machine an acknowledgement waits that long, and that is no line's queue.

import type { Clock } from './clock.ts';
import { endOfTurn } from './turn.ts';

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

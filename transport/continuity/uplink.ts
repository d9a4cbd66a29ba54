// SPDX-License-Identifier: Apache-2.0
// The uplink that all sessions of one host share: which sessions take turns on it (turns.ts), and how much it was seen to deliver.
//
// Those take turns whose line is slow and whose window is only a few messages, and, apart from them, those that know nothing of their
// line yet: many may begin at once, and must not wait for visitors whose own lines are slow.

import type { Clock } from '../time/clock.ts';
import { CARRIED_MS, CARRIES_MS, OWN_MS } from './limits.ts';
import { OfLate } from './of-late.ts';
import { Turns } from './turns.ts';

/** What all sessions of a host send through. */
export class Uplink {
  /** Those that know nothing of their line yet: many may begin at once. */
  readonly starting: Turns;
  /** Those whose line is slow, be it this one or their own. */
  readonly slow: Turns;
  /** The most that was delivered, in two stretches of time, in bytes a millisecond. */
  readonly #best = new OfLate(Math.max);
  #bestAt = 0;
  #delivered = 0; // since #deliveredAt
  #deliveredAt = 0;

  constructor(clock: Clock) {
    const carries = (): number => Math.max(0, this.#best.value);
    this.starting = new Turns(clock, carries, 0);
    this.slow = new Turns(clock, carries, OWN_MS);
  }

  /** Whether several lost something of late: then it may be this line that is slow, and who knows nothing of its own is among the slow ones. */
  get lossy(): boolean {
    return this.slow.lossy || this.starting.lossy;
  }

  /** Something came through, in a turn or not. */
  delivered(bytes: number, now: number): void {
    this.#delivered += bytes;
    const took = now - this.#deliveredAt;
    if (took < CARRIES_MS) return;
    if (now - this.#bestAt > CARRIED_MS) {
      this.#best.next();
      this.#bestAt = now;
    }
    // After a pause it says nothing.
    if (took < 2 * CARRIES_MS) this.#best.note(this.#delivered / took);
    this.#delivered = 0;
    this.#deliveredAt = now;
  }
}

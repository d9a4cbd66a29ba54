// SPDX-License-Identifier: Apache-2.0
// Whether the disk answers at once: then waiting for it costs less than a thread of its own, which takes longer than the answer.

import { type Clock, systemClock } from '../../transport/time/clock.ts';

/** A call that took longer, in milliseconds, has waited for something: a disk that turns, a network, a file system in a program. */
export const QUICK_MS = 2;
/** How long threads do the waiting after such a call, in milliseconds; doubled each time that the disk is slow again at once. */
export const FIRST_PAUSE_MS = 100;
export const MAX_PAUSE_MS = 60_000;
/** How long a disk has to be quick after a pause, in milliseconds, for the next pause to be a short one: read-ahead has it stall now and then. */
export const TRUSTED_MS = 5_000;
/** How long calls may hold up one turn of the event loop together, in milliseconds: what else is to be done waits for them. */
export const TURN_MS = 4;

/** Watches how long calls hold the event loop up, and says when they are better left to threads. */
export class Pace {
  readonly #clock: Clock;
  #pauseMs = FIRST_PAUSE_MS;
  #quickFrom = Number.NEGATIVE_INFINITY;
  #heldMs = 0; // in this turn
  #inTurn = false;
  #far = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Whether the next call may be waited for. */
  get quick(): boolean {
    return !this.#far && this.#heldMs < TURN_MS && this.#clock.now() >= this.#quickFrom;
  }

  /** From now on threads do all the waiting: the disk is another machine's, or a program's, and a call may never come back. */
  leave(): void {
    this.#far = true;
  }

  /** Makes a call that waits, and takes note of how long it did. Throws what the call throws. */
  wait<T>(call: () => T): T {
    if (!this.#inTurn) {
      this.#inTurn = true;
      setImmediate(() => {
        this.#inTurn = false;
        this.#heldMs = 0;
      });
    }
    const from = this.#clock.now();
    try {
      return call();
    } finally {
      const now = this.#clock.now();
      this.#heldMs += now - from;
      if (now - from > QUICK_MS) this.#slow(now);
    }
  }

  #slow(now: number): void {
    const again = now - this.#quickFrom < Math.max(this.#pauseMs, TRUSTED_MS);
    this.#pauseMs = again ? Math.min(2 * this.#pauseMs, MAX_PAUSE_MS) : FIRST_PAUSE_MS;
    this.#quickFrom = now + this.#pauseMs;
  }
}

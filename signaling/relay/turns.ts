// SPDX-License-Identifier: Apache-2.0
// Shares the turns of the event loop out between the flows, so that large ones do not make small ones wait.

import { MIN_SHARE_BYTES, TURN_BYTES } from './limits.ts';

/** One that passes bytes on, and rests after each share. */
export interface Taker {
  nextTurn(): void;
}

/**
 * The turns of a relay. libuv reads one socket up to 32 times, 4 MiB in all, before it looks at the next, and that may be as
 * large a flow. So each rests when it has had its share, until the others have been looked at; and the more rest in one turn,
 * the smaller is the share of each in the next. One that is alone rests seldom: each rest costs some twenty microseconds.
 */
export class Turns {
  #share = TURN_BYTES;
  #resting: Taker[] = [];

  /** Bytes between two rests. */
  get share(): number {
    return this.#share;
  }

  /** Wakes one at the next turn. */
  rest(taker: Taker): void {
    if (this.#resting.push(taker) === 1) setImmediate(() => this.#next());
  }

  #next(): void {
    const takers = this.#resting;
    this.#resting = [];
    // Shrinks at once and grows by steps: flows that have just been given little rest at different turns.
    this.#share = Math.max(MIN_SHARE_BYTES, Math.min(TURN_BYTES / takers.length, this.#share * 2));
    for (const taker of takers) taker.nextTurn();
  }
}

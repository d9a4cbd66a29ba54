// SPDX-License-Identifier: Apache-2.0
// Shares the turns of the event loop out between the flows, so that a large one does not make the small ones wait.

import { MIN_SHARE_BYTES, TURN_BYTES } from './limits.ts';

/** One that passes bytes on, and may rest until the next turn. */
export interface Taker {
  nextTurn(): void;
}

/**
 * The turns of a relay. libuv reads one socket up to 32 times before it looks at the next, 2 MiB in all, and the next may be
 * as large a flow: so each stops at its share, which is smaller the more there were in the turn before.
 */
export class Turns {
  #share = TURN_BYTES;
  #takers: Taker[] = [];

  /** Bytes for each in this turn. */
  get share(): number {
    return this.#share;
  }

  /** Counts one in for this turn, and wakes it at the next. Once a turn. */
  enter(taker: Taker): void {
    if (this.#takers.push(taker) === 1) setImmediate(() => this.#next());
  }

  #next(): void {
    const takers = this.#takers;
    this.#takers = [];
    this.#share = Math.max(MIN_SHARE_BYTES, Math.floor(TURN_BYTES / takers.length));
    for (const taker of takers) taker.nextTurn();
  }
}

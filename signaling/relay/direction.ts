// SPDX-License-Identifier: Apache-2.0
// One direction of a flow: bytes from one leg to the other, as fast as that takes them, and never more than its share of a turn.

import type { Leg } from './leg.ts';
import type { Taker, Turns } from './turns.ts';

/** Bytes from a leg to another. */
export class Direction implements Taker {
  readonly #from: Leg;
  readonly #to: Leg;
  readonly #turns: Turns;
  #bytes = 0;
  #inTurn = 0;
  #full = false;
  #paused = false;

  constructor(from: Leg, to: Leg, turns: Turns) {
    this.#from = from;
    this.#to = to;
    this.#turns = turns;
  }

  /** Bytes passed on since the start. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Passes a chunk on, and stops reading when the other leg is full or this turn's share is spent. */
  pass(chunk: Uint8Array): void {
    if (this.#inTurn === 0) this.#turns.enter(this);
    this.#bytes += chunk.length;
    this.#inTurn += chunk.length;
    this.#full = !this.#to.write(chunk);
    if (this.#paused || (!this.#full && this.#inTurn < this.#turns.share)) return;
    this.#paused = true;
    this.#from.pause();
  }

  /** The other leg has room again. */
  drained(): void {
    this.#full = false;
    if (this.#inTurn < this.#turns.share) this.#goOn();
  }

  nextTurn(): void {
    this.#inTurn = 0;
    if (!this.#full) this.#goOn();
  }

  /** The other leg has gone, nothing is passed on any more: reads, so that what `from` does is noticed. */
  release(): void {
    this.#full = false;
    this.#goOn();
  }

  #goOn(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#from.resume();
  }
}

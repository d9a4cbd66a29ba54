// SPDX-License-Identifier: Apache-2.0
// One direction of a flow: bytes from one leg to the other, as fast as that takes them, with a rest after each share.

import type { Leg } from './leg.ts';
import type { Taker, Turns } from './turns.ts';

/** Bytes from a leg to another. */
export class Direction implements Taker {
  readonly #from: Leg;
  readonly #to: Leg;
  readonly #turns: Turns;
  #bytes = 0;
  #sinceRest = 0;
  #resting = false;
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

  /** Passes a chunk on, and stops reading when the other leg is full or the share is spent. */
  pass(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#sinceRest += chunk.length;
    const room = this.#to.write(chunk);
    // Lent memory is read into again: not before it is written.
    this.#full = this.#from.lends ? !this.#to.flushed : !room;
    if (!this.#resting && this.#sinceRest >= this.#turns.share) {
      this.#resting = true;
      this.#turns.rest(this);
    }
    if (this.#paused || !(this.#full || this.#resting)) return;
    this.#paused = true;
    this.#from.pause();
  }

  /** The other leg has room again. */
  drained(): void {
    this.#full = false;
    if (!this.#resting) this.#goOn();
  }

  nextTurn(): void {
    this.#resting = false;
    this.#sinceRest = 0;
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

// SPDX-License-Identifier: Apache-2.0
// One direction of a flow: bytes from one leg to the other, as fast as that takes them, and never more than its share of a turn.

import type { Leg } from './leg.ts';
import { TURN_BYTES } from './limits.ts';

/** Bytes from a leg to another. */
export class Direction {
  readonly #from: Leg;
  readonly #to: Leg;
  #bytes = 0;
  #inTurn = 0;
  #turn: NodeJS.Immediate | undefined;
  #full = false;
  #paused = false;

  constructor(from: Leg, to: Leg) {
    this.#from = from;
    this.#to = to;
  }

  /** Bytes passed on since the start. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Passes a chunk on, and stops reading when the other leg is full or this turn's share is spent. */
  pass(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#inTurn += chunk.length;
    this.#full = !this.#to.write(chunk);
    // A socket that is never empty would be read for as long as it is not: libuv takes 32 chunks before it looks at the next.
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#inTurn = 0;
      this.#goOn();
    });
    if (this.#paused || (!this.#full && this.#inTurn < TURN_BYTES)) return;
    this.#paused = true;
    this.#from.pause();
  }

  /** The other leg has room again. */
  drained(): void {
    this.#full = false;
    this.#goOn();
  }

  /** The other leg has gone: reads on, so that what `from` does is noticed. */
  release(): void {
    this.stop();
    this.#from.resume();
  }

  /** Leaves nothing waiting. */
  stop(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
  }

  #goOn(): void {
    if (!this.#paused || this.#full || this.#inTurn >= TURN_BYTES) return;
    this.#paused = false;
    this.#from.resume();
  }
}

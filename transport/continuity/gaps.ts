// SPDX-License-Identifier: Apache-2.0
// Averages the recent intervals between arrivals on a path: on a line that many share, intervals of seconds are normal.

import { LULL_HALF_MS, MAX_GAP_MS } from './limits.ts';

/** After so many times what passes usually, nothing is usual any more. */
const FORGET_TIMES = 4;

export class Gaps {
  /** Of the times between arrivals, which count half after LULL_HALF_MS: their sum, and that of their squares. */
  #sum = 0;
  #squares = 0;
  #lastAt: number | null = null;

  /** Something came. @param counts whether it says something that so much time has passed */
  came(now: number, counts = true): void {
    const gap = this.#lastAt === null ? 0 : now - this.#lastAt;
    const fades = 0.5 ** (gap / LULL_HALF_MS);
    this.#sum = this.#sum * fades + (counts ? gap : 0);
    this.#squares = this.#squares * fades + (counts ? gap * gap : 0);
    this.#lastAt = now;
  }

  /** The length in milliseconds of the one in which a moment falls that is picked at random, MAX_GAP_MS at most. */
  get ms(): number {
    return this.#sum === 0 ? 0 : Math.min(MAX_GAP_MS, this.#squares / this.#sum);
  }

  /** The same, 0 when nothing has come for several times as long. */
  at(now: number): number {
    return now - (this.#lastAt ?? 0) > FORGET_TIMES * this.ms ? 0 : this.ms;
  }
}

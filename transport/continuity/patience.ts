// SPDX-License-Identifier: Apache-2.0
// How long a session waits before it suspects a path: longer if it did so recently, because the path that it moved to was no better.

import { DOUBTS_MS, MAX_PATIENCE } from './limits.ts';

export class Patience {
  #times = 1;
  #doubtedAt = Number.NEGATIVE_INFINITY;

  /** The path in use fell silent. */
  doubted(now: number): void {
    this.#times = Math.min(MAX_PATIENCE, 2 * this.at(now));
    this.#doubtedAt = now;
  }

  /** How many times as long as usual to wait. */
  at(now: number): number {
    return now - this.#doubtedAt < DOUBTS_MS ? this.#times : 1;
  }
}

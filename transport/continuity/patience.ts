// SPDX-License-Identifier: Apache-2.0
// How long a session waits before it doubts a path: the longer, the more often it doubted of late, as what it moves to is no better.

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

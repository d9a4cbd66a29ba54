// SPDX-License-Identifier: Apache-2.0
// How many frames of one session a host takes at a time: who says a thousand things in one record does not hold up the others.

import type { Clock } from '../clock.ts';
import { endOfTurn } from '../turn.ts';

/** Frames without content that a host takes from one session at a time: when they came at once, others are served before the next. */
export const MAX_FRAMES_A_TURN = 128;
/** What comes in so many milliseconds came at once. */
const AT_ONCE_MS = 10;

export class FrameTurns {
  readonly #clock: Clock;
  #taken = 0; // since the last pause
  #pausedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  took(): void {
    this.#taken++;
  }

  /** Whether to pause before the next one. */
  get due(): boolean {
    return this.#taken >= MAX_FRAMES_A_TURN;
  }

  async pause(): Promise<void> {
    this.#taken = 0;
    if (this.#clock.now() - this.#pausedAt < AT_ONCE_MS) await new Promise<void>((resolve) => endOfTurn(resolve));
    this.#pausedAt = this.#clock.now();
  }
}

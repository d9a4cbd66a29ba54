// SPDX-License-Identifier: Apache-2.0
// How much a host does for one session in one turn of the event loop, so that a thousand requests at once do not delay others.

import type { Clock } from '../time/clock.ts';
import { endOfTurn } from '../time/turn.ts';

/** Milliseconds of a turn in which one session's frames are taken. */
export const TAKE_MS = 2;
/** Milliseconds of a turn in which its requests are begun: fewer, as those that are given up right behind cost nothing then. */
export const BEGIN_MS = 0.5;

export class TurnBudget {
  readonly #clock: Clock;
  readonly #ms: number;
  #beganAt: number | null = null; // when the first was done in this turn
  #next: (() => void)[] = [];

  /** @param ms of each turn */
  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
  }

  /** Something is about to be done. */
  use(): void {
    if (this.#beganAt !== null) return;
    this.#beganAt = this.#clock.now();
    endOfTurn(() => {
      this.#beganAt = null;
      for (const run of this.#next.splice(0)) run();
    });
  }

  /** Whether what is left to do waits for the next turn. */
  get spent(): boolean {
    return this.#beganAt !== null && this.#clock.now() - this.#beganAt >= this.#ms;
  }

  /** Runs it in the next turn. Only when it is spent. */
  onceRenewed(run: () => void): void {
    this.#next.push(run);
  }
}

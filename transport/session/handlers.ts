// SPDX-License-Identifier: Apache-2.0
// Counts the requests that run at the site for one session: the work, not the streams, because a visitor can reset those at no cost.

import type { TurnBudget } from './turn-budget.ts';

/** How many may run at once. */
export interface HandlerBounds {
  /** Altogether. */
  readonly most: number;
  /** Of those whose stream is over: nobody waits for them, and whoever waits for a place waits for these. */
  readonly abandoned: number;
}

/** Runs what streams ask for, a bounded number at once; the others wait, in their order. */
export class Handlers<S> {
  readonly #bounds: HandlerBounds;
  readonly #run: (stream: S) => Promise<void>;
  readonly #turn: TurnBudget;
  readonly #waiting = new Set<S>();
  /** Those that run, but for the abandoned. */
  readonly #attended = new Set<S>();
  #running = 0;
  #comes = false; // back in the next turn

  /**
   * @param run does the work of a stream, and resolves when there is no more of it
   * @param turn what is begun in a turn of the event loop
   */
  constructor(bounds: HandlerBounds, run: (stream: S) => Promise<void>, turn: TurnBudget) {
    this.#bounds = bounds;
    this.#run = run;
    this.#turn = turn;
  }

  /** Those that run, also for streams that are over. */
  get running(): number {
    return this.#running;
  }

  /** Begins the work of a stream, now or when there is room. */
  begin(stream: S): void {
    this.#waiting.add(stream);
    this.#next();
  }

  /**
   * A stream is over: what waits for it is not begun any more, and what runs for it is abandoned.
   * @returns whether it was not begun
   */
  over(stream: S): boolean {
    this.#attended.delete(stream);
    return this.#waiting.delete(stream);
  }

  get #full(): boolean {
    const { most, abandoned } = this.#bounds;
    return this.#running >= most || this.#running - this.#attended.size >= abandoned;
  }

  #next(): void {
    for (const stream of this.#waiting) {
      if (this.#full) return;
      if (this.#turn.spent) return this.#comeBack();
      this.#waiting.delete(stream);
      this.#start(stream);
    }
  }

  #comeBack(): void {
    if (this.#comes) return;
    this.#comes = true;
    this.#turn.onceRenewed(() => {
      this.#comes = false;
      this.#next();
    });
  }

  #start(stream: S): void {
    this.#turn.use();
    this.#attended.add(stream);
    this.#running++;
    const done = (): void => {
      this.#running--;
      this.#attended.delete(stream);
      if (this.#waiting.size > 0) this.#next();
    };
    this.#run(stream).then(done, done);
  }
}

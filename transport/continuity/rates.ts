// SPDX-License-Identifier: Apache-2.0
// The rate at which a path delivers: the best of its last rounds, in bytes a millisecond.

/** Rounds of which the best rate counts. */
const RATE_ROUNDS = 8;

export class Rates {
  /** 0 while nothing is known. */
  best = 0;
  #rounds: number[] = [];

  /** Whether there were rounds enough to know it. */
  get known(): boolean {
    return this.#rounds.length >= RATE_ROUNDS;
  }

  /** A round delivered so much. One that was not held back by the window says only that there is as much. */
  note(rate: number, limited: boolean): void {
    if (!limited && rate <= this.best) return;
    this.#keep([...this.#rounds, rate].slice(-RATE_ROUNDS));
  }

  /** What was before is of other times. */
  only(rate: number): void {
    this.#keep([rate]);
  }

  /** Only so many of the last rounds count any more. */
  last(count: number): void {
    this.#keep(this.#rounds.slice(-count));
  }

  #keep(rounds: number[]): void {
    this.#rounds = rounds;
    this.best = Math.max(...rounds);
  }
}

// SPDX-License-Identifier: Apache-2.0
// The minimum or maximum of recent measurements: of this stretch of time and the one before it.

export class OfLate {
  readonly #pick: (...values: number[]) => number;
  readonly #none: number;
  #last: number;
  #this: number;

  /** @param pick Math.min or Math.max */
  constructor(pick: typeof Math.min) {
    this.#pick = pick;
    this.#none = pick();
    this.#last = this.#none;
    this.#this = this.#none;
  }

  /** What `pick` gives of nothing, while nothing was measured. */
  get value(): number {
    return this.#pick(this.#last, this.#this);
  }

  note(value: number): void {
    this.#this = this.#pick(this.#this, value);
  }

  /** The next stretch of time begins. */
  next(): void {
    this.#last = this.#this;
    this.#this = this.#none;
  }

  /** It is this, whatever was measured. */
  is(value: number): void {
    this.#last = value;
    this.#this = value;
  }
}

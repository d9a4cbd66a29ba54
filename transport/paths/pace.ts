// SPDX-License-Identifier: Apache-2.0
// How often something is tried: at once, then ever more slowly; and how often at the most.

/** Tries spread by so much, up and down, so that many who lost the same relay do not come back in step. */
const JITTER = 0.2;

/** When the next try of one kind is due. */
export class Pace {
  /** Due from here on. */
  at = 0;
  readonly #first: number;
  readonly #most: number;
  readonly #random: () => number;
  #wait: number;

  /** @param first the wait from the first try to the next, doubled after each further one up to `most`; milliseconds */
  constructor(first: number, most: number, random: () => number) {
    this.#first = first;
    this.#most = most;
    this.#random = random;
    this.#wait = first;
  }

  /**
   * Begins anew: due at that time.
   * @param first the wait after that try, in milliseconds; the pace's own first when left out
   */
  hurry(at: number, first = this.#first): void {
    this.at = at;
    this.#wait = first;
  }

  /** A try begins. */
  tried(now: number): void {
    this.at = now + this.#wait * (1 - JITTER + 2 * JITTER * this.#random());
    this.#wait = Math.min(this.#wait * 2, this.#most);
  }
}

/** At most so many in any stretch of time. */
export class Budget {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #spent: number[] = [];

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** When the next one may be: now or later. */
  freeAt(now: number): number {
    while (this.#spent.length > 0 && (this.#spent[0] as number) <= now - this.#windowMs) this.#spent.shift();
    return this.#spent.length < this.#most ? now : (this.#spent[0] as number) + this.#windowMs;
  }

  spend(now: number): void {
    this.#spent.push(now);
  }
}

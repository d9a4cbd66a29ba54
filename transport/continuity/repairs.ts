// SPDX-License-Identifier: Apache-2.0
// Whether the carrier repairs losses: for a while nothing comes then, and after that much at once, which tells neither of a queue nor of a rate.

export class Repairs {
  readonly #resent: () => number;
  #before: number;
  #last = false;

  /** @param resent packets that the carrier has sent again so far */
  constructor(resent: () => number) {
    this.#resent = resent;
    this.#before = resent();
  }

  /** A round is over. Returns whether something was sent again in it, or in the one before; null: in neither. */
  next(): 'now' | 'before' | null {
    const resent = this.#resent();
    const [now, before] = [resent > this.#before, this.#last];
    this.#before = resent;
    this.#last = now;
    if (now) return 'now';
    return before ? 'before' : null;
  }
}

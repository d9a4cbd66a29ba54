// SPDX-License-Identifier: Apache-2.0
// How long an app may keep others waiting without a sign: counted only while it is the app that is waited for.

import type { Clock } from '../../transport/time/clock.ts';

/** A watch on one exchange. It runs from `wait` to `rest`; each sign of the app begins it anew. */
export class Idle {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #late: () => void;
  #since: number | null = null;
  #cancel: (() => void) | null = null;

  /** @param ms how long without a sign; 0 for ever. @param late called once, when that has passed */
  constructor(clock: Clock, ms: number, late: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#late = late;
  }

  /** From now on the app is waited for. */
  wait(): void {
    if (this.#ms === 0) return;
    this.#since = this.#clock.now();
    // One timer for many signs: it looks how long ago the last one is.
    this.#cancel ??= this.#clock.after(this.#ms, () => this.#look());
  }

  /** It is not the app that is waited for now. */
  rest(): void {
    this.#since = null;
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.rest();
    this.#cancel?.();
    this.#cancel = null;
  }

  #look(): void {
    this.#cancel = null;
    if (this.#since === null) return;
    const left = this.#since + this.#ms - this.#clock.now();
    if (left <= 0) this.#late();
    else this.#cancel = this.#clock.after(left, () => this.#look());
  }
}

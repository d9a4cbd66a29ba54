// SPDX-License-Identifier: Apache-2.0
// One of the sessions that take turns on a line (turns.ts): what it has under way, and how long its messages take.

import { LEAST_MESSAGE_BYTES } from './limits.ts';

/** Messages of a session of which the one that took least shows what they take it at least. */
const LEAST_OF = 8;

/** One session's part. */
export class Member {
  /** Called when it may be its turn. */
  readonly wake: () => void;
  /** Messages of its own that count. */
  underWay = 0;
  /**
   * One of them was late: it takes no part until one comes through in time. So who acknowledges nothing, or late, holds up the
   * others once.
   */
  late = false;
  /** Bytes of all its own that are under way. */
  bytes = 0;
  /** What its last messages took beyond the least round trip, in milliseconds a byte, and the least of that. */
  readonly #took: number[] = [];
  #least: number | null = null;

  constructor(wake: () => void) {
    this.wake = wake;
  }

  /** Whether it is known what its messages take. */
  get isKnown(): boolean {
    return this.#least !== null;
  }

  /** What so many bytes of its own take at least beyond the least round trip, in milliseconds; null while that is not known. */
  takes(bytes: number): number | null {
    return this.#least === null ? null : bytes * this.#least;
  }

  /** The same in half of its last messages: one that took little may only seem so, where the least round trip was never seen. */
  mostlyTakes(bytes: number): number | null {
    const took = this.#took.toSorted((x, y) => x - y)[this.#took.length >> 1];
    return took === undefined ? null : bytes * took;
  }

  /** What its messages took was elsewhere. */
  forget(): void {
    this.#took.length = 0;
    this.#least = null;
  }

  /** A message took so long beyond the least round trip. */
  took(ms: number, bytes: number): void {
    // What is small takes hardly more than the least round trip on any line.
    if (bytes < LEAST_MESSAGE_BYTES && this.#least !== null) return;
    this.#took.push(Math.max(0, ms) / Math.max(LEAST_MESSAGE_BYTES, bytes));
    if (this.#took.length > LEAST_OF) this.#took.shift();
    this.#least = Math.min(...this.#took);
  }
}

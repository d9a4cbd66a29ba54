// SPDX-License-Identifier: Apache-2.0
// How large a window a flow needs: bandwidth by delay, measured as it goes.

/** Milliseconds that a measurement takes at least: in less, what one turn of the event loop brings at once looks like bandwidth. */
export const LEAST_PERIOD_MS = 10;

export class Demand {
  #bytes = 0;
  #since: number;

  /** @param now milliseconds */
  constructor(now: number) {
    this.#since = now;
  }

  /**
   * Bytes got through.
   * @returns at the end of each round trip (or LEAST_PERIOD_MS, if that is longer) the bytes that go through in two round trips,
   *   which is what a window needs so that it does not hold the flow back; null in between
   */
  moved(bytes: number, now: number, rttMs: number): number | null {
    this.#bytes += bytes;
    const took = now - this.#since;
    if (took < Math.max(LEAST_PERIOD_MS, rttMs)) return null;
    const needed = (2 * rttMs * this.#bytes) / took;
    this.#bytes = 0;
    this.#since = now;
    return needed;
  }
}

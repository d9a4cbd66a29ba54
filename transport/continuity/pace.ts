// SPDX-License-Identifier: Apache-2.0
// The pace at which messages are sent, so that a full window does not reach a short queue all at once.
//
// Where TCP repairs a loss, all that stood behind it is acknowledged at once, and as much may go out: as a burst it would lose
// packets again, and so on.

/** What takes the path so many milliseconds goes out at once. */
export const BURST_MS = 15;
/** The rest goes out so many times as fast as the path delivers; and where it shows no queue at all, as when a line has become faster. */
export const PACE = 1.25;
const QUICK_PACE = 2;
/** What one that is woken late counts when the next one is. */
const LATE_SHARE = 0.9;

export class Pace {
  /** When what has gone out would be through, at the pace. */
  #until = 0;
  #lateMs = 0; // of who waits for it, of late

  /**
   * A message goes out.
   * @param takes milliseconds that the path takes for it
   * @param quick whether the path shows no queue
   * @param most milliseconds that it holds back at most: what was cut for another path may take this one seconds
   */
  departs(takes: number, quick: boolean, now: number, most: number): void {
    this.#until = Math.min(Math.max(this.#until, now) + takes / (quick ? QUICK_PACE : PACE), now + most);
  }

  /** Who waited for it was woken so late: what would have gone out meanwhile may then go out at once, or it would never be made up for. */
  woken(lateMs: number): void {
    this.#lateMs = Math.max(lateMs, LATE_SHARE * this.#lateMs);
  }

  /** Milliseconds until the next message may go out. @param takes milliseconds that the path takes for a message */
  waitMs(takes: number, now: number): number {
    return Math.max(0, this.#until - now - Math.max(BURST_MS, takes, this.#lateMs));
  }
}

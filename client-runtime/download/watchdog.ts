// SPDX-License-Identifier: Apache-2.0
// Ends a transfer without progress: a session waits for another path longer than a downloading person may want to.

import { PortholeError } from '../../proto/errors.ts';
import type { Clock } from '../../transport/time/clock.ts';
import type { Asked } from '../visit/local-gateway.ts';
import type { Visit, VisitState } from '../visit/visit.ts';

/** The longest that a timer is set for, in milliseconds: platforms take more for no time at all. */
const LOOK_MS = 24 * 3600_000;

/** What is asked for a resource. A visit also says whether a path carries it; of whom does not, nothing is known but the answers. */
export type Source = Asked & Partial<Pick<Visit, 'status' | 'onStatus'>>;

/**
 * Gives up when for as long as patience lasts neither a byte has come nor a path stood. While a path stands it is the site that takes
 * its time, and that is waited for; a path that falls then is given the time to be replaced.
 */
export class Watchdog {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #progressAt: () => number;
  /** Since when nothing can come; null while something can. */
  #since: number | null = null;
  readonly #abort = new AbortController();
  readonly #forget: () => void;
  #cancel: () => void = () => {};

  /** @param progressAt when the last byte came, on the clock */
  constructor(source: Source, clock: Clock, patienceMs: number, progressAt: () => number) {
    this.#source = source;
    this.#clock = clock;
    this.#patienceMs = patienceMs;
    this.#progressAt = progressAt;
    this.#forget = source.onStatus?.(() => this.#look()) ?? (() => {});
    this.#look();
  }

  /** Aborts when it gives up; the reason is what stands in the way. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  stop(): void {
    this.#forget();
    this.#cancel();
  }

  #look(): void {
    this.#cancel();
    const obstacle = obstacleOf(this.#source.status);
    if (!obstacle) {
      this.#since = null;
      return;
    }
    const now = this.#clock.now();
    this.#since ??= now;
    const left = this.#patienceMs - (now - Math.max(this.#progressAt(), this.#since));
    if (left > 0) this.#cancel = this.#clock.after(Math.min(left, LOOK_MS), () => this.#look());
    else this.#abort.abort(obstacle);
  }
}

/** Why nothing can come at the moment; null when something can, or a visit that has ended says so itself. */
function obstacleOf(status: VisitState | undefined): PortholeError | null {
  if (status === undefined || status.state === 'closed') return null;
  if (status.state === 'offline') return status.error;
  if (status.state === 'connected' && !status.path.silent) return null;
  return new PortholeError('PATH_LOST', 'no path to the host stands');
}

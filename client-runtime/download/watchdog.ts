// SPDX-License-Identifier: Apache-2.0
// Ends a transfer for which nothing can come: a session waits for another path for longer than whoever downloads may want to.

import { PortholeError } from '../../proto/errors.ts';
import type { Clock } from '../../transport/time/clock.ts';
import type { Asked } from '../visit/local-gateway.ts';
import type { Visit, VisitState } from '../visit/visit.ts';

/** What is asked for a resource. A visit also says whether a path carries it; of whom does not, nothing is known but the answers. */
export type Source = Asked & Partial<Pick<Visit, 'status' | 'onStatus'>>;

/**
 * Gives up at a time that whoever transfers moves on with each byte, once no path stands by then or later. While a path stands it
 * is the site that takes its time, and that is waited for.
 */
export class Watchdog {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #dueAt: () => number;
  readonly #abort = new AbortController();
  readonly #forget: () => void;
  #cancel: () => void = () => {};

  /** @param dueAt when patience ends, on the clock, as things are */
  constructor(source: Source, clock: Clock, dueAt: () => number) {
    this.#source = source;
    this.#clock = clock;
    this.#dueAt = dueAt;
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
    if (!obstacle) return;
    const left = this.#dueAt() - this.#clock.now();
    if (left > 0) this.#cancel = this.#clock.after(left, () => this.#look());
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

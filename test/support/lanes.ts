// SPDX-License-Identifier: Apache-2.0
// Runs jobs side by side, as many as the processors have room for.

import { spare } from './spare.ts';

export interface LaneOptions {
  /** So many at once in any case: much of what a job does may be to wait. */
  readonly least: number;
  /** So many at most, each further one while `room` says so. */
  readonly most: number;
  /** Resolves, not at once, with whether one more has room. What ends meanwhile is seen first. */
  readonly room?: () => Promise<boolean>;
}

/** The share of the processors' time that must be left over for one more. */
const SPARE = 0.12;

/**
 * Runs the jobs, begun in their order.
 * @throws what a job throws; the others go on
 */
export async function inLanes(jobs: readonly (() => Promise<void>)[], options: LaneOptions): Promise<void> {
  const { least, most, room = async () => (await spare()) > SPARE } = options;
  const queue = [...jobs];
  const running = new Set<Promise<void>>();
  while (queue.length > 0 || running.size > 0) {
    const begins = queue.length > 0 && running.size < most && (running.size < least || (await Promise.race([room(), ...running])) === true);
    if (begins) {
      const job = queue.shift() as () => Promise<void>;
      const going: Promise<void> = job().finally(() => running.delete(going));
      running.add(going);
    } else if (queue.length === 0 || running.size >= most) await Promise.race(running);
  }
}

// SPDX-License-Identifier: Apache-2.0
// How long a path may be silent until this end asks, suspects it and gives it up: by how closely it is watched and how its line behaves.

import {
  ASK_BUSY_MS,
  ASK_IDLE_MS,
  DEAD_BUSY_MS,
  DEAD_IDLE_MS,
  DEAD_STANDBY_MS,
  MAX_LULL_MS,
  MAX_RTT_MS,
  MEASURE_MS,
  SUSPECT_BUSY_MS,
  SUSPECT_IDLE_MS,
} from './limits.ts';

/** Times what passes usually between two arrivals after which to ask, and after which to measure. */
const ASK_GAPS = 2;
const MEASURE_GAPS = 20;

/** How closely a path is watched: somebody waits for it, it is in use and nobody waits, it stands by. */
export type Watch = 'busy' | 'idle' | 'standby';

/** Milliseconds of quiet after which to ask, to ask again, to doubt, to give up; `measure`: however much comes. */
export interface Pace {
  readonly ask: number;
  readonly again: number;
  readonly measure: number;
  readonly suspect: number;
  readonly dead: number;
}

/** What lengthens the times of a path that is watched closely. */
export interface Trouble {
  /** Milliseconds of the least round trip. */
  readonly rttMs: number;
  /** The same of late, with what it waited in queues. */
  readonly loadedMs: number;
  /** The longest silence of late that was none: a line that loses much falls silent, and comes back. */
  readonly lullMs: number;
  /** What passes between two arrivals of late, and between two that brought or acknowledged content. */
  readonly gapMs: number;
  readonly newsMs: number;
  /** What waits of our own in front of a question. */
  readonly backlogMs: number;
  /** How many times as long the session waits, which has been deceived before. */
  readonly patience: number;
  /** Another path answers while this one does not. */
  readonly alone: boolean;
}

/** The times of a path by how closely it is watched (the table of SITE.md section 8). */
export function paceOf(watch: Watch, { rttMs, loadedMs, lullMs, gapMs, newsMs, backlogMs, patience, alone }: Trouble): Pace {
  const rtt = Math.min(rttMs, MAX_RTT_MS);
  switch (watch) {
    case 'busy': {
      const least = Math.max(SUSPECT_BUSY_MS * patience, 4 * rtt, 3 * gapMs);
      const after = (forgiven: number): number => Math.max(least, Math.min(MAX_LULL_MS, forgiven)) + backlogMs;
      const forgiven = Math.max(2 * loadedMs, 3 * lullMs);
      // What fills this path's queues would fill the other's as well, where they share a line.
      const suspect = after(alone ? forgiven / 2 : forgiven);
      const again = Math.max(ASK_BUSY_MS, rtt);
      return {
        // What is usual needs no question: on a line that many share, questions and answers would be a good part of what it carries.
        ask: Math.max(ASK_BUSY_MS, 2 * rtt, Math.min(ASK_GAPS * newsMs, suspect - again)),
        again,
        measure: Math.max(MEASURE_MS, MEASURE_GAPS * newsMs),
        suspect,
        dead: Math.max(DEAD_BUSY_MS, 2 * after(forgiven)),
      };
    }
    case 'idle':
      return { ask: ASK_IDLE_MS, again: ASK_IDLE_MS / 2, measure: Number.POSITIVE_INFINITY, suspect: SUSPECT_IDLE_MS, dead: DEAD_IDLE_MS };
    case 'standby':
      return {
        ask: ASK_IDLE_MS,
        again: ASK_IDLE_MS / 2,
        measure: Number.POSITIVE_INFINITY,
        suspect: DEAD_STANDBY_MS,
        dead: DEAD_STANDBY_MS,
      };
  }
}

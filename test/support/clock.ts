// SPDX-License-Identifier: Apache-2.0
// A clock the test owns.

import type { Clock } from '../../transport/time/clock.ts';

export interface FakeClock extends Clock {
  /** Lets time pass; what falls due runs in order. */
  advance(ms: number): void;
  /** Timers that are set: none when all is over. */
  readonly timers: number;
}

export function fakeClock(): FakeClock {
  let time = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => time,
    after(ms, run) {
      const timer = { at: time + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get timers() {
      return timers.size;
    },
    advance(ms) {
      const until = time + ms;
      for (;;) {
        const next = [...timers].filter((timer) => timer.at <= until).sort((x, y) => x.at - y.at)[0];
        if (!next) break;
        timers.delete(next);
        time = Math.max(time, next.at);
        next.run();
      }
      time = until;
    },
  };
}

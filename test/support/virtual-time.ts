// SPDX-License-Identifier: Apache-2.0
// Time that passes as fast as the machine can: hours of a slow line in a second, and a busy machine has no part in it.

import type { Clock } from '../../transport/time/clock.ts';

export interface VirtualTime extends Clock {
  /**
   * Runs until `done`, or until so many milliseconds have passed. What falls due runs in order, and what follows from it (promises,
   * the end of the turn) before time goes on.
   */
  run(done: () => boolean, mostMs: number): Promise<void>;
  /** Timers that are set. */
  readonly timers: number;
}

/** The least time that passes, in milliseconds. */
const LEAST_MS = 0.001;

interface Timer {
  readonly at: number;
  /** Timers of one time run in the order in which they were set. */
  readonly order: number;
  run: (() => void) | null;
}

const before = (x: Timer, y: Timer): boolean => x.at < y.at || (x.at === y.at && x.order < y.order);

/** @param turns of the event loop that what follows from one moment may take */
export function virtualTime(turns = 2): VirtualTime {
  const heap: Timer[] = [];
  let time = 0;
  let order = 0;
  let live = 0;

  const add = (timer: Timer): void => {
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (before(heap[parent] as Timer, timer)) break;
      heap[at] = heap[parent] as Timer;
      at = parent;
    }
    heap[at] = timer;
  };
  const take = (): Timer => {
    const [first] = heap as [Timer];
    const last = heap.pop() as Timer;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Timer, heap[child] as Timer)) child++;
      if (before(last, heap[child] as Timer)) break;
      heap[at] = heap[child] as Timer;
      at = child;
    }
    heap[at] = last;
    return first;
  };
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  };

  return {
    now: () => time,
    after(ms, run) {
      // Less than a number can tell apart would be no time at all, for ever.
      const timer: Timer = { at: time + Math.max(ms, LEAST_MS), order: order++, run };
      live++;
      add(timer);
      return () => {
        if (timer.run) live--;
        timer.run = null;
      };
    },
    get timers() {
      return live;
    },
    async run(done, mostMs) {
      const until = time + mostMs;
      await settled();
      while (!done() && time < until) {
        while (heap[0] && !heap[0].run) take();
        if (!heap[0] || heap[0].at > until) {
          time = until;
          return;
        }
        time = Math.max(time, heap[0].at);
        while (heap[0] && heap[0].at <= time) {
          const timer = take();
          if (!timer.run) continue;
          live--;
          const { run } = timer;
          timer.run = null;
          run();
        }
        await settled();
      }
    },
  };
}

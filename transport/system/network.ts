// SPDX-License-Identifier: Apache-2.0
// The interface of a watch on this end's network: it reports when paths should be checked again. Platforms differ in what they can watch.

import type { Clock } from '../time/clock.ts';

/**
 * Watches until the returned function is called.
 * @param changed told of each change, in words
 */
export type NetworkWatch = (changed: (reason: string) => void) => () => void;

/** Looked at so often, in milliseconds. */
export const LOOK_MS = 1000;

/**
 * Looks at something again and again. A look that comes much later than it should tells that the machine slept: timers stand
 * still then, and connections that were open are likely to be gone.
 * @param clock of the timers
 * @param wall the time of day in milliseconds, which goes on while a machine sleeps
 * @param sleepMs how much later is much
 * @param look told whether the machine slept meanwhile
 * @returns what ends it
 */
export function lookAgain(clock: Clock, wall: () => number, sleepMs: number, look: (slept: boolean) => void): () => void {
  let cancel: () => void = () => {};
  const next = (): void => {
    const due = wall() + LOOK_MS;
    cancel = clock.after(LOOK_MS, () => {
      const slept = wall() - due > sleepMs;
      next();
      look(slept);
    });
  };
  next();
  return () => cancel();
}

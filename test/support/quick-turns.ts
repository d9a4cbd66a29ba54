// SPDX-License-Identifier: Apache-2.0
// Turns of the event loop without the loop: what plays in virtual time waits for no input, and asking the system for some takes a third of the time.

/**
 * Has setImmediate call back, in order, whenever all promises have run. Timers and input have their turn when nothing is left of it.
 * @returns undoes it
 */
export function quickTurns(): () => void {
  const { setImmediate } = globalThis;
  const due: (() => void)[] = [];
  let going = false;
  const next = (): void => {
    const run = due.shift();
    going = due.length > 0;
    // Promises run between two of them, as in a turn of the loop.
    if (going) queueMicrotask(() => process.nextTick(next));
    run?.();
  };
  const quick = (run: (...words: unknown[]) => void, ...words: unknown[]): void => {
    due.push(() => run(...words));
    if (going) return;
    going = true;
    process.nextTick(next);
  };
  globalThis.setImmediate = quick as unknown as typeof setImmediate;
  return () => {
    globalThis.setImmediate = setImmediate;
  };
}

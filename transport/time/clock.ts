// SPDX-License-Identifier: Apache-2.0
// Time as an argument: whatever waits takes a Clock, so that tests control time, and an AbortSignal, which ends the wait.

/** A source of time. `now` is monotonic milliseconds; `after` runs a function once, and returns what cancels it. */
export interface Clock {
  /** Milliseconds since some beginning; it never goes back. */
  now(): number;
  /** Runs a function once, in `ms` milliseconds. @returns what cancels it */
  after(ms: number, run: () => void): () => void;
}

/** The machine's own time. Its timers do not keep a Node process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer: unknown = setTimeout(run, ms);
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref();
    return () => clearTimeout(timer as number);
  },
};

/**
 * Waits.
 * @param ms milliseconds
 * @param signal ends the wait early
 * @throws the signal's reason when it aborts
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    function stop(): void {
      cancel();
      reject(signal?.reason);
    }
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Settles as `promise` does, or rejects with the signal's reason if that comes first. What `promise` brings later is dropped. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/**
 * Says that a promise is awaited later: until then its failure is nobody's, and would end a Node process. Whoever awaits it learns
 * of it all the same.
 */
export function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

// SPDX-License-Identifier: Apache-2.0
// What promises lack: a wait that a signal ends, and a failure that is looked at later.

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

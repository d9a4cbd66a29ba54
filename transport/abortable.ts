// SPDX-License-Identifier: Apache-2.0
// Lets an AbortSignal end a wait that knows nothing of signals.

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

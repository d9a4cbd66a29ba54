// SPDX-License-Identifier: Apache-2.0
// Detects that a page or worker has ended: each holds a Web Lock of its own name while it runs, and whoever obtains that lock knows.

/** Names of locks are shared with the site's own. */
export const lockOf = (id: string): string => `porthole-life-${id}`;

/**
 * Holds the lock of this page or worker until it ends, however that comes about (Web Locks: a lock goes with its agent).
 * @returns resolves when it is held: from then on others may be told the id
 */
export function live(id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(lockOf(id), () => {
        resolve();
        return new Promise(() => undefined);
      })
      .catch(reject);
  });
}

/**
 * Calls when the page or worker of this id has ended.
 * @param signal gives up waiting
 */
export function onEnd(id: string, run: () => void, signal: AbortSignal): void {
  navigator.locks.request(lockOf(id), { mode: 'shared', signal }, () => signal.aborted || run()).catch(() => undefined); // given up
}

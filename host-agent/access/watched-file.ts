// SPDX-License-Identifier: Apache-2.0
// What a small file says, read anew when it changes: for what lets visitors in while a host runs.

import { stat } from 'node:fs/promises';
import { asPortholeError, type PortholeError } from '../../proto/errors.ts';

/**
 * Watches a file, by looking when it is asked for.
 * @param read what it says; rejects when it cannot be used
 * @param onError told when a changed file cannot be used, once for each state of it
 * @returns gives what the file says now; what it said before, when it cannot be used now
 * @throws what `read` does, when it cannot be used at the start
 */
export async function watchFile<T>(
  file: string,
  read: () => Promise<T>,
  onError: (error: PortholeError) => void = () => {},
): Promise<() => Promise<T>> {
  // The state first: what is written while it is read is read again.
  let state = await stateOf(file);
  let value = await read();
  let told: string | null = null; // the state of which it was told that it cannot be used
  const look = async (): Promise<void> => {
    const now = await stateOf(file);
    if (now === state) return;
    try {
      value = await read();
      state = now;
      told = null;
    } catch (thrown) {
      // Read again the next time: it may be this machine that was short of something, and not the file that is wrong.
      if (now !== told) onError(asPortholeError(thrown, 'STORAGE_FAILED'));
      told = now;
    }
  };
  // One after the other: nobody is given what it said before while it is read, and no earlier reading comes after a later one.
  let looking = Promise.resolve();
  return async () => {
    looking = looking.then(look, look);
    await looking;
    return value;
  };
}

/** What tells two states of a file apart; the system's word where it cannot be looked at. */
async function stateOf(file: string): Promise<string> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(file, { bigint: true });
    return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Loads parts of the page when they are needed: files named *-part.ts, each a file of its own in the build.

import { PortholeError } from '../../../proto/errors.ts';

/** Milliseconds before a part that did not come is asked for again, and once more. */
const AGAIN_AFTER_MS = [300, 1500];

/**
 * Loads a part.
 * @param load imports it
 * @throws PortholeError SUITE_UNREACHABLE when it does not come
 */
export async function loadPart<T>(load: () => Promise<T>): Promise<T> {
  for (const pause of AGAIN_AFTER_MS) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  try {
    return await load();
  } catch (cause) {
    throw new PortholeError('SUITE_UNREACHABLE', 'a part of this page could not be loaded', { cause });
  }
}

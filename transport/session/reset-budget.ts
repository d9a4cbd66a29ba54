// SPDX-License-Identifier: Apache-2.0
// How many requests a visitor may reset: a reset costs it a few bytes, and the host the work (CVE-2023-44487, "rapid reset").

import type { PortholeError } from '../../proto/errors.ts';
import { MAX_RESETS, RESETS_PER_SECOND } from '../../proto/limits.ts';
import { rateLimited } from '../../proto/wait.ts';

/** How long a visitor that overdid it is told to wait, in milliseconds. */
const CALM_MS = 5000;
/** Who has given up so many lately may well give up the next one, too. */
export const MANY_RESETS = 100;

/** One session's. Time and answered requests fill it again. */
export class ResetBudget {
  #left = MAX_RESETS;
  #at: number;

  /** @param now milliseconds */
  constructor(now: number) {
    this.#at = now;
  }

  /** A request was answered to its end. */
  answered(): void {
    if (this.#left < MAX_RESETS) this.#left++;
  }

  /** Whether many were given up lately. */
  get many(): boolean {
    return this.#left < MAX_RESETS - MANY_RESETS;
  }

  /** A request was given up. Returns why the session ends, when that was one too many. */
  spend(now: number): PortholeError | null {
    this.#left = Math.min(MAX_RESETS, this.#left + ((now - this.#at) * RESETS_PER_SECOND) / 1000);
    this.#at = now;
    if (this.#left < 1) return rateLimited('too many requests were begun and given up', CALM_MS);
    this.#left--;
    return null;
  }
}

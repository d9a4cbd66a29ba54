// SPDX-License-Identifier: Apache-2.0
// How RATE_LIMITED says how long to wait, in words a person and a program can read.

import { PortholeError } from './errors.ts';

/** The longest wait that is believed, in milliseconds. */
export const LONGEST_WAIT_MS = 24 * 3_600_000;

/**
 * A refusal for too much at once.
 * @param what of what there was too much: 'too many wrong passwords'
 * @param waitMs milliseconds until it is worth trying again
 */
export function rateLimited(what: string, waitMs: number): PortholeError {
  return new PortholeError('RATE_LIMITED', `${what}; try again in ${Math.max(1, Math.ceil(waitMs / 1000))} s`);
}

/** Milliseconds that a RATE_LIMITED says to wait; null when it is another error, or does not say. */
export function waitOf({ code, message }: { readonly code: string; readonly message: string }): number | null {
  const seconds = code === 'RATE_LIMITED' ? /\bin (\d{1,7}) s\b/.exec(message)?.[1] : undefined;
  return seconds === undefined ? null : Math.min(Number(seconds) * 1000, LONGEST_WAIT_MS);
}

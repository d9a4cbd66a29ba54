// SPDX-License-Identifier: Apache-2.0
// Marks requests that the other end said it never took up: they may be repeated, whatever their method.

import type { PortholeError } from '../../proto/errors.ts';

const errors = new WeakSet<Error>();

/** Notes that what fails with this error was never taken up. */
export function untaken(error: PortholeError): PortholeError {
  errors.add(error);
  return error;
}

/** Whether what failed with this error was never taken up. */
export function isUntaken(error: unknown): boolean {
  return error instanceof Error && errors.has(error);
}

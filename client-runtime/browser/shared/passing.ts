// SPDX-License-Identifier: Apache-2.0
// Which errors are temporary.

import type { ErrorCode } from '../../../proto/errors.ts';

/** Errors that pass: what was asked for is worth asking for again when a connection stands. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'HOST_OFFLINE',
  'SUITE_UNREACHABLE',
  'NO_PATH',
  'PATH_LOST',
  'PATH_SILENT',
  'TIMED_OUT',
  'SESSION_LOST',
  'SESSION_CLOSED',
]);

/** Whether an error passes by itself. */
export function passes(code: ErrorCode): boolean {
  return PASSING.has(code);
}

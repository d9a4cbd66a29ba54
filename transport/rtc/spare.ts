// SPDX-License-Identifier: Apache-2.0
// Whether this process may open some more descriptors: RTC libraries open sockets on threads of their own, and one without ends the process.

import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** What a peer connection opens, and those that are begun beside it. */
export const SPARE_DESCRIPTORS = 16;

/** @throws Error, with the system's own as its cause, when there are not SPARE_DESCRIPTORS left */
export function demandSpare(): void {
  const open: number[] = [];
  try {
    while (open.length < SPARE_DESCRIPTORS) open.push(openSync(devNull, 'r'));
  } catch (cause) {
    throw new Error(`a data channel needs ${SPARE_DESCRIPTORS} descriptors: ${(cause as Error).message}`, { cause });
  } finally {
    for (const fd of open) closeSync(fd);
  }
}

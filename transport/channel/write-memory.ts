// SPDX-License-Identifier: Apache-2.0
// A pool of memory for socket writes, reused so that a long transfer leaves no garbage to collect.

/** Bytes that are gathered before they are written: from here on a peer that waits costs more than a system call. */
export const WRITE_BYTES = 256 * 1024;
/** Pieces of memory that are kept for whichever socket writes next. */
const MAX_SPARE = 4;

const spare: Uint8Array[] = [];

/** Memory of WRITE_BYTES. */
export function takeMemory(): Uint8Array {
  return spare.pop() ?? Buffer.allocUnsafeSlow(WRITE_BYTES);
}

/** It is written. */
export function giveMemory(memory: Uint8Array): void {
  if (spare.length < MAX_SPARE) spare.push(memory);
}

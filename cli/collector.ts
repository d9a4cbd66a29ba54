// SPDX-License-Identifier: Apache-2.0
// Keeps a long transfer's memory low: V8 is slow to collect buffers, which weigh little on its own heap.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes between two collections: so much may lie about at the most. */
const EVERY_BYTES = 16 * 1024 * 1024;
/** Bytes of buffers that are left after the young were collected: then the old are too, which costs ten times as much. */
const MANY_BYTES = 32 * 1024 * 1024;

/**
 * Returns what is told how far a transfer has come, and collects now and then: mostly what is young, for a buffer is written
 * out soon after it came; what is old as well when that leaves much, for buffers that waited for a slow reader are old by then.
 */
export function collector(): (bytes: number) => void {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--no-concurrent-array-buffer-sweeping');
  const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;
  let next = EVERY_BYTES;
  return (bytes) => {
    if (bytes < next) return;
    next = bytes + EVERY_BYTES;
    collect({ type: 'minor' });
    if (process.memoryUsage().arrayBuffers > MANY_BYTES) collect();
  };
}

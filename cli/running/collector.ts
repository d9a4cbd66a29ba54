// SPDX-License-Identifier: Apache-2.0
// Keeps the memory of long transfers low: V8 is slow to collect buffers, which weigh little on its own heap.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { COLLECT_BYTES, youngCollector } from '../../transport/seal/node.ts';

/** Bytes of a transfer between two looks at what has gathered. */
const LOOK_BYTES = 16 * 1024 * 1024;
/** Bytes of buffers that may have gathered. */
const MANY_BYTES = 32 * 1024 * 1024;

/**
 * Returns what is told how far a transfer has come, and collects when much has gathered: first what is young, for a buffer is
 * done with soon after it came; what is old as well when that leaves much, for buffers that waited for a slow reader are old by
 * then, which costs ten times as much.
 */
export function collector(): (bytes: number) => void {
  const collectYoung = youngCollector();
  setFlagsFromString('--no-concurrent-array-buffer-sweeping');
  const collectAll = runInNewContext('gc') as () => void;
  const isMuch = (): boolean => process.memoryUsage().arrayBuffers > MANY_BYTES;
  let next = LOOK_BYTES;
  return (bytes) => {
    if (bytes < next) return;
    next = bytes + LOOK_BYTES;
    if (!isMuch()) return;
    collectYoung();
    if (isMuch()) collectAll();
  };
}

/**
 * Returns what is told of bytes that came and went again at once, as in a relay, and collects what is young now and then: memory
 * that is used again while it is warm costs less than its collection.
 */
export function passingCollector(): (bytes: number) => void {
  const collect = youngCollector();
  let left = COLLECT_BYTES;
  return (bytes) => {
    left -= bytes;
    if (left > 0) return;
    left = COLLECT_BYTES;
    collect();
  };
}

// SPDX-License-Identifier: Apache-2.0
// Keeps the heap of a busy program small: left to itself V8 lets it grow by 100 MB, for garbage that is easily collected.

import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of the young generation, of which half is in use at a time, from which it grows no more: requests are over long before it is full. */
export const ENOUGH_BYTES = 8 * 1024 * 1024;
/** How much the old generation may grow, in percent of what was in use, until it is collected: much of it is requests that are over. */
const GROWTH_PERCENT = 100;

/**
 * Bounds both generations of the heap, in proportion to what the program holds.
 *
 * The young one may grow until it is large enough; it only ever doubles. The old one is collected once then: without a first
 * collection V8 goes by the machine's memory, not by what is in use.
 */
export function boundHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (!young || young.space_size < ENOUGH_BYTES) return;
    observer.disconnect();
    setFlagsFromString('--semi-space-growth-factor=1');
    collect();
  });
  observer.observe({ entryTypes: ['gc'] });
}

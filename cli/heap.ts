// SPDX-License-Identifier: Apache-2.0
// Keeps V8's young generation small: left to itself it grows to 64 MiB and more in any program that is busy for a while.

import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes of the young generation, of which half is in use at a time, from which it grows no more: requests are over long before it is full. */
export const ENOUGH_BYTES = 8 * 1024 * 1024;

/** Lets the young generation grow until it is large enough, and no further. It only ever doubles, so it stays under twice as much. */
export function boundYoungGeneration(): void {
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (!young || young.space_size < ENOUGH_BYTES) return;
    observer.disconnect();
    setFlagsFromString('--semi-space-growth-factor=1');
  });
  observer.observe({ entryTypes: ['gc'] });
}

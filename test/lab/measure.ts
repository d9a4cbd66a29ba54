// SPDX-License-Identifier: Apache-2.0
// All that docs/reach.md is made of, measured one after the other.

import { availableParallelism } from 'node:os';
import { type MatrixOptions, matrix, type Restriction } from './matrix.ts';
import type { Measured } from './report.ts';
import { TIMED, type Times, times } from './times.ts';

/** The round trips of the times, in milliseconds. */
export const TIMED_RTT_MS: readonly number[] = [40, 100];
/** Techniques alone, to compare with; the patent examines networks before, the plain simultaneous open does not. */
const COMPARED: readonly Restriction[] = [
  { techniques: ['guarded', 'predicted'], examined: true },
  { techniques: ['low-ttl-listen'], examined: true },
  { techniques: ['simultaneous'], examined: false },
];

export interface MeasureOptions extends Omit<MatrixOptions, 'compare'> {
  /** Visits of each timed pair; 0: the matrix alone, and nothing to compare with. */
  readonly runs: number;
}

/** Measures. Throws an Error in words when the lab cannot be had. */
export async function measure({ runs, ...options }: MeasureOptions): Promise<Measured> {
  const { rttMs = 0, loss = 0, rateMbit = 0, settleMs, visits, onPair, onProgress } = options;
  const found = await matrix({ ...options, compare: runs > 0 ? COMPARED : [] });
  const taken: Times[] = [];
  if (runs > 0)
    for (const rtt of TIMED_RTT_MS)
      taken.push(
        await times({
          rttMs: rtt,
          loss,
          rateMbit,
          pairs: TIMED,
          runs,
          settleMs,
          ...(onPair && { onPair }),
          ...(onProgress && { onProgress }),
        }),
      );
  return { rttMs, loss, visits, processors: availableParallelism(), matrix: found, times: taken };
}

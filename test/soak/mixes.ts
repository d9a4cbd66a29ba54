// SPDX-License-Identifier: Apache-2.0
// Random mixes of what can happen to a session's paths, as many as one likes, and the memory that they leave.

import { playMix } from '../support/mix.ts';

const REPORT_MS = 5000;
/** Mixes after which memory is measured: before, code is compiled and pools fill. */
const WARM = 2000;
/** Bytes by which what is held after collecting may grow from then on. */
const GROWTH_BYTES = 20e6;

/**
 * Plays mixes with the seeds from `first` on, and prints how it goes.
 * @param collect collects garbage
 * @returns whether all was well
 */
export async function playMixes(first: number, count: number, collect: () => void): Promise<boolean> {
  const held = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const begun = performance.now();
  let reported = begun;
  let moves = 0;
  let warm: number | null = null;
  for (let done = 0; done < count; ) {
    const seed = (first + done) >>> 0;
    try {
      moves += (await playMix(seed)).moves;
    } catch (error) {
      console.log(`FAILED (npm run soak:paths -- --seed ${seed} --mixes 1)\n${(error as Error).stack}`);
      return false;
    }
    done++;
    if (done === WARM) warm = held();
    if (performance.now() - reported < REPORT_MS && done < count) continue;
    reported = performance.now();
    const seconds = ((reported - begun) / 1000).toFixed(0).padStart(4);
    console.log(`${seconds} s  ${done} mixes, ${moves} moves, held ${(held() / 2 ** 20).toFixed(1)} MiB`);
  }
  const grown = warm === null ? 0 : held() - warm;
  if (grown <= GROWTH_BYTES) {
    console.log(`passed: nothing lost, nothing twice, ${(grown / 2 ** 20).toFixed(1)} MiB more are held than after ${WARM} mixes`);
    return true;
  }
  console.log(`FAILED (npm run soak:paths -- --seed ${first} --mixes ${count})\n${grown} bytes more are held`);
  return false;
}

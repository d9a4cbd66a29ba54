// SPDX-License-Identifier: Apache-2.0
// Random mixes of what can happen to a session's paths, as many as one likes, and the memory that they leave.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { playMix } from '../support/mix.ts';
import { quickTurns } from '../support/quick-turns.ts';

const REPORT_MS = 5000;
/** Mixes after which memory is measured: before, code is compiled and pools fill. */
const WARM = 2000;
/** Fewer are not worth a process of their own. */
const LEAST_PART = 2 * WARM;
/** Most of what a mix makes is soon over: with the young generation that Node has by itself a quarter of the time goes into collecting. No error is shown. */
const NODE_FLAGS = ['--max-semi-space-size=64', '--stack-trace-limit=0'];
/** Bytes by which what is held after collecting may grow from then on. */
const GROWTH_BYTES = 20e6;

/** What one process has played so far. */
interface Part {
  readonly done: number;
  readonly moves: number;
  readonly held: number;
}

/**
 * Plays mixes with the seeds from `first` on, in as many processes as there are processors, and prints how it goes.
 * @param program to run for a part, with --seed, --mixes and --part
 * @returns whether all was well
 */
export async function playMixesApart(program: string, first: number, count: number): Promise<boolean> {
  const parts = Math.max(1, Math.min(availableParallelism(), Math.floor(count / LEAST_PART)));
  const begun = performance.now();
  const of: Part[] = Array.from({ length: parts }, () => ({ done: 0, moves: 0, held: 0 }));
  const seconds = (): string => `${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s`;
  const sum = (what: keyof Part): number => of.reduce((all, part) => all + part[what], 0);
  const children = of.map((_, index) => {
    const [from, until] = [index, index + 1].map((at) => Math.floor((count * at) / parts)) as [number, number];
    const words = ['--part', '--seed', String((first + from) >>> 0), '--mixes', String(until - from)];
    const child = fork(program, words, { execArgv: NODE_FLAGS });
    child.on('message', (part: Part) => {
      of[index] = part;
    });
    return child;
  });
  const report = setInterval(() => {
    console.log(`${seconds()}  ${sum('done')} mixes, ${sum('moves')} moves, held ${(sum('held') / 2 ** 20).toFixed(1)} MiB`);
  }, REPORT_MS);
  const ends = await Promise.all(
    children.map(async (child) => {
      const [status] = await once(child, 'close');
      if (status !== 0) for (const other of children) other.kill();
      return status === 0;
    }),
  );
  clearInterval(report);
  const well = ends.every((one) => one);
  if (well) console.log(`passed: ${sum('done')} mixes, ${sum('moves')} moves, in ${seconds().trim()}: nothing lost, nothing twice`);
  return well;
}

function tell(part: Part): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(part, () => resolve());
    else resolve();
  });
}

/**
 * Plays mixes with the seeds from `first` on, in this process, and tells who started it how it goes.
 * @param collect collects garbage
 * @returns whether all was well
 */
export async function playMixes(first: number, count: number, collect: () => void): Promise<boolean> {
  const held = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  quickTurns();
  let reported = performance.now();
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
    await tell({ done, moves, held: held() });
  }
  const grown = warm === null ? 0 : held() - warm;
  if (grown <= GROWTH_BYTES) {
    console.log(`seeds from ${first}: ${(grown / 2 ** 20).toFixed(1)} MiB more are held than after ${WARM} mixes`);
    return true;
  }
  console.log(`FAILED (npm run soak:paths -- --seed ${first} --mixes ${count})\n${grown} bytes more are held`);
  return false;
}

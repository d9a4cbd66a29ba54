// SPDX-License-Identifier: Apache-2.0
// `npm run fuzz`: a million mutated messages against the seal, the frames and the resuming of sessions. --seed N and --mutations N.

import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fuzzResumable } from './resumable.ts';
import { fuzzSeal } from './seal.ts';

const MUTATIONS = 1_000_000;
/** Mutations between two looks at the memory. */
const CHUNK = 5000;
/** Bytes by which what is held after collecting may grow, once all code has run. */
const GROWTH_BYTES = 20e6;
/** Rounds before that is measured. */
const WARM_ROUNDS = 4;
const REPORT_MS = 5000;
/** Milliseconds of silence after which it hangs. */
const HANG_MS = 120_000;

const { values } = parseArgs({ options: { seed: { type: 'string' }, mutations: { type: 'string' } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const wanted = Number(values.mutations ?? MUTATIONS);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const held = (): number => {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const fuzzers = { seal: fuzzSeal, resumable: fuzzResumable };
const codes: Record<string, Record<string, number>> = { seal: {}, resumable: {} };
const counts: Record<string, number> = { seal: 0, resumable: 0 };
const begun = performance.now();
let reported = begun;
let first = 0;
let now = `seed ${seed}`;

function fail(why: unknown): never {
  console.log(`FAILED in ${now} (npm run fuzz -- --seed ${seed} --mutations ${wanted})\n${(why as Error)?.stack ?? String(why)}`);
  process.exit(1);
}
process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);

console.log(`seed ${seed}, ${wanted} mutations`);
let done = 0;
for (let round = 0; done < wanted; round++) {
  for (const [name, fuzz] of Object.entries(fuzzers)) {
    const size = Math.min(CHUNK, wanted - done);
    if (size === 0) break;
    const own = (seed + 7919 * round) % 2 ** 31;
    now = `${name}, its seed ${own}`;
    const hangs = setTimeout(fail, HANG_MS, 'it hangs');
    const result = await fuzz(own, size);
    clearTimeout(hangs);
    done += result.mutations;
    counts[name] = (counts[name] ?? 0) + result.mutations;
    const sums = codes[name] as Record<string, number>;
    for (const [code, count] of Object.entries(result.codes)) sums[code] = (sums[code] ?? 0) + count;
  }
  if (round === WARM_ROUNDS) first = held();
  if (performance.now() - reported > REPORT_MS || done >= wanted) {
    reported = performance.now();
    const is = held();
    const seconds = ((reported - begun) / 1000).toFixed(0).padStart(4);
    console.log(`${seconds} s  ${done} mutations  held ${mib(is)}, rss ${mib(process.memoryUsage().rss)}`);
    if (first > 0 && is - first > GROWTH_BYTES) fail(`what is held has grown from ${mib(first)} to ${mib(is)}`);
  }
}
for (const [name, sums] of Object.entries(codes)) {
  const list = Object.entries(sums).sort(([, x], [, y]) => y - x);
  console.log(`${name}: ${counts[name]} mutations; ${list.map(([code, count]) => `${code} ${count}`).join(', ')}`);
}
const each = ((performance.now() - begun) / done) * 1000;
console.log(`passed: no crash, no hang, every error with a code; ${each.toFixed(0)} µs each`);
process.exit(0);

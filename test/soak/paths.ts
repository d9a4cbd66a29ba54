// SPDX-License-Identifier: Apache-2.0
// `npm run soak:paths`: thousands of forced path changes under load, over every kind of path. --seed N and --changes N reproduce a run.
// With --mixes N it plays that many random mixes of cuts, stalls and moves in virtual time instead.

import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Churn } from './churn.ts';
import { playMixes, playMixesApart } from './mixes.ts';
import { openWays } from './ways.ts';

/** Changes when nothing is said. */
const CHANGES = 10_000;
const STREAMS = 64;
/** Memory is measured from here on: before it, code is compiled and pools fill. */
const WARM = 0.2;
/** Bytes by which what is held after collecting, and what the process has, may grow from then on. */
const GROWTH_BYTES = 40e6;
const RESIDENT_GROWTH_BYTES = 150e6;
const REPORT_MS = 5000;
/** Milliseconds for the last sockets to close. */
const QUIET_MS = 10_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    changes: { type: 'string' },
    mixes: { type: 'string' },
    part: { type: 'boolean', default: false },
    channel: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const changes = Number(values.changes ?? CHANGES);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
if (values.mixes !== undefined) {
  const count = Number(values.mixes);
  // One alone is played to see what goes wrong: with the stacks of its errors.
  const well = await (values.part || count === 1 ? playMixes(seed, count, collect) : playMixesApart(import.meta.filename, seed, count));
  process.exit(well ? 0 : 1);
}

interface Memory {
  readonly held: number;
  readonly resident: number;
}

function memory(): Memory {
  collect();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { held: heapUsed + arrayBuffers, resident: rss };
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const counts = (of: Record<string, number>): string =>
  Object.entries(of)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

const begun = performance.now();
console.log(`seed ${seed}, ${changes} changes, ${STREAMS} streams`);
// Behind the first line, as output is a handle, too.
const before = process.getActiveResourcesInfo();
const { ways, close } = await openWays(values.channel);
let warm: Memory | null = null;
let worst = 0;
let reported = begun;

const churn = new Churn({
  seed,
  changes,
  streams: STREAMS,
  ways,
  progress(now) {
    if (performance.now() - reported < REPORT_MS && now.changes < changes) return;
    reported = performance.now();
    const is = memory();
    if (now.changes >= changes * WARM) warm ??= is;
    if (warm) worst = Math.max(worst, is.held - warm.held);
    const seconds = ((performance.now() - begun) / 1000).toFixed(0).padStart(4);
    const { done, bytes } = now.traffic;
    console.log(
      `${seconds} s  ${String(now.changes).padStart(6)} changes  ${done} exchanges, ${mib(bytes)}  rss ${mib(is.resident)}, held ${mib(is.held)}`,
    );
  },
});

let failure: unknown = null;
try {
  await churn.run();
} catch (error) {
  failure = error;
}
await close();

console.log(`forced: ${counts(churn.kinds)}`);
console.log(`${churn.changes} changes, to: ${counts(churn.vias)}; paths opened: ${churn.opened}, not joined: ${churn.failed}`);
console.log(`${churn.traffic.done} exchanges, ${mib(churn.traffic.bytes)}, every byte once, SHA-256 equal`);

const problems: string[] = failure ? [String((failure as Error).stack ?? failure)] : [];
const after = memory();
if (warm) {
  const from = warm as Memory;
  console.log(`memory: held ${mib(from.held)} to ${mib(after.held)}, resident ${mib(from.resident)} to ${mib(after.resident)}`);
  if (worst > 2 * GROWTH_BYTES || after.held - from.held > GROWTH_BYTES) problems.push('what is held has grown');
  if (after.resident - from.resident > RESIDENT_GROWTH_BYTES) problems.push('the process has grown');
}

/** What is open that was not in the beginning. */
function left(): string[] {
  const known = [...before];
  return process.getActiveResourcesInfo().filter((name) => {
    const at = known.indexOf(name);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}
for (const until = performance.now() + QUIET_MS; left().length > 0 && performance.now() < until; ) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
if (left().length > 0) problems.push(`left open: ${left().join(', ')}`);
else console.log('nothing is left open');

if (problems.length > 0) {
  console.log(`FAILED (npm run soak:paths -- --seed ${seed} --changes ${changes})\n${problems.join('\n')}`);
  process.exit(1);
}
console.log(`passed in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
process.exit(0);

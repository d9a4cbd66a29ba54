// SPDX-License-Identifier: Apache-2.0
// npm run bench [-- workload…]: measures Porthole beside its peers, prints the tables, writes results/latest.json.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bytesOf, makeFolder } from './lib/files.ts';
import { goalLines, judgeGoals, judgeMemory, type MemoryVerdict, type Verdict } from './lib/goals.ts';
import { measureWorkload } from './lib/measuring.ts';
import { costLines, type NextCost, nextCosts } from './lib/next-cost.ts';
import { peerVersions } from './lib/packages.ts';
import { workloadNames } from './lib/program.ts';
import { machine, type Row, rowsOf, type Skipped, tableOf } from './lib/report.ts';
import { selected, smoke } from './lib/selecting.ts';
import type { Workload } from './lib/workload.ts';

const here = import.meta.dirname;
const known = workloadNames();

const USAGE = `node bench/run.ts [workload…] [options]

Workloads: ${known.join(', ')} (all when none is named)

  --pairs N         measure each way N times, in turn (5)
  --only ROW,...    these rows only: a stage (tcp, relay), a task (bulk, small), or one of each (relay-bulk)
  --peers A,B       these peers only, by the start of their names
  --smoke           everything in the small, once: shows that the bench works, measures nothing
  --files FOLDER    where the files are made (in memory, else the system's temporary folder); they are removed again
  --out FILE        where the results go (bench/results/latest.json)
  --profile FOLDER  keep the CPU profiles of our own ends there. See profile.ts
  --help`;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      pairs: { type: 'string', default: '5' },
      smoke: { type: 'boolean', default: false },
      only: { type: 'string' },
      peers: { type: 'string' },
      files: { type: 'string' },
      out: { type: 'string', default: join(here, 'results', 'latest.json') },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  }
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no workload ${unknown}; there are: ${known.join(', ')}`);
  const pairs = values.smoke ? 1 : Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1) throw new Error('--pairs takes a whole number of at least 1');
  return { ...values, pairs, workloads: positionals.length > 0 ? positionals : known };
}
type Options = ReturnType<typeof readOptions>;

interface Found {
  readonly rows: Row[];
  readonly goals: Verdict[];
  readonly memory: MemoryVerdict[];
  readonly costs: NextCost[];
  readonly skipped: Skipped[];
  filesInMemory: boolean;
}

async function main(options: Options, signal: AbortSignal): Promise<void> {
  const found: Found = { rows: [], goals: [], memory: [], costs: [], skipped: [], filesInMemory: true };
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  for (const name of options.workloads) {
    const workload: Workload = (await import(`./workloads/${name}.ts`)).default;
    const chosen = selected(workload.stages, options.only?.split(','));
    const stages = options.smoke ? smoke(chosen) : chosen;
    // One task's files are there at a time.
    const files = makeFolder(Math.max(0, ...stages.flatMap(({ tasks }) => tasks.map(bytesOf))), options.files);
    const profiles = options.profile === undefined ? join(files.path, 'profiles') : resolve(options.profile);
    found.filesInMemory &&= files.inMemory;
    mkdirSync(profiles, { recursive: true });
    try {
      const skipped = await measureWorkload({
        name,
        stages,
        folder: files.path,
        pairs: options.pairs,
        peers: options.peers?.split(','),
        profiles,
        signal,
        log,
        onResult(result) {
          found.rows.push(...rowsOf(result));
          found.goals.push(...judgeGoals(result));
          found.memory.push(...judgeMemory(result));
          found.costs.push(...nextCosts(result, profiles));
          say(tableOf(result));
        },
      });
      found.skipped.push(...skipped);
    } finally {
      files.remove();
    }
  }
  if (found.goals.length + found.memory.length > 0) say(goalLines(found.goals, found.memory));
  if (found.costs.length > 0) say(costLines(found.costs));
  for (const { row, peer, reason } of found.skipped) say(`${row}: ${peer} was left out: ${reason}`);
  write(options, found);
}

function write(options: Options, found: Found): void {
  const { version } = JSON.parse(readFileSync(join(here, '..', 'package.json'), 'utf8')) as { version: string };
  const { node, v8, uv, openssl, nghttp2 } = process.versions;
  const { filesInMemory, ...rest } = found;
  const results = {
    taken: new Date().toISOString(),
    pairs: options.pairs,
    smoke: options.smoke,
    versions: { porthole: version, node, v8, uv, openssl, nghttp2, ...peerVersions() },
    machine: machine(filesInMemory),
    ...rest,
  };
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify(results, null, 2)}\n`);
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));

let options: Options | null = null;
try {
  options = readOptions();
} catch (error) {
  log(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
if (options) {
  await main(options, stop.signal).catch((error: Error) => {
    log(error.message);
    process.exitCode = stop.signal.aborted ? 130 : 1;
  });
}

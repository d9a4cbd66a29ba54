// SPDX-License-Identifier: Apache-2.0
// npm run bench [-- workload…]: measures Porthole beside its peers, prints the tables, writes the results to files.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { noLabReason } from '../test/lab/lab.ts';
import { bytesOf, makeFolder } from './lib/files.ts';
import { goalLines, judgeGoals, judgeMemory, type MemoryVerdict, type Verdict } from './lib/goals.ts';
import { type LineWorkload, linesTable, measureLines } from './lib/lining.ts';
import { measureLoads } from './lib/loading.ts';
import { measureWorkload } from './lib/measuring.ts';
import { costLines, type NextCost, nextCosts } from './lib/next-cost.ts';
import { peerVersions } from './lib/packages.ts';
import type { PageWorkload } from './lib/page.ts';
import { measurePage, pageGoalLines } from './lib/paging.ts';
import { workloadNames } from './lib/program.ts';
import type { Reach } from './lib/reach.ts';
import { reachTable } from './lib/reach-report.ts';
import { checkKinds, measureReach } from './lib/reaching.ts';
import { machine, type Row, rowsOf, type Skipped, tableOf } from './lib/report.ts';
import { selected, selectedPages, smoke } from './lib/selecting.ts';
import { LOADED_BYTES } from './lib/sites.ts';
import type { Workload } from './lib/workload.ts';

const here = import.meta.dirname;
const known = workloadNames();

const USAGE = `node bench/run.ts [workload…] [options]

Workloads: ${known.join(', ')} (all when none is named)

  --peers A,B       these peers only, by the start of their names
  --smoke           everything in the small, once: shows that the bench works, measures nothing
  --out FILE        where the results go (bench/results/latest.json; of line, page and reach, their own names there)
  --help

of line, session and page:
  --pairs N         measure each way N times, in turn (5)

of session and page:
  --files FOLDER    where the files are made (in memory, else the system's temporary folder); they are removed again

  --only ROW,...    these rows only. Of session: a stage (tcp, relay), a task (bulk, small), or one of each (relay-bulk);
                    of page: a line of the first visit (here, slow-line), a page that is loaded (many, manual)

of session:
  --profile FOLDER  keep the CPU profiles of our own ends there. See profile.ts

of reach:
  --kinds A,B,...   pair these kinds of network, each with each; npm run lab -- --list names them
  --rtt MS          the round trip between any two ends (40)
  --labs N          visits at once (3)`;

/** The workloads that have results of their own: two go through networks, one is seen in a browser. */
const REACH = 'reach';
const PAGE = 'page';
const LINE = 'line';
/** The kinds of network that show that it works. */
const SMOKE_KINDS = ['open'];
/** The longest round trip, in milliseconds: from there on programs give each other up. */
const MOST_RTT_MS = 2000;

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
      out: { type: 'string' },
      profile: { type: 'string' },
      kinds: { type: 'string' },
      rtt: { type: 'string', default: '40' },
      labs: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  }
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no workload ${unknown}; there are: ${known.join(', ')}`);
  const workloads = positionals.length > 0 ? positionals : known;
  if (values.out !== undefined && workloads.length > 1) throw new Error('--out is for the results of one workload: name it');
  const count = (name: 'pairs' | 'labs'): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number of at least 1`);
    return value;
  };
  const rttMs = Number(values.rtt);
  if (!(rttMs >= 0 && rttMs <= MOST_RTT_MS)) throw new Error(`--rtt takes a number from 0 to ${MOST_RTT_MS}`);
  const kinds = values.smoke ? SMOKE_KINDS : values.kinds?.split(',');
  checkKinds(kinds ?? []);
  return { ...values, pairs: values.smoke ? 1 : count('pairs'), labs: count('labs'), rttMs, kinds, workloads };
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

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(options: Options, signal: AbortSignal): Promise<void> {
  const measured = options.workloads.filter((name) => ![REACH, PAGE, LINE].includes(name));
  if (measured.length > 0) await session(measured, options, signal);
  if (options.workloads.includes(PAGE)) await page(options, signal);
  if (options.workloads.includes(LINE)) await line(options);
  if (options.workloads.includes(REACH)) await reach(options, signal);
}

async function page({ pairs, peers, out, files, smoke, only }: Options, signal: AbortSignal): Promise<void> {
  const workload: PageWorkload = (await import(`./workloads/${PAGE}.ts`)).default;
  const { stages, sites } = selectedPages(workload, only?.split(','), smoke);
  const folder = makeFolder(LOADED_BYTES, files);
  try {
    const options = { pairs, peers: peers?.split(','), folder: folder.path, signal, log };
    const visits = await measurePage({ ...workload, stages }, options);
    const loads = await measureLoads(workload.ours, { ...workload.loads, sites }, options);
    const rows = [...visits.found.rows, ...loads.found.rows];
    const goals = [...visits.found.goals, ...loads.found.goals];
    const { skipped } = loads.found;
    for (const table of [...visits.tables, ...loads.tables]) say(table);
    say(pageGoalLines(goals));
    for (const { row, peer, reason } of skipped) say(`${row}: ${peer} was left out: ${reason}`);
    const { crossed } = visits.found;
    const { slower } = workload;
    write(out ?? join(here, 'results', 'page.json'), { smoke, pairs, slower, ...circumstances(), rows, goals, crossed, skipped });
  } finally {
    folder.remove();
  }
}

async function line({ pairs, out, smoke }: Options): Promise<void> {
  const reason = noLabReason();
  if (reason !== null) return log(`line is left out: ${reason}`);
  const workload: LineWorkload = (await import(`./workloads/${LINE}.ts`)).default;
  const chosen = smoke ? { ...workload, mbits: [5], vias: ['relay'], seconds: 1 } : workload;
  const rows = await measureLines(chosen, pairs, log);
  say(linesTable(rows, chosen));
  write(out ?? join(here, 'results', 'line.json'), { smoke, pairs, ...circumstances(), rows });
}

async function reach({ kinds, rttMs, labs, peers, out, smoke }: Options, signal: AbortSignal): Promise<void> {
  const workload: Reach = (await import(`./workloads/${REACH}.ts`)).default;
  const found = await measureReach(workload, {
    kinds: kinds ?? workload.kinds,
    rttMs,
    labs,
    peers: peers?.split(','),
    signal,
    log,
  });
  say(reachTable(found, rttMs));
  for (const line of found.skipped) say(line);
  write(out ?? join(here, 'results', 'reach.json'), { smoke, rttMs, labs, ...circumstances(), ...found });
}

async function session(workloads: readonly string[], options: Options, signal: AbortSignal): Promise<void> {
  const found: Found = { rows: [], goals: [], memory: [], costs: [], skipped: [], filesInMemory: true };
  for (const name of workloads) {
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
  const { filesInMemory, ...rest } = found;
  write(options.out ?? join(here, 'results', 'latest.json'), {
    pairs: options.pairs,
    smoke: options.smoke,
    ...circumstances({ filesInMemory }),
    ...rest,
  });
}

/** When, of what and on what. */
function circumstances(place: Record<string, unknown> = {}): Record<string, unknown> {
  const { version } = JSON.parse(readFileSync(join(here, '..', 'package.json'), 'utf8')) as { version: string };
  const { node, v8, uv, openssl, nghttp2 } = process.versions;
  return {
    taken: new Date().toISOString(),
    versions: { porthole: version, node, v8, uv, openssl, nghttp2, ...peerVersions() },
    machine: { ...machine(), ...place },
  };
}

function write(file: string, results: Record<string, unknown>): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
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

// SPDX-License-Identifier: Apache-2.0
// npm run bench [-- workload…]: measures Porthole beside its peers, prints the tables, writes results/latest.json.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCertificate } from './lib/certificate.ts';
import { digestOf, measure, type Place, type Run } from './lib/ends.ts';
import { bytesOf, type Folder, makeFolder, writeFiles } from './lib/files.ts';
import { machine, type Row, rowsOf, type Skipped, type TaskResult, tableOf } from './lib/report.ts';
import { BULK, SMALL, type Task, type Way, type Workload } from './lib/workload.ts';

const here = import.meta.dirname;
const known = readdirSync(join(here, 'workloads')).map((file) => file.replace(/\.ts$/, ''));

const USAGE = `node bench/run.ts [workload…] [options]

Workloads: ${known.join(', ')} (all when none is named)

  --pairs N         measure each way N times, in turn (3)
  --smoke           a small task, once: shows that the bench works, measures nothing
  --only TASK       one task of the workloads: bulk, small
  --peers A,B       these peers only, by the start of their names
  --out FILE        where the results go (bench/results/latest.json)
  --profile FOLDER  write a CPU profile of each end in the last pair; it slows that pair down. See profile.ts
  --help`;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      pairs: { type: 'string', default: '3' },
      smoke: { type: 'boolean', default: false },
      only: { type: 'string' },
      peers: { type: 'string' },
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

/** The tasks in the small, for --smoke. */
const SMOKE: Record<string, Task> = { [BULK.name]: { ...BULK, bytes: 32_000_000 }, [SMALL.name]: { ...SMALL, count: 200 } };

async function main(options: Options, signal: AbortSignal): Promise<void> {
  if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true });
  const rows: Row[] = [];
  const skipped: Skipped[] = [];
  let filesInMemory = true;
  for (const name of options.workloads) {
    const workload: Workload = (await import(`./workloads/${name}.ts`)).default;
    const tasks = workload.tasks
      .filter((task) => !options.only || task.name === options.only)
      .map((task) => (options.smoke ? (SMOKE[task.name] ?? task) : task));
    const files = makeFolder(tasks.reduce((sum, task) => sum + bytesOf(task), 0));
    filesInMemory &&= files.inMemory;
    try {
      for (const result of await measureAll(name, workload, tasks, files, options, skipped, signal)) {
        rows.push(...rowsOf(result));
        process.stdout.write(`${tableOf(result, workload)}\n`);
      }
    } finally {
      files.remove();
    }
  }
  for (const { workload, peer, reason } of skipped) process.stdout.write(`${workload}: ${peer} was left out: ${reason}\n`);
  write(options, { rows, skipped, filesInMemory });
}

async function measureAll(
  name: string,
  workload: Workload,
  tasks: readonly Task[],
  files: Folder,
  options: Options,
  skipped: Skipped[],
  signal: AbortSignal,
): Promise<TaskResult[]> {
  const certificate = makeCertificate(files.path);
  const wanted = options.peers?.split(',');
  const peers = workload.peers.filter((peer) => {
    if (wanted && !wanted.some((start) => peer.name.startsWith(start))) return false;
    if (!peer.needsCertificate || 'key' in certificate) return true;
    skipped.push({ workload: name, peer: peer.name, reason: certificate.missing });
    return false;
  });
  const place: Place = { workload: name, folder: files.path, certificate: 'key' in certificate ? certificate : null, signal };
  const results: TaskResult[] = [];
  for (const task of tasks) {
    log(`${name}, ${task.name}: writing ${task.count} × ${task.bytes} bytes`);
    const right = writeFiles(files.path, task);
    const ways = [workload.ours, ...peers];
    for (const way of ways) {
      log(`${name}, ${task.name}: checking the bytes of ${way.name}`);
      if ((await digestOf(place, way, task)) !== right) throw new Error(`${way.name}, ${task.name}: wrong bytes`);
    }
    const runs = new Map<string, Run[]>(ways.map((way) => [way.name, []]));
    for (let pair = 0; pair < options.pairs; pair++) {
      // Each turn begins with another way, so that none always follows the same one.
      for (const way of turned(ways, pair)) {
        const profile = options.profile !== undefined && pair === options.pairs - 1 ? join(resolve(options.profile), task.name) : null;
        const run = await measure(place, way, task, profile);
        runs.get(way.name)?.push(run);
        log(`${name}, ${task.name}, ${pair + 1} of ${options.pairs}: ${way.name}, ${run.timing.seconds.toFixed(2)} s`);
      }
    }
    results.push({ workload: name, task, ours: workload.ours, peers, runs });
  }
  return results;
}

const turned = (ways: readonly Way[], by: number): Way[] => ways.map((_, index) => ways[(index + by) % ways.length] as Way);

function write(options: Options, found: { rows: Row[]; skipped: Skipped[]; filesInMemory: boolean }): void {
  const { version } = JSON.parse(readFileSync(join(here, '..', 'package.json'), 'utf8')) as { version: string };
  const { node, v8, uv, openssl, nghttp2 } = process.versions;
  const { rows, skipped, filesInMemory } = found;
  const results = {
    taken: new Date().toISOString(),
    pairs: options.pairs,
    smoke: options.smoke,
    versions: { porthole: version, node, v8, uv, openssl, nghttp2 },
    machine: machine(filesInMemory),
    rows,
    skipped,
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

// SPDX-License-Identifier: Apache-2.0
// npm run bench [-- workload…]: measures Porthole beside its peers, prints the tables, writes results/latest.json.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bytesOf, makeFolder } from './lib/files.ts';
import { measureWorkload } from './lib/measuring.ts';
import { workloadNames } from './lib/program.ts';
import { machine, type Row, rowsOf, type Skipped, tableOf } from './lib/report.ts';
import { BULK, SMALL, type Task, type Workload } from './lib/workload.ts';

const here = import.meta.dirname;
const known = workloadNames();

const USAGE = `node bench/run.ts [workload…] [options]

Workloads: ${known.join(', ')} (all when none is named)

  --pairs N         measure each way N times, in turn (3)
  --smoke           a small task, once: shows that the bench works, measures nothing
  --only TASK       one task of the workloads: bulk, small
  --peers A,B       these peers only, by the start of their names
  --files FOLDER    where the files are made (in memory, else the system's temporary folder); they are removed again
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
    const files = makeFolder(
      tasks.reduce((sum, task) => sum + bytesOf(task), 0),
      options.files,
    );
    filesInMemory &&= files.inMemory;
    try {
      const { pairs, profile } = options;
      const peers = options.peers?.split(',');
      const measured = await measureWorkload({ name, workload, tasks, folder: files.path, pairs, peers, profile, signal, log });
      skipped.push(...measured.skipped);
      for (const result of measured.results) {
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

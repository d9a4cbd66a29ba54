// SPDX-License-Identifier: Apache-2.0
// Reads the CPU profiles of `run.ts --profile FOLDER`: where each process spent its time, by file and by function.

import { readdirSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Lines of functions shown for each process. */
const FUNCTIONS = 40;

const root = join(import.meta.dirname, '..');

/** Milliseconds by function, for what is not idle. */
function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '(unknown)';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  });
  times.delete('(idle)');
  return times;
}

function nameOf({ functionName, url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame']): string {
  const name = functionName || '(anonymous)';
  if (url === '') return name;
  const file = url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url;
  return `${file}:${lineNumber + 1} ${name}`;
}

function byFile(times: ReadonlyMap<string, number>): Map<string, number> {
  const files = new Map<string, number>();
  for (const [name, ms] of times) {
    const file = name.includes(':') ? name.replace(/:\d+ .*$/, '') : name;
    files.set(file, (files.get(file) ?? 0) + ms);
  }
  return files;
}

function list(times: ReadonlyMap<string, number>, most: number): string {
  const all = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .slice(0, most)
    .filter(([, ms]) => ms / all >= 0.004)
    .map(([name, ms]) => `${ms.toFixed(0).padStart(8)} ms ${((100 * ms) / all).toFixed(1).padStart(5)} %  ${name}`)
    .join('\n');
}

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('node bench/profile.ts FOLDER: the folder that run.ts --profile wrote\n');
  process.exitCode = 2;
} else {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const times = selfTimes(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profiler.Profile);
    const all = [...times.values()].reduce((sum, ms) => sum + ms, 0);
    process.stdout.write(`\n${file}: ${all.toFixed(0)} ms busy\n\n${list(byFile(times), 25)}\n\n${list(times, FUNCTIONS)}\n`);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Reads the CPU profiles of `run.ts --profile FOLDER`: where each process spent its time, by kind of work, file and function.

import { readdirSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { costliest, readProfile, type Times } from './lib/profiles.ts';

/** Lines of each list, and the share of all under which a line is left out. */
const FILES = 25;
const FUNCTIONS = 40;
const LEAST = 0.004;

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('node bench/profile.ts FOLDER: the folder that run.ts --profile wrote\n');
  process.exitCode = 2;
} else {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const spent = readProfile(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profiler.Profile);
    const list = (times: Times, most: number): string =>
      costliest(times, most, LEAST)
        .map(([name, ms]) => `${ms.toFixed(0).padStart(8)} ms ${((100 * ms) / spent.ms).toFixed(1).padStart(5)} %  ${name}`)
        .join('\n');
    const lists = [list(spent.byWork, FILES), list(spent.byFile, FILES), list(spent.byFunction, FUNCTIONS)];
    process.stdout.write(`\n${file}: ${spent.ms.toFixed(0)} ms busy\n\n${lists.join('\n\n')}\n`);
  }
}

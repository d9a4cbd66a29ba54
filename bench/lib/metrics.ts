// SPDX-License-Identifier: Apache-2.0
// From runs to numbers: the metrics of a task, their medians, and how two ways compare.

import type { Run } from './ends.ts';
import type { Task } from './workload.ts';

export interface Metric {
  readonly name: string;
  readonly better: 'more' | 'less';
  readonly of: (run: Run) => number;
}

/** Several runs' values of one metric. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The metrics of a task, for a way with these roles. CPU is user and system seconds, memory the most that was resident. */
export function metricsOf(task: Task, roles: readonly string[]): Metric[] {
  const bytes = task.count * task.bytes;
  const bulk = task.count === 1;
  const cpuUnit = bulk ? 'CPU s/GB' : 'CPU s/10k files';
  const units = bulk ? bytes / 1e9 : task.count / 10_000;
  const cpu = (run: Run, role: string): number => {
    const usage = run.usage[role];
    return usage ? usage.cpuSeconds / units : Number.NaN;
  };
  return [
    ...(bulk
      ? [more('MB/s', ({ timing }) => bytes / 1e6 / timing.seconds)]
      : [
          more('requests/s', ({ timing }) => task.count / timing.seconds),
          less('p50 ms', ({ timing }) => timing.p50Ms),
          less('p99 ms', ({ timing }) => timing.p99Ms),
        ]),
    less(cpuUnit, (run) => Object.keys(run.usage).reduce((sum, role) => sum + cpu(run, role), 0)),
    ...roles.map((role) => less(`${cpuUnit}, ${role}`, (run) => cpu(run, role))),
    ...roles.map((role) => less(`peak MB, ${role}`, (run) => run.usage[role]?.peakMB ?? Number.NaN)),
  ];
}

const more = (name: string, of: Metric['of']): Metric => ({ name, better: 'more', of });
const less = (name: string, of: Metric['of']): Metric => ({ name, better: 'less', of });

/** The median, the least and the most; at least one value. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
  return { median, min: sorted[0] as number, max: sorted.at(-1) as number };
}

/**
 * How ours compares with theirs: over 1 when ours is better. `median` is the ratio of the medians, which the table's
 * two numbers give; `min` and `max` are of the pairs, each with both ways in turn.
 */
export function compare({ better, of }: Metric, ours: readonly Run[], theirs: readonly Run[]): Spread {
  const ratio = (our: number, their: number): number => (better === 'more' ? our / their : their / our);
  const pairs = spread(ours.map((run, index) => ratio(of(run), of(theirs[index] as Run))));
  return { ...pairs, median: ratio(spread(ours.map(of)).median, spread(theirs.map(of)).median) };
}

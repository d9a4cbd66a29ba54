// SPDX-License-Identifier: Apache-2.0
// The results for people (a table) and for programs (rows of JSON).

import { cpus, release, totalmem, type } from 'node:os';
import type { Run } from './ends.ts';
import { compare, metricsOf, type Spread, spread } from './metrics.ts';
import type { Stage, Task, Way } from './workload.ts';

/** What one task gave: the runs of each way, in the order they were made. */
export interface TaskResult {
  readonly workload: string;
  readonly stage: Stage;
  readonly task: Task;
  /** Those that were measured. */
  readonly peers: readonly Way[];
  readonly runs: ReadonlyMap<string, readonly Run[]>;
  /** A further run of ours, of which there are profiles. */
  readonly profiled: Run;
}

/** One comparison: `ratio` over 1 means that ours is better. */
export interface Row {
  readonly workload: string;
  readonly metric: string;
  readonly ours: number;
  readonly peer: string;
  readonly theirs: number;
  readonly ratio: number;
  readonly better: 'more' | 'less';
  readonly oursRange: readonly [number, number];
  readonly theirsRange: readonly [number, number];
  readonly ratioRange: readonly [number, number];
}

/** A peer that was left out, and why. */
export interface Skipped {
  readonly workload: string;
  readonly row: string;
  readonly peer: string;
  readonly reason: string;
}

const runsOf = ({ runs }: TaskResult, { name }: Way): readonly Run[] => runs.get(name) ?? [];
const rolesOf = (run: Run | undefined): string[] => Object.keys(run?.usage ?? {});

/** Every metric against every peer. A peer that lacks one of our ends has no row for that end. */
export function rowsOf(result: TaskResult): Row[] {
  const { workload, stage, task, peers } = result;
  const our = runsOf(result, stage.ours);
  return peers.flatMap((peer) => {
    const their = runsOf(result, peer);
    const shared = rolesOf(our[0]).filter((role) => rolesOf(their[0]).includes(role));
    return metricsOf(task, shared).map((metric) => {
      const one = spread(our.map(metric.of));
      const other = spread(their.map(metric.of));
      const ratio = compare(metric, our, their);
      return {
        workload,
        metric: nameOf(result, metric.name),
        ours: significant(one.median),
        peer: peer.name,
        theirs: significant(other.median),
        ratio: significant(ratio.median),
        better: metric.better,
        oursRange: range(one),
        theirsRange: range(other),
        ratioRange: range(ratio),
      };
    });
  });
}

/** A metric's whole name: the stage, the task, what is counted. */
const nameOf = ({ stage, task }: TaskResult, metric: string): string => `${stage.name} ${task.name}: ${metric}`;

const significant = (value: number): number => Number(value.toPrecision(4));
const range = ({ min, max }: Spread): [number, number] => [significant(min), significant(max)];

/** The numbers of each way, then how ours compares, as text. */
export function tableOf(result: TaskResult): string {
  const { workload, stage, task, peers } = result;
  const ways = [stage.ours, ...peers];
  const roles = [...new Set(ways.flatMap((way) => rolesOf(runsOf(result, way)[0])))];
  const metrics = metricsOf(task, roles);
  const rows = rowsOf(result);
  const lines = [
    ['', ...ways.map(({ name }) => name)],
    ...metrics.map(({ name, of }) => [name, ...ways.map((way) => shown(spread(runsOf(result, way).map(of))))]),
    [],
    ['ratio to it, over 1: we are better', ...ways.map(() => '')],
    ...metrics.map(({ name }) => [
      name,
      ...ways.map((way) => {
        const row = rows.find(({ metric, peer }) => metric === nameOf(result, name) && peer === way.name);
        return row ? shown({ median: row.ratio, min: row.ratioRange[0], max: row.ratioRange[1] }) : '';
      }),
    ]),
  ];
  const what =
    task.count === 1 ? `one body of ${size(task.bytes)}` : `${task.count} files of ${size(task.bytes)}, ${task.inFlight} in flight`;
  const pairs = runsOf(result, stage.ours).length;
  return `${workload}, ${stage.name} ${task.name}: ${stage.title}\n${what}; median (least-most) of ${pairs}\n\n${aligned(lines)}\n`;
}

function shown({ median, min, max }: Spread): string {
  if (Number.isNaN(median)) return '';
  return `${figure(median)} (${figure(min)}-${figure(max)})`;
}

const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

const size = (bytes: number): string => (bytes >= 1e6 ? `${bytes / 1e6} MB` : `${bytes / 1024} KiB`);

/** Lines of cells, in columns. */
export function aligned(lines: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const line of lines)
    line.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The machine, as far as it matters to the numbers and tells nothing of whose it is. */
export function machine(): Record<string, unknown> {
  const all = cpus();
  return {
    cores: all.length,
    cpu: all[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
  };
}

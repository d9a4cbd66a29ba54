// SPDX-License-Identifier: Apache-2.0
// What the next cost of each of our ends is, from profiles: kinds of work and functions, in words and in the task's unit of CPU.

import { readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { metricsOf, spread } from './metrics.ts';
import { costliest, readProfile } from './profiles.ts';
import type { TaskResult } from './report.ts';

/** Kinds of work, and functions, that are named. */
const WORKS = 6;
const FUNCTIONS = 5;
/** The share of the main thread's time under which nothing is named. */
const LEAST = 0.02;

export interface Share {
  readonly what: string;
  /** Of the busy time of the end's main thread. */
  readonly share: number;
}

/** Where one of our ends spends its time. */
export interface NextCost {
  readonly workload: string;
  readonly row: string;
  readonly end: string;
  /** The median of the runs in the table, and its unit. */
  readonly cpu: number;
  readonly unit: string;
  readonly works: readonly Share[];
  readonly functions: readonly Share[];
}

/** Reads the profiles of our ends. @param folder where `measureWorkload` had them written */
export function nextCosts({ workload, stage, task, runs, profiled }: TaskResult, folder: string): NextCost[] {
  const metrics = metricsOf(task, Object.keys(profiled.usage));
  return Object.keys(profiled.usage).map((end) => {
    const file = join(folder, `${stage.name}-${task.name}-${end}.cpuprofile`);
    const { ms, byWork, byFunction } = readProfile(JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile);
    const shares = (list: [string, number][]): Share[] => list.map(([what, one]) => ({ what, share: Number((one / ms).toFixed(3)) }));
    const suffix = `, ${end}`;
    const cpu = metrics.find(({ name }) => name.startsWith('CPU') && name.endsWith(suffix));
    const values = (runs.get(stage.ours.name) ?? []).map((run) => cpu?.of(run) ?? Number.NaN);
    return {
      workload,
      row: `${stage.name} ${task.name}`,
      end,
      cpu: Number(spread(values).median.toPrecision(3)),
      unit: cpu?.name.slice(0, -suffix.length) ?? '',
      works: shares(costliest(byWork, WORKS, LEAST)),
      functions: shares(costliest(byFunction, FUNCTIONS, LEAST)),
    };
  });
}

/** The same as text, an end after the other. */
export function costLines(costs: readonly NextCost[]): string {
  const percent = ({ what, share }: Share): string => `${what} ${(share * 100).toFixed(0)} %`;
  return [
    'Next cost: where the main thread of each of our ends spends its time',
    ...costs.flatMap(({ row, end, cpu, unit, works, functions }) => [
      `  ${row}, ${end}, ${cpu} ${unit}: ${works.map(percent).join(', ')}`,
      `    by function: ${functions.map(percent).join('; ')}`,
    ]),
    '',
  ].join('\n');
}

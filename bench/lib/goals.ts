// SPDX-License-Identifier: Apache-2.0
// The goals of a stage, judged by what was measured: speed and CPU must both hold.

import { compare, metricsOf, spread } from './metrics.ts';
import type { TaskResult } from './report.ts';
import type { Goal } from './workload.ts';

/** A ratio that was wanted, and the one that was measured. */
export interface Wanted {
  readonly atLeast: number;
  readonly ratio: number;
}

/** One goal, judged. */
export interface Verdict {
  readonly workload: string;
  /** The stage and the task: 'tcp bulk'. */
  readonly row: string;
  readonly peer: string;
  readonly speed: Wanted | null;
  readonly cpu: Wanted;
  /** The end whose CPU it is; null: all together. */
  readonly cpuOf: string | null;
  readonly holds: boolean;
}

/** The memory of one of our ends, judged. */
export interface MemoryVerdict {
  readonly workload: string;
  readonly row: string;
  readonly end: string;
  readonly mostMB: number;
  readonly peakMB: number;
  readonly holds: boolean;
}

/** The stage's goals for this task, as far as their peers were measured. */
export function judgeGoals(result: TaskResult): Verdict[] {
  const { stage, task, runs } = result;
  return (stage.goals ?? []).filter((goal) => goal.task === task.name && runs.has(goal.peer)).map((goal) => judge(result, goal));
}

function judge({ workload, stage, task, runs }: TaskResult, goal: Goal): Verdict {
  const ours = runs.get(stage.ours.name) ?? [];
  const theirs = runs.get(goal.peer) ?? [];
  const metrics = metricsOf(task, goal.cpuOf === undefined ? [] : [goal.cpuOf]);
  const ratio = (find: (name: string) => boolean): number => {
    const metric = metrics.find(({ name }) => find(name));
    return metric ? rounded(compare(metric, ours, theirs).median) : Number.NaN;
  };
  const speed = goal.speed === undefined ? null : { atLeast: goal.speed, ratio: ratio((name) => name.endsWith('/s')) };
  const of = goal.cpuOf === undefined ? '' : `, ${goal.cpuOf}`;
  const cpu = { atLeast: rounded(goal.cpu), ratio: ratio((name) => name.startsWith('CPU') && name.endsWith(of)) };
  const holds = [speed, cpu].every((one) => one === null || one.ratio >= one.atLeast);
  return { workload, row: `${stage.name} ${task.name}`, peer: goal.peer, speed, cpu, cpuOf: goal.cpuOf ?? null, holds };
}

/** Each of our ends against the stage's limit. */
export function judgeMemory({ workload, stage, task, runs }: TaskResult): MemoryVerdict[] {
  const { mostMB } = stage;
  const ours = runs.get(stage.ours.name) ?? [];
  if (mostMB === undefined) return [];
  return Object.keys(ours[0]?.usage ?? {}).map((end) => {
    const peakMB = rounded(spread(ours.map(({ usage }) => usage[end]?.peakMB ?? Number.NaN)).median);
    return { workload, row: `${stage.name} ${task.name}`, end, mostMB, peakMB, holds: peakMB <= mostMB };
  });
}

/** The verdicts in a line each. */
export function goalLines(goals: readonly Verdict[], memory: readonly MemoryVerdict[]): string {
  const mark = (holds: boolean): string => (holds ? 'holds ' : 'MISSED');
  const wanted = (what: string, one: Wanted | null): string[] =>
    one ? [`${what} ${one.ratio.toFixed(2)} of at least ${one.atLeast.toFixed(2)}`] : [];
  return [
    'Goals, as ratios over 1 where we are better; both must hold',
    ...goals.map(({ row, peer, speed, cpu, cpuOf, holds }) => {
      const parts = [...wanted('speed', speed), ...wanted(cpuOf ? `CPU of the ${cpuOf}` : 'CPU', cpu)];
      return `  ${mark(holds)}  ${row}, ${peer}: ${parts.join(', ')}`;
    }),
    ...memory.map(
      ({ row, end, peakMB, mostMB, holds }) =>
        `  ${mark(holds)}  ${row}, peak memory of the ${end}: ${peakMB.toFixed(0)} of at most ${mostMB} MB`,
    ),
    '',
  ].join('\n');
}

const rounded = (value: number): number => Number(value.toPrecision(4));

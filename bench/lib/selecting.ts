// SPDX-License-Identifier: Apache-2.0
// Which stages and tasks a run measures: those asked for by name, and each in the small where only the bench itself is tried.

import type { Stage, Task } from './workload.ts';

/** The most bytes of a body, and files, with --smoke. */
const SMOKE_BYTES = 4_000_000;
const SMOKE_FILES = 200;

/**
 * The stages and tasks with one of these names: of a stage, of a task, or both with a hyphen between.
 * @param only all when left out
 * @throws Error when a name fits nothing
 */
export function selected(stages: readonly Stage[], only?: readonly string[]): Stage[] {
  if (!only) return [...stages];
  const namesOf = (stage: Stage, task: Task): string[] => [stage.name, task.name, `${stage.name}-${task.name}`];
  const known = stages.flatMap((stage) => stage.tasks.flatMap((task) => namesOf(stage, task)));
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no row ${unknown}; there are: ${[...new Set(known)].join(', ')}`);
  return stages
    .map((stage) => ({ ...stage, tasks: stage.tasks.filter((task) => namesOf(stage, task).some((name) => only.includes(name))) }))
    .filter(({ tasks }) => tasks.length > 0);
}

/** The same with little to do. */
export function smoke(stages: readonly Stage[]): Stage[] {
  const small = (task: Task): Task => ({
    ...task,
    bytes: Math.min(task.bytes, SMOKE_BYTES),
    count: Math.min(task.count, SMOKE_FILES),
  });
  return stages.map((stage) => ({ ...stage, tasks: stage.tasks.map(small) }));
}

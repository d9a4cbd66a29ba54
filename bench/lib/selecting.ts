// SPDX-License-Identifier: Apache-2.0
// Which stages and tasks a run measures: those asked for by name, and each in the small where only the bench itself is tried.

import type { Stage as PageStage, PageWorkload } from './page.ts';
import type { LoadedSite } from './sites.ts';
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

/**
 * The first visits and the loads with one of these names.
 * @param only all when left out; in the small, one of each
 * @throws Error when a name fits nothing
 */
export function selectedPages(
  { stages, loads }: PageWorkload,
  only: readonly string[] | undefined,
  small: boolean,
): { stages: PageStage[]; sites: LoadedSite[] } {
  const known = [...stages, ...loads.sites].map(({ name }) => name);
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no row ${unknown}; there are: ${known.join(', ')}`);
  const wanted = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
    all.filter(({ name }) => only?.includes(name) ?? true).slice(0, small ? 1 : undefined);
  return { stages: wanted(stages), sites: wanted(loads.sites) };
}

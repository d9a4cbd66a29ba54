// SPDX-License-Identifier: Apache-2.0
// One workload from beginning to end: its files, a check of every way, the ways in turn, several times, and a profile of ours.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { digestOf, measure, type Place, type Run } from './ends.ts';
import { writeFiles } from './files.ts';
import { installPackages, versionOf } from './packages.ts';
import { compiled, type Program, sources } from './program.ts';
import type { Skipped, TaskResult } from './report.ts';
import type { Certificate, Stage, Task, Way } from './workload.ts';

export interface Measuring {
  readonly name: string;
  /** What is to be measured: the workload's own stages, with fewer or other tasks perhaps. */
  readonly stages: readonly Stage[];
  /** A folder to work in; the caller removes it. */
  readonly folder: string;
  /** How often each way is measured. */
  readonly pairs: number;
  /** The peers that are wanted, by the start of their names; all when left out. */
  readonly peers?: readonly string[];
  /** Where to write CPU profiles of our ends. */
  readonly profiles: string;
  readonly signal: AbortSignal;
  /** Told what goes on, a line at a time. */
  readonly log: (line: string) => void;
  /** Told of each task when it is done. */
  readonly onResult: (result: TaskResult) => void;
}

/**
 * Measures a workload. A peer that cannot be had, or fails, is left out.
 * @returns the peers that were left out. Rejects when our own way fails or delivers wrong bytes, or with the signal's reason
 */
export async function measureWorkload(measuring: Measuring): Promise<Skipped[]> {
  const { name, folder, log } = measuring;
  const made = makeCertificate(folder);
  const certificate = 'key' in made ? made : null;
  const isWanted = ({ name: peer }: Way): boolean => measuring.peers?.some((start) => peer.startsWith(start)) ?? true;
  const wanted = measuring.stages.flatMap(({ peers }) => peers.filter(isWanted));
  const notInstalled = wanted.some(({ packages = [] }) => packages.some((one) => versionOf(one) === null));
  const installing = notInstalled ? installPackages(log) : null;
  const whyNot = ({ needsCertificate, packages = [], missing }: Way): string | null => {
    if (needsCertificate && 'missing' in made) return made.missing;
    const absent = packages.find((one) => versionOf(one) === null);
    if (absent !== undefined) return `the package ${absent} is not installed${installing === null ? '' : `; ${installing}`}`;
    return missing?.() ?? null;
  };
  const programs = { compiled: await compiled(folder, name), sources };
  const skipped: Skipped[] = [];
  for (const stage of measuring.stages) {
    for (const task of stage.tasks) {
      const skip = (peer: Way, reason: string): void => {
        const row = `${stage.name} ${task.name}`;
        skipped.push({ workload: name, row, peer: peer.name, reason });
        log(`${name}, ${row}: ${peer.name} is left out: ${reason}`);
      };
      const peers = stage.peers.filter((peer) => {
        if (!isWanted(peer) || peer.not?.includes(task.name)) return false;
        const reason = whyNot(peer);
        if (reason !== null) skip(peer, reason);
        return reason === null;
      });
      await measureTask(measuring, programs, certificate, stage, task, peers, skip);
    }
  }
  return skipped;
}

async function measureTask(
  measuring: Measuring,
  programs: { compiled: Program; sources: Program },
  certificate: Certificate | null,
  stage: Stage,
  task: Task,
  peers: readonly Way[],
  skip: (peer: Way, reason: string) => void,
): Promise<void> {
  const { name, pairs, signal, log } = measuring;
  const about = `${name}, ${stage.name} ${task.name}`;
  const folder = join(measuring.folder, 'site');
  const placeOf = (program: Program): Place => ({
    program: program.end,
    workload: program.workload(name),
    stage,
    folder,
    certificate,
    signal,
  });
  const place = placeOf(programs.compiled);
  const runs = new Map<string, Run[]>([[stage.ours.name, []]]);
  let ways = [stage.ours, ...peers];

  /** Does it for one way; a peer that fails is out, one of ours is the end of it all. */
  const attempt = async (way: Way, run: () => Promise<void>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      if (signal.aborted || way === stage.ours) throw error;
      ways = ways.filter((other) => other !== way);
      runs.delete(way.name);
      skip(way, (error as Error).message.split('\n')[0] ?? '');
    }
  };

  log(`${about}: writing ${task.count} × ${task.bytes} bytes`);
  const right = writeFiles(folder, task);
  for (const way of [...ways]) {
    log(`${about}: checking the bytes of ${way.name}`);
    await attempt(way, async () => {
      if ((await digestOf(place, way, task)) !== right) throw new Error(`${way.name}, ${task.name}: wrong bytes`);
      runs.set(way.name, []);
    });
  }
  for (let turn = 0; turn < pairs; turn++) {
    const all = [...ways];
    // Each turn begins with another way, so that none always follows the same one.
    for (let step = 0; step < all.length; step++) {
      const way = all[(turn + step) % all.length] as Way;
      await attempt(way, async () => {
        const run = await measure(place, way, task, null);
        runs.get(way.name)?.push(run);
        log(`${about}, ${turn + 1} of ${pairs}: ${way.name}, ${run.timing.seconds.toFixed(2)} s`);
      });
    }
  }
  log(`${about}: profiling our own ends`);
  // From the sources, whose lines have names; not among the runs, for it slows them down.
  const profiled = await measure(placeOf(programs.sources), stage.ours, task, join(measuring.profiles, `${stage.name}-${task.name}`));
  rmSync(folder, { recursive: true });
  measuring.onResult({ workload: name, stage, task, peers: ways.slice(1), runs, profiled });
}

// SPDX-License-Identifier: Apache-2.0
// One workload from beginning to end: its files, a check of every way, then the ways in turn, several times.

import { join, resolve } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { digestOf, measure, type Place, type Run } from './ends.ts';
import { writeFiles } from './files.ts';
import { compiled, sources } from './program.ts';
import type { Skipped, TaskResult } from './report.ts';
import type { Task, Way, Workload } from './workload.ts';

export interface Measuring {
  readonly name: string;
  readonly workload: Workload;
  readonly tasks: readonly Task[];
  /** A folder to work in; the caller removes it. */
  readonly folder: string;
  /** How often each way is measured. */
  readonly pairs: number;
  /** The peers that are wanted, by the start of their names; all when left out. */
  readonly peers?: readonly string[];
  /** Where to write CPU profiles of the last turn. */
  readonly profile?: string;
  readonly signal: AbortSignal;
  /** Told what goes on, a line at a time. */
  readonly log: (line: string) => void;
}

/** Measures a workload. Rejects when a way fails or delivers wrong bytes, or with the signal's reason. */
export async function measureWorkload(measuring: Measuring): Promise<{ results: TaskResult[]; skipped: Skipped[] }> {
  const { name, workload, folder, profile, signal } = measuring;
  const certificate = makeCertificate(folder);
  const skipped: Skipped[] = [];
  const peers = workload.peers.filter((peer) => {
    if (measuring.peers && !measuring.peers.some((start) => peer.name.startsWith(start))) return false;
    if (!peer.needsCertificate || 'key' in certificate) return true;
    skipped.push({ workload: name, peer: peer.name, reason: certificate.missing });
    return false;
  });
  // A profile names lines of the sources.
  const program = profile === undefined ? await compiled(folder) : sources;
  const place: Place = {
    program: program.end,
    workload: program.workload(name),
    folder: join(folder, 'site'),
    certificate: 'key' in certificate ? certificate : null,
    signal,
  };
  const results: TaskResult[] = [];
  for (const task of measuring.tasks) {
    results.push({
      workload: name,
      task,
      ours: workload.ours,
      peers,
      runs: await takeTurns(measuring, place, task, [workload.ours, ...peers]),
    });
  }
  return { results, skipped };
}

async function takeTurns(measuring: Measuring, place: Place, task: Task, ways: readonly Way[]): Promise<Map<string, Run[]>> {
  const { pairs, profile, log } = measuring;
  const about = `${measuring.name}, ${task.name}`;
  log(`${about}: writing ${task.count} × ${task.bytes} bytes`);
  const right = writeFiles(place.folder, task);
  for (const way of ways) {
    log(`${about}: checking the bytes of ${way.name}`);
    if ((await digestOf(place, way, task)) !== right) throw new Error(`${way.name}, ${task.name}: wrong bytes`);
  }
  const runs = new Map<string, Run[]>(ways.map((way) => [way.name, []]));
  for (let turn = 0; turn < pairs; turn++) {
    const profiles = profile !== undefined && turn === pairs - 1 ? join(resolve(profile), task.name) : null;
    // Each turn begins with another way, so that none always follows the same one.
    for (let step = 0; step < ways.length; step++) {
      const way = ways[(turn + step) % ways.length] as Way;
      const run = await measure(place, way, task, profiles);
      runs.get(way.name)?.push(run);
      log(`${about}, ${turn + 1} of ${pairs}: ${way.name}, ${run.timing.seconds.toFixed(2)} s`);
    }
  }
  return runs;
}

// SPDX-License-Identifier: Apache-2.0
// The client's side of a task: fetching its files, so many at once, and counting every byte.

import { createHash } from 'node:crypto';
import type { Timing } from './orders.ts';
import { type Client, fileName, type Task, warmUpOf } from './workload.ts';

/** Fetches what warms a way up. */
export async function warmUp(client: Client, task: Task): Promise<void> {
  const before = warmUpOf(task);
  await each(before, (index) => getWhole(client, before, index));
}

/** Fetches each file once, one at a time, and digests them in order. */
export async function digest(client: Client, task: Task): Promise<string> {
  const hash = createHash('sha256');
  for (let index = 0; index < task.count; index++) await client.get(fileName(task, index), (piece) => hash.update(piece));
  return hash.digest('hex');
}

/** Fetches everything and takes the time: the whole, and of each file from asking to its last byte. */
export async function timed(client: Client, task: Task): Promise<Timing> {
  const times = new Float64Array(task.count);
  const from = performance.now();
  await each(task, async (index) => {
    const asked = performance.now();
    await getWhole(client, task, index);
    times[index] = performance.now() - asked;
  });
  const seconds = (performance.now() - from) / 1000;
  times.sort();
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] as number;
  return { seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function getWhole(client: Client, task: Task, index: number): Promise<void> {
  let bytes = 0;
  await client.get(fileName(task, index), (piece) => {
    bytes += piece.length;
  });
  if (bytes !== task.bytes) throw new Error(`${fileName(task, index)} came with ${bytes} bytes, not ${task.bytes}`);
}

async function each({ count, inFlight }: Task, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
}

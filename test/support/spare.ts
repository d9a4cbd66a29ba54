// SPDX-License-Identifier: Apache-2.0
// How much of this machine's processors nobody uses: what else may run beside is asked of them, not of a number in a file.

import { cpus } from 'node:os';

/** Processor time since the machine began, in milliseconds. */
export interface Spent {
  readonly idle: number;
  readonly all: number;
}

/** How long it is watched for, in milliseconds: tests wait and work in turns. */
const WATCH_MS = 1500;

/** The share that was idle between two moments, from 0 to 1; 0 when no time has passed. */
export function idleShare(before: Spent, after: Spent): number {
  const all = after.all - before.all;
  return all > 0 ? (after.idle - before.idle) / all : 0;
}

/** Of all processors, as of now. */
export function spent(): Spent {
  const times = cpus().map(({ times }) => times);
  const idle = times.reduce((sum, one) => sum + one.idle, 0);
  return { idle, all: times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0) };
}

/** The share of the processors that is idle, from 0 to 1, watched for a while from now on. */
export async function spare(): Promise<number> {
  const before = spent();
  await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  return idleShare(before, spent());
}

// SPDX-License-Identifier: Apache-2.0
// How long something small takes that is asked for again and again, at even times.

import { setTimeout as pause } from 'node:timers/promises';

export interface SamplingOrder {
  readonly samples: number;
  readonly everyMs: number;
  /** The longest that one may take, in milliseconds. */
  readonly mostMs: number;
}

/** How long each took, in milliseconds, in their order; null: it failed. */
export type Samples = readonly (number | null)[];

/** Asks at even times, whether or not the one before has its answer; the first after as long. Resolves when all are answered. Never rejects. */
export async function sample(ask: (signal: AbortSignal) => Promise<void>, { samples, everyMs, mostMs }: SamplingOrder): Promise<Samples> {
  const began = performance.now();
  const asked: Promise<number | null>[] = [];
  while (asked.length < samples) {
    await pause(Math.max(0, began + (asked.length + 1) * everyMs - performance.now()));
    asked.push(one(ask, mostMs));
  }
  return Promise.all(asked);
}

async function one(ask: (signal: AbortSignal) => Promise<void>, mostMs: number): Promise<number | null> {
  const began = performance.now();
  try {
    await ask(AbortSignal.timeout(mostMs));
    return performance.now() - began;
  } catch {
    return null;
  }
}

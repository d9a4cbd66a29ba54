// SPDX-License-Identifier: Apache-2.0
// One visit that asks at once, as a page does, and whose path may be cut under a download: when the first byte came, and when the next.

import { setTimeout as pause } from 'node:timers/promises';
import { startVisit } from '../../client-runtime/index.ts';
import { nodePrimitives } from '../../transport/seal/node.ts';
import { nodeStrategies } from '../../transport/strategies/node.ts';
import { policyFor } from '../../transport/strategy/policy.ts';
import { infoOf, type Strategy } from '../../transport/strategy/strategy.ts';
import { type Valve, valveOn } from '../support/valve.ts';

export interface FirstOrder {
  /** The link of the file that is fetched: one that is longer than what comes until it is cut. */
  readonly file: string;
  /** The one strategy of the visit. */
  readonly via: string;
  /** Whether its paths are cut under the download: both ends learn it. */
  readonly cut: boolean;
}

/** Milliseconds: of a visit from opening the link, of what goes on from the cut. */
export interface FirstVisit {
  /** The introduction was there, and the strategy was begun. */
  readonly begunMs: number;
  /** The path stood, not yet sealed. */
  readonly stoodMs: number;
  readonly byteMs: number;
}

/** The longest a visit may take, in milliseconds. */
const MOST_MS = 30_000;
/** How long a download runs before its path is cut, in milliseconds. */
const RUN_MS = 1500;

/** Visits by one strategy. Rejects when it fails. */
export async function firstVisit({ file, via, cut }: FirstOrder): Promise<FirstVisit> {
  const begun: number[] = [];
  const stood: number[] = [];
  const valves: Valve[] = [];
  const watched = (strategy: Strategy): Strategy => ({
    ...infoOf(strategy),
    suits: (self, peer) => strategy.suits(self, peer),
    ...(strategy.prepare && { prepare: strategy.prepare.bind(strategy) }),
    async attempt(call, signal) {
      begun.push(performance.now());
      const connection = await strategy.attempt(call, signal);
      stood.push(performance.now());
      if (!cut) return connection;
      const valve = valveOn(connection);
      valves.push(valve);
      return valve.connection;
    },
  });
  const strategies = (await nodeStrategies([via])).map(watched);
  const signal = AbortSignal.timeout(MOST_MS);
  let from = performance.now();
  const times = (at: number): FirstVisit => {
    const since = (one = Number.NaN): number => one - from;
    return { begunMs: since(begun[0]), stoodMs: since(stood[0]), byteMs: since(at) };
  };
  const visit = startVisit(file, { strategies, policy: policyFor([via]), primitives: nodePrimitives });
  try {
    const path = new URL(file).pathname.split('/').at(-1);
    const response = await visit.fetch({ method: 'GET', url: `http://site/${path}`, headers: [], signal });
    let cutAfter: number | null = null;
    for await (const _ of response.body as ReadableStream<Uint8Array>) {
      const now = performance.now();
      if (!cut) return times(now);
      cutAfter ??= now + RUN_MS;
      // What had come before the cut is read first.
      if (from > cutAfter && stood.length > 0) return times(now);
      if (from > cutAfter || now < cutAfter) continue;
      begun.length = 0;
      stood.length = 0;
      from = performance.now();
      for (const valve of valves.splice(0)) valve.cut();
    }
    throw new Error('the file was too short');
  } finally {
    await Promise.race([visit.close(), pause(1000, undefined, { ref: false })]);
  }
}

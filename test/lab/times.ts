// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- times`: how soon a link has its first byte and its direct path, technique by technique, one visit at a time.

import { loadavg } from 'node:os';
import { Field } from './field.ts';
import { spread, table } from './figures.ts';
import { expectationOf, type Pair, run, techniqueOf } from './matrix.ts';
import { SAME_LAN } from './plan.ts';
import { direct } from './watched-visit.ts';

/** Pairs of networks that among them use every technique that any pair calls for, and every way. */
export const TIMED: readonly (readonly [host: string, visitor: string])[] = [
  ['open', 'home'],
  ['home', SAME_LAN],
  ['home', 'home-rst'],
  ['home-rst', 'cgn'],
  ['v6', 'home-router'],
  ['home', 'step1'],
  ['step2', 'phone-hotspot'],
  ['restricted', 'random'],
  ['home', 'random'],
  ['carrier-grade', 'home'],
  ['no-syn-in', 'no-syn-in'],
  ['only-443', 'home'],
];

/** What is aimed at: half of the direct ways so soon after the introduction, and nearly all, in milliseconds. */
export const AIM = {
  p50: (rttMs: number): number => 3 * rttMs + 200,
  p95: (technique: string): number => (technique === 'birthday' ? 3000 : 2000),
} as const;

export interface TimesOptions {
  readonly rttMs: number;
  readonly loss: number;
  readonly rateMbit: number;
  readonly pairs: readonly (readonly [host: string, visitor: string])[];
  /** Visits of each pair. */
  readonly runs: number;
  readonly settleMs: number;
  readonly onPair?: (pair: Pair, progress: string) => void;
  readonly onProgress?: (line: string) => void;
}

export interface Times {
  readonly rttMs: number;
  readonly pairs: readonly Pair[];
  /** How busy the machine was (the load of the last minute). */
  readonly load: number;
}

/** Takes the times at one round trip. */
export async function times({ pairs, runs, settleMs, onPair = () => {}, ...options }: TimesOptions): Promise<Times> {
  const kinds = (at: 0 | 1): string[] => [...new Set(pairs.map((pair) => pair[at]))];
  const field = await Field.open({ hosts: kinds(0), visitors: kinds(1), ...options });
  try {
    const errands = pairs.map(([host, visitor]) => {
      const { rung } = expectationOf({ host, visitor });
      return { host, visitor, examined: true, wanted: rung, settleMs };
    });
    const all = Array.from({ length: runs }, () => errands).flat();
    return { rttMs: options.rttMs, pairs: await run(field, all, 1, onPair), load: loadavg()[0] as number };
  } finally {
    await field.close();
  }
}

/** How many round trips and milliseconds: a row for each technique. */
export function timesTable({ rttMs, pairs }: Pick<Times, 'rttMs' | 'pairs'>): string {
  const names = [...new Set(pairs.map(techniqueOf))];
  const rows = names.map((name) => {
    const some = pairs.filter((pair) => techniqueOf(pair) === name);
    const ways = some.flatMap((pair) => direct(pair) ?? []);
    const stood = ways.map(({ stoodMs, begunMs }) => stoodMs - begunMs);
    return [
      name,
      String(some.length),
      ...spread(some.flatMap(({ firstByteMs }) => firstByteMs ?? [])),
      ...spread(ways.flatMap(({ carriedMs }) => carriedMs ?? [])),
      ...spread(stood),
      ways.length > 0 ? `${AIM.p50(rttMs)}, ${AIM.p95(name)}` : '–',
    ];
  });
  return table(['technique', 'visits', 'first byte p50', 'p95', 'direct p50', 'p95', 'after the introduction p50', 'p95', 'aim'], rows);
}

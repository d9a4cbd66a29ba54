// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- matrix`: every kind of host with every kind of visitor, each pair by a real transfer.

import { loadavg } from 'node:os';
import { type Expectation, expected, isWorse } from './expected.ts';
import { type Errand, Field } from './field.ts';
import { kindOf } from './kinds.ts';
import type { LabOptions } from './lab.ts';
import { SAME_LAN } from './plan.ts';
import { direct, type Visited } from './watched-visit.ts';

/** How long a visit is held open for more than is expected, in milliseconds. */
const SURPRISE_MS = 500;
/** So many times more visits at once where most wait for what does not come. */
const WAITING = 3;
/** The host of the pair in one network. */
const TOGETHER = 'home';

/** One visit of the matrix. */
export interface Pair extends Visited {
  readonly host: string;
  readonly visitor: string;
}

export interface MatrixOptions extends Pick<LabOptions, 'rttMs' | 'loss' | 'rateMbit'> {
  readonly kinds: readonly string[];
  /** How long a visit waits for the path that is expected, in milliseconds. */
  readonly settleMs: number;
  /** Visits at once. */
  readonly visits: number;
  /** Techniques that are tried alone afterwards, to compare with. */
  readonly compare: readonly Restriction[];
  readonly onPair?: (pair: Pair, progress: string) => void;
  readonly onProgress?: (line: string) => void;
}

/** Some techniques alone, with no other strategy beside them. */
export interface Restriction {
  readonly techniques: readonly string[];
  /** Whether what examining the networks finds is made use of. */
  readonly examined: boolean;
}

export interface Matrix {
  readonly kinds: readonly string[];
  readonly pairs: readonly Pair[];
  /** How long the pairs took, in milliseconds, and how busy the machine was (the load of the last minute). */
  readonly ms: number;
  readonly load: number;
  /** The same pairs by some techniques alone. */
  readonly compared: readonly (Restriction & { readonly pairs: readonly Pair[] })[];
}

/** What the pair must reach. Two ends in one network meet inside it. */
export function expectationOf({ host, visitor }: Pick<Pair, 'host' | 'visitor'>): Expectation {
  if (visitor === SAME_LAN) return { rung: 'tcp-punch', proof: null };
  return expected(kindOf(host), kindOf(visitor));
}

/** Why a pair is not as it must be; null when it is. */
export function fault(pair: Pair): string | null {
  if (!pair.whole) return pair.error ?? 'it is not whole';
  const expectation = expectationOf(pair);
  return isWorse(pair.via, expectation) ? `${pair.via}, and ${expectation.rung} is to be expected` : null;
}

/** How the pair's direct path was made, in a word: a technique, or the strategy. */
export function techniqueOf(pair: Visited): string {
  const one = direct(pair);
  return one ? (one.how ?? one.via) : (pair.via ?? 'none');
}

/** Does the errands, so many at once, and never two with one end at a time. */
export async function run(
  field: Field,
  errands: readonly Errand[],
  atOnce: number,
  onPair: (pair: Pair, progress: string) => void,
): Promise<Pair[]> {
  const began = performance.now();
  const left = [...errands];
  const busy = new Set<string>();
  const pairs: Pair[] = [];
  const isFree = ({ host, visitor }: Errand): boolean => !busy.has(`host ${host}`) && !busy.has(`visitor ${visitor}`);
  await new Promise<void>((resolve, reject) => {
    let running = 0;
    const next = (): void => {
      if (left.length === 0 && running === 0) return resolve();
      for (let at = 0; at < left.length && running < atOnce; ) {
        const errand = left[at] as Errand;
        if (isFree(errand)) {
          left.splice(at, 1);
          begin(errand);
        } else at++;
      }
    };
    const begin = (errand: Errand): void => {
      const { host, visitor } = errand;
      running++;
      busy.add(`host ${host}`).add(`visitor ${visitor}`);
      field.visit(errand).then((visited) => {
        running--;
        busy.delete(`host ${host}`);
        busy.delete(`visitor ${visitor}`);
        const pair = { host, visitor, ...visited };
        pairs.push(pair);
        const seconds = Math.round(((performance.now() - began) / pairs.length / 1000) * (errands.length - pairs.length));
        onPair(pair, `${pairs.length} of ${errands.length}, ${seconds} s left`);
        next();
      }, reject);
    };
    next();
  });
  return pairs;
}

/** All pairs, such that neighbours have neither end in common: they can go on at once. */
function pairsOf(kinds: readonly string[]): { host: string; visitor: string }[] {
  const all = kinds.flatMap((_, apart) => kinds.map((host, at) => ({ host, visitor: kinds[(at + apart) % kinds.length] as string })));
  return kinds.includes(TOGETHER) ? [...all, { host: TOGETHER, visitor: SAME_LAN }] : all;
}

/** All pairs, by all strategies there are, and then by the restricted sets. */
export async function matrix(options: MatrixOptions): Promise<Matrix> {
  const { kinds, settleMs, visits, compare, onPair = () => {}, onProgress = () => {}, ...wire } = options;
  const all = pairsOf(kinds);
  const visitors = [...new Set(all.map(({ visitor }) => visitor))];
  const place = ({ host, visitor }: Pair): number => kinds.indexOf(host) * visitors.length + visitors.indexOf(visitor);
  const inOrder = (pairs: Pair[]): Pair[] => pairs.sort((a, b) => place(a) - place(b));
  const field = await Field.open({ hosts: kinds, visitors, onProgress, ...wire });
  try {
    const began = performance.now();
    const pairs = await run(
      field,
      all.map((pair) => {
        const { rung } = expectationOf(pair);
        return {
          ...pair,
          examined: true,
          wanted: rung === 'relay' ? 'tcp-punch' : rung,
          settleMs: rung === 'relay' ? SURPRISE_MS : settleMs,
        };
      }),
      visits,
      onPair,
    );
    const [ms, load] = [performance.now() - began, loadavg()[0] as number];
    const tell = (pair: Pair, progress: string): void =>
      onProgress(`${progress}: ${pair.host} × ${pair.visitor}: ${pair.whole ? techniqueOf(pair) : 'not reached'}`);
    const compared: (Restriction & { pairs: Pair[] })[] = [];
    for (const restriction of compare) {
      onProgress(`and now by ${restriction.techniques.join(', ')} alone`);
      const errands = all.map((pair) => ({ ...pair, ...restriction, wanted: 'tcp-punch', settleMs }));
      compared.push({ ...restriction, pairs: inOrder(await run(field, errands, WAITING * visits, tell)) });
    }
    return { kinds, pairs: inOrder(pairs), ms, load, compared };
  } finally {
    await field.close();
  }
}

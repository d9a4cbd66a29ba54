// SPDX-License-Identifier: Apache-2.0
// The workload "reach" from beginning to end: each system with each pair of networks, each in a lab of its own.

import { kindOf } from '../../test/lab/kinds.ts';
import { lacksFor, noLabReason, openLab } from '../../test/lab/lab.ts';
import { installPackages, versionOf } from './packages.ts';
import type { Pair, Reach, Reached, System } from './reach.ts';

/** The longest a visit may take with all that it needs, in milliseconds; the longest of all alone wait for 80 s. */
const MOST_MS = 240_000;
/** Visits that are tried before a pair counts as not reached: on a busy machine a program may give up before it has begun. */
const TRIES = 2;

export interface Reaching {
  /** Kinds of network; each is paired with each. */
  readonly kinds: readonly string[];
  /** The round trip between any two ends, in milliseconds. */
  readonly rttMs: number;
  /** Labs at once. */
  readonly labs: number;
  /** The peers that are wanted, by the start of their names; all when left out. */
  readonly peers?: readonly string[];
  readonly signal: AbortSignal;
  /** Told what goes on, a line at a time. */
  readonly log: (line: string) => void;
}

/** What was found. */
export interface Found {
  readonly kinds: readonly string[];
  /** The systems' names, ours first. */
  readonly systems: readonly string[];
  readonly pairs: readonly Pair[];
  /** What was left out, and why. */
  readonly skipped: readonly string[];
}

/** Throws an Error that names what there is when a kind is unknown. */
export function checkKinds(kinds: readonly string[]): void {
  for (const kind of kinds) kindOf(kind);
}

/**
 * Measures. A peer or a kind that cannot be had is left out; what fails counts as not reached.
 * @throws Error in words when no lab can be opened here, or the signal's reason
 */
export async function measureReach({ systems }: Reach, reaching: Reaching): Promise<Found> {
  const { log, signal } = reaching;
  const reason = noLabReason();
  if (reason) throw new Error(reason);
  const skipped: string[] = [];
  const kept = <T>(things: readonly T[], whyNot: (thing: T) => string | null): T[] =>
    things.filter((thing) => {
      const why = whyNot(thing);
      if (why !== null) {
        skipped.push(why);
        log(why);
      }
      return why === null;
    });
  const kinds = kept(reaching.kinds, lacksFor);
  const [ours, ...peers] = systems as [System, ...System[]];
  const wanted = peers.filter(({ name }) => reaching.peers?.some((start) => name.startsWith(start)) ?? true);
  const lacks = ({ packages }: System): string | undefined => packages.find((one) => versionOf(one) === null);
  const installing = wanted.some(lacks) ? installPackages(log) : null;
  const measured = [
    ours,
    ...kept(wanted, (system) => {
      const absent = lacks(system);
      if (absent === undefined) return null;
      return `${system.name} is left out: the package ${absent} is not installed${installing === null ? '' : `; ${installing}`}`;
    }),
  ];
  const visits = kinds.flatMap((host) => kinds.flatMap((visitor) => measured.map((system) => ({ host, visitor, system }))));
  const pairs: Pair[] = new Array(visits.length);
  const left = [...visits.entries()];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [at, { host, visitor, system }] = next;
      let reached = await once(system, host, visitor, reaching);
      for (let tries = 1; tries < TRIES && reached.rung === 'none'; tries++) {
        log(`${host} × ${visitor}, ${system.name}: once more, for ${reached.why}`);
        reached = await once(system, host, visitor, reaching);
      }
      pairs[at] = { host, visitor, system: system.name, ...reached };
      const { rung, directMs, why } = reached;
      log(`${host} × ${visitor}, ${system.name}: ${rung}${directMs === null ? '' : ` in ${directMs} ms`}${why === null ? '' : `: ${why}`}`);
    }
  };
  await Promise.all(Array.from({ length: reaching.labs }, work));
  signal.throwIfAborted();
  return { kinds, systems: measured.map(({ name }) => name), pairs, skipped };
}

/** One visit in a lab of its own, which takes with it whatever still runs. */
async function once(system: System, host: string, visitor: string, { rttMs, signal }: Reaching): Promise<Reached> {
  signal.throwIfAborted();
  const late = AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)]);
  try {
    const lab = await openLab({ host, visitor, rttMs });
    try {
      const over = new Promise<never>((_, reject) => {
        late.addEventListener('abort', () => reject(new Error(`took over ${MOST_MS / 1000} s`)), { once: true });
      });
      return await Promise.race([system.reach(lab), over]);
    } finally {
      await lab.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return { rung: 'none', directMs: null, joinMs: 0, why: (error as Error).message.split('\n', 1)[0] as string };
  }
}

// SPDX-License-Identifier: Apache-2.0
// The search: tries to open the paths that a session lacks, one try at a time, with growing waits and a limit of tries.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import type { Connection } from '../channel/connection.ts';
import { describeFailures, type Failure, failuresOf, noPath } from '../strategy/engine.ts';
import type { Policy } from '../strategy/policy.ts';
import { type StrategyInfo, strategyNamed } from '../strategy/strategy.ts';
import type { Clock } from '../time/clock.ts';
import type { Placed, Wants } from './decide.ts';
import { soughtInVain } from './news.ts';

/** A better path, or a standby, is looked for again after the first of these, then ever more slowly up to the second, in milliseconds. */
export const POLITE_MS = [60_000, 600_000] as const;
/** A better path that was there a moment ago is looked for again after this wait first, in milliseconds: the network may need it. */
export const BRISK_MS = 2000;
/** A try that less was known for than now has had its time after so long, in milliseconds: another takes its place. */
export const FAIR_MS = 3000;
/** While nothing carries, the waits between tries grow from the first to the second, in milliseconds. */
export const URGENT_MS = [300, 8000] as const;
/** At most so many tries in so many milliseconds, whatever happens. */
export const MAX_TRIES = 40;
export const TRIES_WINDOW_MS = 600_000;

/**
 * Opens connections by the strategies of these names and adds each to the session as it stands. Resolves when no further one will
 * come, with what became of those that did not stand; rejects when none did. The signal stops what is under way, and touches no path.
 * `onAttempt` is told of each strategy that is begun, for not every one that is wanted can be: of who tells of none, all are taken to
 * be.
 */
export type OpenNamed = (names: readonly string[], signal: AbortSignal, onAttempt: (name: string) => void) => Promise<readonly Failure[]>;

export type Want = keyof Wants;
export const WANTS: readonly Want[] = ['any', 'standby', 'better'];

export interface SearchOptions {
  readonly policy: Policy;
  /** The strategies there are. */
  readonly strategies: readonly StrategyInfo[];
  readonly open: OpenNamed;
  readonly clock: Clock;
  /** From 0 to 1; spreads tries. */
  readonly random?: (() => number) | undefined;
  /** A try came to its end by itself. `words`: what became of the strategies that did not stand. */
  readonly onEnd: (what: Want, words: string) => void;
}

interface Attempt {
  readonly what: Want;
  readonly begunAt: number;
  readonly abort: AbortController;
  /** The strategies of it that were begun, as far as that is told. */
  readonly begun: Set<string>;
  outdated: boolean;
}

export class PathSearch {
  /** What the policy allows, the best first. */
  readonly strategies: readonly StrategyInfo[];
  readonly places: readonly Placed[];
  readonly #options: SearchOptions;
  readonly #paces: Readonly<Record<Want, Pace>>;
  readonly #budget = new Budget(MAX_TRIES, TRIES_WINDOW_MS);
  #attempt: Attempt | null = null;

  constructor(options: SearchOptions) {
    const { policy, random = Math.random } = options;
    this.#options = options;
    this.strategies = options.strategies
      .filter((strategy) => policy.rank(strategy) !== null)
      .sort((a, b) => this.place(a.name).rank - this.place(b.name).rank);
    this.places = this.strategies.map(({ name }) => this.place(name));
    this.#paces = {
      any: new Pace(...URGENT_MS, random),
      better: new Pace(...POLITE_MS, random),
      standby: new Pace(...POLITE_MS, random),
    };
  }

  /**
   * Begins anew with what is tried ever more slowly: due at that time.
   * @param first the wait after that try, in milliseconds, in place of the usual one
   */
  hurry(what: Want, at: number, first?: number): void {
    this.#paces[what].hurry(at, first);
  }

  /** More is known of the networks: a better path is due at once, or as soon as a try under way has had its time. */
  learned(): void {
    this.hurry('better', this.#options.clock.now());
    if (this.#attempt) this.#attempt.outdated = true;
  }

  dueAt(what: Want): number {
    return this.#paces[what].at;
  }

  /**
   * Gives up a try that is not needed any more, and begins one that is wanted and due.
   * @param via the path in use
   * @param mayBegin whether there is room for another path
   * @returns when the next try is due, if that is to be waited for
   */
  seek(wants: Wants, via: string | null, mayBegin: boolean): number | null {
    if (this.#attempt) {
      const { what, begunAt, outdated } = this.#attempt;
      const wanted = what === 'any' ? WANTS.some((one) => wants[one]) : wants[what];
      const fairUntil = begunAt + FAIR_MS;
      if (wanted && !(outdated && wants.better)) return null; // its end is looked at
      if (wanted && fairUntil > this.#options.clock.now()) return fairUntil;
      this.abandon(wanted ? 'more is known of the networks now' : 'it is not needed any more');
    }
    const [what] = WANTS.filter((one) => wants[one]).sort((a, b) => this.dueAt(a) - this.dueAt(b));
    if (!what) return null;
    const now = this.#options.clock.now();
    const due = Math.max(this.dueAt(what), this.#budget.freeAt(now));
    if (due > now) return due;
    if (mayBegin) void this.begin(what, via);
    return null;
  }

  abandon(why: string): void {
    const attempt = this.#attempt;
    this.#attempt = null;
    attempt?.abort.abort(new PortholeError('CANCELLED', why));
  }

  /** One try, to its end. Resolves with the error if it was one; never rejects. */
  async begin(what: Want, via: string | null): Promise<PortholeError | null> {
    const { open, onEnd, clock } = this.#options;
    const now = clock.now();
    const attempt: Attempt = { what, begunAt: now, abort: new AbortController(), begun: new Set(), outdated: false };
    this.#attempt = attempt;
    this.#budget.spend(now);
    // Whatever comes of it, the next one keeps its distance.
    this.#paces[what].tried(now);
    if (what === 'any') this.#paces.better.tried(now);
    let error: PortholeError | null = null;
    let words = '';
    try {
      words = describeFailures(await open(this.namesFor(what, via), attempt.abort.signal, (name) => void attempt.begun.add(name)));
    } catch (thrown) {
      error = asPortholeError(thrown, 'NO_PATH');
      words = describeFailures(failuresOf(error)) || error.message;
    }
    if (this.#attempt !== attempt) return error;
    this.#attempt = null;
    onEnd(what, words);
    return error;
  }

  /** That this was looked for in vain beside the path in use, in words; `words`: what became of each strategy. */
  inVain(what: Want, via: string | null, words: string): string {
    const { strategies, clock } = this.#options;
    const relayed = via !== null && strategyNamed(via, strategies).kind === 'relayed';
    const direct = what === 'better' && relayed && this.strategies.some(({ kind }) => kind === 'direct');
    return soughtInVain(direct ? 'direct' : what, words, this.dueAt(what) - clock.now());
  }

  /** Those that are better than the path in use and are being tried. */
  betterUnderWay(via: string): readonly string[] {
    const begun = this.#attempt?.begun ?? new Set();
    return this.namesFor('better', via).filter((name) => begun.size === 0 || begun.has(name));
  }

  /** The strategies to try for that, beside the path in use. */
  namesFor(what: Want, via: string | null): readonly string[] {
    const measure = (name: string): number => (what === 'better' ? -this.place(name).rank : this.place(name).tier);
    const names = this.strategies.map(({ name }) => name);
    return what === 'any' || via === null ? names : names.filter((name) => measure(name) > measure(via));
  }

  /** Where the policy puts the strategies of this name. */
  place(name: string): Placed {
    const { policy, strategies } = this.#options;
    const strategy = strategyNamed(name, strategies);
    return { rank: policy.rank(strategy) ?? Number.POSITIVE_INFINITY, tier: policy.tier(strategy) };
  }
}

/** Tries spread by so much, up and down, so that many who lost the same relay do not come back in step. */
const JITTER = 0.2;

/** When the next try of one kind is due. */
export class Pace {
  /** Due from here on. */
  at = 0;
  readonly #first: number;
  readonly #most: number;
  readonly #random: () => number;
  #wait: number;

  /** @param first the wait from the first try to the next, doubled after each further one up to `most`; milliseconds */
  constructor(first: number, most: number, random: () => number) {
    this.#first = first;
    this.#most = most;
    this.#random = random;
    this.#wait = first;
  }

  /**
   * Begins anew: due at that time.
   * @param first the wait after that try, in milliseconds; the pace's own first when left out
   */
  hurry(at: number, first = this.#first): void {
    this.at = at;
    this.#wait = first;
  }

  tried(now: number): void {
    this.at = now + this.#wait * (1 - JITTER + 2 * JITTER * this.#random());
    this.#wait = Math.min(this.#wait * 2, this.#most);
  }
}

/** At most so many in any stretch of time. */
export class Budget {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #spent: number[] = [];

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** When the next one may be: now or later. */
  freeAt(now: number): number {
    while (this.#spent.length > 0 && (this.#spent[0] as number) <= now - this.#windowMs) this.#spent.shift();
    return this.#spent.length < this.#most ? now : (this.#spent[0] as number) + this.#windowMs;
  }

  spend(now: number): void {
    this.#spent.push(now);
  }
}

/** Errors that another connection may not have; all else is of the other end. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(['PATH_LOST', 'PATH_SILENT', 'TIMED_OUT', 'CANCELLED']);

/**
 * Opens connections and adds each to a session as it stands: what a PathManager's `open` does.
 * @param open opens connections and hands over each (`Calls.open`)
 * @param add takes a connection in; resolves when the other end has agreed, and closes it when it rejects
 * @returns when no further path will come: what became of the strategies that are not in
 * @throws PortholeError what the other end refused all of them with; NO_PATH naming each; or what `open` rejects with
 */
export async function openInto(
  open: (onPath: (connection: Connection) => void) => Promise<readonly Failure[]>,
  add: (connection: Connection) => Promise<unknown>,
): Promise<readonly Failure[]> {
  const adding: Promise<void>[] = [];
  const failures: Failure[] = [];
  let added = false;
  let refusal: PortholeError | null = null;
  const take = async (connection: Connection): Promise<void> => {
    try {
      await add(connection);
      added = true;
    } catch (thrown) {
      const error = asPortholeError(thrown, 'PATH_LOST');
      failures.push({ strategy: connection.via, error });
      if (!OF_THE_CONNECTION.has(error.code)) refusal ??= error;
    }
  };
  let ended: unknown = null;
  try {
    failures.push(...(await open((connection) => adding.push(take(connection)))));
  } catch (thrown) {
    ended = thrown;
  }
  await Promise.all(adding);
  if (added) return [...failures, ...failuresOf(asPortholeError(ended))];
  throw refusal ?? ended ?? noPath(failures);
}

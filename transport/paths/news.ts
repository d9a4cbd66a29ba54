// SPDX-License-Identifier: Apache-2.0
// Words for changes of a session's paths, in order. A move is reported once the round trip of its path is known, a moment later.

import type { Path } from '../continuity/path.ts';
import { type StrategyInfo, strategyNamed } from '../strategy/strategy.ts';
import type { Clock } from '../time/clock.ts';

/** A change of what carries a session, for a person to read. */
export interface PathNews {
  /** What it is. */
  readonly kind:
    | 'moved' // another path carries
    | 'silent' // the path in use gives no sign of life, and there is no other
    | 'recovered' // it does again
    | 'lost' // the path in use is gone, and there is no other
    | 'standby' // there is another one to fall back on, or none any more
    | 'sought' // a path was looked for in vain
    | 'changed'; // the network, or what is known of the host
  /** The path in use; empty while there is none. */
  readonly via: string;
  /** Milliseconds of a round trip on it; 0 where there is none, or it is not measured. */
  readonly rttMs: number;
  /** The path that stands by; empty while there is none. */
  readonly standby: string;
  /** Why, in words. */
  readonly reason: string;
}

/** A path's name in a sentence. */
export function pathName({ via, how }: Path, strategies: readonly StrategyInfo[]): string {
  const { name, kind } = strategyNamed(via, strategies);
  return `${kind === 'relayed' ? `the ${name}` : name}${how ? ` (${how})` : ''}`;
}

/** A path was the first to stand, while better strategies are tried. */
export function stoodFirst(name: string, better: readonly string[]): string {
  return `${name} stood first${better.length > 0 ? `; ${better.join(' and ')} still being tried` : ''}`;
}

/** A path takes over from one that failed, after so many milliseconds without any; null: at once. */
export function carriesOn(fall: string, name: string, lateMs: number | null): string {
  return `${fall}; ${name} carries on${lateMs === null ? '' : ` after ${(lateMs / 1000).toFixed(1)} s`}`;
}

/** A better path takes over: how far the peer is on it, and was on the other. */
export function stands(path: Path, old: Path, strategies: readonly StrategyInfo[]): string {
  const round = (ms: number): number => Math.max(1, Math.round(ms));
  const [name, oldName] = [pathName(path, strategies), pathName(old, strategies)];
  const here = path.rttMs > 0 ? `${name} is ${round(path.rttMs)} ms away` : name;
  const direct = strategyNamed(path.via, strategies).kind === 'direct' && strategyNamed(old.via, strategies).kind === 'relayed';
  const farther = old.rttMs > 0 ? `${here}, ${oldName} was ${round(old.rttMs)} ms` : `${here} in place of ${oldName}`;
  return `${direct ? 'a direct path' : 'a better path'} stands: ${farther}`;
}

/** What was looked for was not found, with what became of each strategy; the next try is in so many milliseconds. */
export function soughtInVain(what: 'any' | 'better' | 'standby' | 'direct', words: string, nextMs: number): string {
  const missing = { any: 'no path', better: 'no better path', direct: 'no direct path', standby: 'no standby' }[what];
  const next = nextMs > 0 ? `the next try is in ${Math.ceil(nextMs / 1000)} s` : 'trying again';
  return `${missing} yet${words && ` (${words})`}; ${next}`;
}

/** The round trip of a new path is looked for so often, and so long at the most, before the move to it is told, in milliseconds. */
export const MEASURE_MS = [20, 1000] as const;

interface Untold {
  readonly kind: PathNews['kind'];
  readonly path: Path | null;
  readonly standby: string;
  readonly why: () => string;
  readonly at: number;
}

export class Teller {
  readonly #clock: Clock;
  readonly #onNews: (news: PathNews) => void;
  readonly #untold: Untold[] = [];
  #cancel: () => void = () => {};

  constructor(clock: Clock, onNews: (news: PathNews) => void) {
    this.#clock = clock;
    this.#onNews = onNews;
  }

  /**
   * @param path in use; null: none
   * @param why in words; asked for when it is told
   */
  tell(kind: PathNews['kind'], path: Path | null, standby: Path | null, why: () => string): void {
    this.#untold.push({ kind, path, standby: standby?.via ?? '', why, at: this.#clock.now() });
    this.#flush();
  }

  /** Tells what there is, without waiting: a path is silent or gone. */
  hurry(): void {
    this.#cancel();
    for (const one of this.#untold.splice(0)) this.#say(one);
  }

  /** Nothing more is told. */
  stop(): void {
    this.#cancel();
    this.#untold.length = 0;
  }

  #flush(): void {
    this.#cancel();
    const [again, most] = MEASURE_MS;
    for (let [next] = this.#untold; next; [next] = this.#untold) {
      if (next.kind === 'moved' && next.path?.rttMs === 0 && this.#clock.now() - next.at < most) {
        this.#cancel = this.#clock.after(again, () => this.#flush());
        return;
      }
      this.#untold.shift();
      this.#say(next);
    }
  }

  #say({ kind, path, standby, why }: Untold): void {
    this.#onNews({ kind, via: path?.via ?? '', rttMs: path?.rttMs ?? 0, standby, reason: why() });
  }
}

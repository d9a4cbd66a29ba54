// SPDX-License-Identifier: Apache-2.0
// Tells what happens to a session's paths, in order; a move when the round trip of its path is known, which is a moment later.

import type { Clock } from '../time/clock.ts';
import type { KeptPath, PathNews } from './paths.ts';

/** The round trip of a new path is looked for so often, and so long at the most, before the move to it is told, in milliseconds. */
export const MEASURE_MS = [20, 1000] as const;

interface Untold<P> {
  readonly kind: PathNews['kind'];
  readonly path: P | null;
  readonly standby: string;
  readonly why: () => string;
  readonly at: number;
}

export class Teller<P extends KeptPath> {
  readonly #clock: Clock;
  readonly #onNews: (news: PathNews) => void;
  readonly #untold: Untold<P>[] = [];
  #cancel: () => void = () => {};

  constructor(clock: Clock, onNews: (news: PathNews) => void) {
    this.#clock = clock;
    this.#onNews = onNews;
  }

  /**
   * @param path in use; null: none
   * @param why in words; asked for when it is told
   */
  tell(kind: PathNews['kind'], path: P | null, standby: P | null, why: () => string): void {
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

  #say({ kind, path, standby, why }: Untold<P>): void {
    this.#onNews({ kind, via: path?.via ?? '', rttMs: path?.rttMs ?? 0, standby, reason: why() });
  }
}

// SPDX-License-Identifier: Apache-2.0
// Checks again and again whether what let each visitor in still holds, and ends the sessions for which it does not.

import type { PortholeError } from '../../proto/errors.ts';
import type { Clock } from '../time/clock.ts';
import type { Authorization, Gate, Judgement } from './gate.ts';
import type { ResumableHost } from './host.ts';
import { JUDGE_MS } from './limits.ts';

export class Judging {
  readonly #judge: () => Promise<Judgement>;
  readonly #clock: Clock;
  readonly #authorized = new Map<ResumableHost, Authorization>();
  #newest: Judgement | null = null;
  #looking = false;
  #cancel: (() => void) | null = null;

  /** @returns null for a gate that never takes back what it gave */
  static of(gate: Gate | undefined, clock: Clock): Judging | null {
    return gate?.judge ? new Judging(() => (gate.judge as () => Promise<Judgement>)(), clock) : null;
  }

  private constructor(judge: () => Promise<Judgement>, clock: Clock) {
    this.#judge = judge;
    this.#clock = clock;
  }

  /** A session was let in: from now on it is judged, with and without a path. */
  add(resumable: ResumableHost, authorization: Authorization): void {
    this.#authorized.set(resumable, authorization);
    resumable.onEvent(({ type }) => type === 'over' && this.#forget(resumable));
    this.#wait();
  }

  /** Why a session may not go on, by the rules as they were read last; null when it may. They are read anew at once. */
  refusal(resumable: ResumableHost): PortholeError | null {
    void this.#look();
    const authorization = this.#authorized.get(resumable);
    return (authorization && this.#newest?.(authorization)) ?? null;
  }

  #wait(): void {
    if (this.#authorized.size > 0) this.#cancel ??= this.#clock.after(JUDGE_MS, () => void this.#look());
  }

  #forget(resumable: ResumableHost): void {
    this.#authorized.delete(resumable);
    if (this.#authorized.size > 0) return;
    this.#cancel?.();
    this.#cancel = null;
    this.#newest = null; // it is older than the next session
  }

  async #look(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#looking) return;
    this.#looking = true;
    try {
      const judgement = await this.#judge();
      this.#newest = judgement;
      for (const [resumable, authorization] of [...this.#authorized]) {
        const refusal = judgement(authorization);
        if (refusal) resumable.abort(refusal);
      }
    } catch {
      // The gate has told its owner; the rules stay as they were.
    } finally {
      this.#looking = false;
      this.#wait();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Bounds the memory that a host holds for all its sessions together, and chooses which session ends when it is too much.

import { PortholeError } from '../../proto/errors.ts';
import type { ResumableHost } from './host.ts';
import { MAX_HELD_BYTES, MAX_KEPT_SESSIONS } from './limits.ts';

export class Holdings {
  /** Every session, and the bytes that were counted for it last. */
  readonly #counted = new Map<ResumableHost, number>();
  /** Sessions without a path, the one first that lost it first. */
  readonly #kept = new Set<ResumableHost>();
  #bytes = 0; // the sum of what was counted: never less than what is held by those that have grown

  add(resumable: ResumableHost): void {
    this.#counted.set(resumable, 0);
    resumable.onGrown = () => this.#grown(resumable);
    resumable.onEvent(({ type }) => {
      if (type === 'stranded') this.#keep(resumable);
      else if (type === 'found') this.#kept.delete(resumable);
      else if (type === 'over') this.#forget(resumable);
    });
  }

  /** Sessions without a path. */
  get kept(): number {
    return this.#kept.size;
  }

  #grown(resumable: ResumableHost): void {
    this.#count(resumable);
    if (this.#bytes <= MAX_HELD_BYTES) return;
    for (const one of this.#counted.keys()) this.#count(one); // others have shrunk meanwhile
    while (this.#bytes > MAX_HELD_BYTES) {
      const least = this.#leastUseful;
      if (!least) return;
      this.#forget(least); // whatever comes of its end
      least.abort(new PortholeError('SESSION_LOST', 'the host holds too much for its visitors'));
    }
  }

  #keep(resumable: ResumableHost): void {
    this.#kept.add(resumable);
    while (this.#kept.size > MAX_KEPT_SESSIONS) {
      const [oldest] = this.#kept;
      if (!oldest) return;
      this.#kept.delete(oldest); // whatever comes of its end
      oldest.abort(new PortholeError('SESSION_LOST', 'the host keeps too many sessions without a path'));
    }
  }

  #count(resumable: ResumableHost): void {
    const before = this.#counted.get(resumable);
    if (before === undefined) return;
    const { held } = resumable;
    this.#counted.set(resumable, held);
    this.#bytes += held - before;
  }

  #forget(resumable: ResumableHost): void {
    this.#bytes -= this.#counted.get(resumable) ?? 0;
    this.#counted.delete(resumable);
    this.#kept.delete(resumable);
  }

  /** Of those that hold anything: one without a path, else the one to which nothing has got through for the longest time. */
  get #leastUseful(): ResumableHost | undefined {
    const holding = (one: ResumableHost): boolean => one.held > 0;
    const stranded = [...this.#kept].find(holding);
    return stranded ?? [...this.#counted.keys()].filter(holding).sort((x, y) => x.progressAt - y.progressAt)[0];
  }
}

// SPDX-License-Identifier: Apache-2.0
// What a host holds for all its sessions together, and which of them it gives up when that is too much.

import { PortholeError } from '../../proto/errors.ts';
import type { HostThread } from './host.ts';
import { MAX_HELD_BYTES, MAX_KEPT_SESSIONS } from './limits.ts';

export class Holdings {
  /** Every session, and the bytes that were counted for it last. */
  readonly #counted = new Map<HostThread, number>();
  /** Sessions without a path, the one first that lost it first. */
  readonly #kept = new Set<HostThread>();
  #bytes = 0; // the sum of what was counted: never less than what is held by those that have grown

  add(thread: HostThread): void {
    this.#counted.set(thread, 0);
    thread.onGrown = () => this.#grown(thread);
    thread.onEvent(({ type }) => {
      if (type === 'stranded') this.#keep(thread);
      else if (type === 'found') this.#kept.delete(thread);
      else if (type === 'over') this.#forget(thread);
    });
  }

  /** Sessions without a path. */
  get kept(): number {
    return this.#kept.size;
  }

  #grown(thread: HostThread): void {
    this.#count(thread);
    if (this.#bytes <= MAX_HELD_BYTES) return;
    for (const one of this.#counted.keys()) this.#count(one); // others have shrunk meanwhile
    while (this.#bytes > MAX_HELD_BYTES) {
      const least = this.#leastUseful;
      if (!least) return;
      least.abort(new PortholeError('SESSION_LOST', 'the host holds too much for its visitors'));
    }
  }

  #keep(thread: HostThread): void {
    this.#kept.add(thread);
    while (this.#kept.size > MAX_KEPT_SESSIONS) {
      const [oldest] = this.#kept;
      oldest?.abort(new PortholeError('SESSION_LOST', 'the host keeps too many sessions without a path'));
    }
  }

  #count(thread: HostThread): void {
    const before = this.#counted.get(thread);
    if (before === undefined) return;
    const { held } = thread;
    this.#counted.set(thread, held);
    this.#bytes += held - before;
  }

  #forget(thread: HostThread): void {
    this.#bytes -= this.#counted.get(thread) ?? 0;
    this.#counted.delete(thread);
    this.#kept.delete(thread);
  }

  /** Of those that hold anything: one without a path, else the one to which nothing has got through for the longest time. */
  get #leastUseful(): HostThread | undefined {
    const holding = (one: HostThread): boolean => one.held > 0;
    const stranded = [...this.#kept].find(holding);
    return stranded ?? [...this.#counted.keys()].filter(holding).sort((x, y) => x.progressAt - y.progressAt)[0];
  }
}

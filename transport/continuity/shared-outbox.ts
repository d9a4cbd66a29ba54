// SPDX-License-Identifier: Apache-2.0
// The outbox of a session that takes turns with others on the line that they share.

import { type Item, Outbox } from './outbox.ts';
import type { Pipe } from './pipe.ts';
import type { Member, Turn, Uplink } from './uplink.ts';

export class SharedOutbox extends Outbox {
  readonly #uplink: Uplink;
  readonly #member: Member;
  /** Messages under way that went out in a turn, in their order. */
  readonly #turns: { readonly number: number; readonly turn: Turn }[] = [];

  /** @param wake called when it may be its turn */
  constructor(pipe: Pipe, uplink: Uplink, wake: () => void) {
    super(pipe);
    this.#uplink = uplink;
    this.#member = { wake, underWay: 0, late: false };
  }

  override opens(urgent: boolean): boolean {
    return super.opens(urgent) && this.#inTurn(urgent);
  }

  override take(now: number, urgent = false): Item | null {
    if (!urgent && this.next < this.end && !this.#inTurn(false)) return null;
    const item = super.take(now, urgent);
    if (item && this.pipe.narrow) {
      const turn = this.#uplink.take(this.#member, { at: now, bytes: item.cost });
      this.#turns.push({ number: item.number, turn });
    }
    return item;
  }

  override acknowledge(received: number, now: number, across = false): boolean {
    if (!super.acknowledge(received, now, across)) return false;
    const came = this.#turns.findIndex(({ number }) => number >= this.base);
    const told = this.trip !== null;
    for (const { number, turn } of this.#turns.splice(0, came < 0 ? this.#turns.length : came)) {
      this.#uplink.came(turn, told && number === this.base - 1, now, this.pipe.baseMs);
    }
    return true;
  }

  override rewind(pipe?: Pipe): void {
    const turns = this.#turns.splice(0);
    super.rewind(pipe);
    for (const { turn } of turns) this.#uplink.forget(turn);
  }

  override fail(reason: Error): void {
    this.#uplink.leave(this.#member);
    const turns = this.#turns.splice(0);
    super.fail(reason);
    for (const { turn } of turns) this.#uplink.forget(turn);
  }

  #inTurn(urgent: boolean): boolean {
    return !this.pipe.narrow || this.#uplink.opens(this.#member, urgent);
  }
}

// SPDX-License-Identifier: Apache-2.0
// The send window of a session that takes turns with others on a shared slow line (turns.ts).

import { FIRST_LOSSY_BYTES, LEAST_MESSAGE_BYTES, MESSAGE_MS, URGENT_MESSAGES } from './limits.ts';
import { Member } from './member.ts';
import type { Pipe } from './pipe.ts';
import { type Item, SendWindow } from './send-window.ts';
import type { Turn, Turns } from './turns.ts';
import type { Uplink } from './uplink.ts';

/** Milliseconds that LEAST_MESSAGE_BYTES take at least on a line that may be slow. */
const SLOW_MS = MESSAGE_MS / 2;

/** What a session takes part in, one at a time. */
interface Part {
  readonly turns: Turns;
  readonly member: Member;
}

export class SharedSendWindow extends SendWindow {
  readonly #uplink: Uplink;
  readonly #starting: Part;
  readonly #slow: Part;
  /** The pipe on which it began among the slow, what it may have under way there, and whether that has held something back of late. */
  #begun: Pipe | null = null;
  #allowed = 0;
  #held = false;
  /** Messages under way that went out in a turn, in their order. */
  readonly #taken: { readonly number: number; readonly turn: Turn; readonly part: Part }[] = [];

  /** @param wake called when it may be its turn */
  constructor(pipe: Pipe, uplink: Uplink, wake: () => void) {
    super(pipe);
    this.#uplink = uplink;
    this.#starting = { turns: uplink.starting, member: new Member(wake) };
    this.#slow = { turns: uplink.slow, member: new Member(wake) };
  }

  override opens(urgent: boolean, now: number): boolean {
    return super.opens(urgent, now) && this.#inTurn(urgent);
  }

  override take(now: number, urgent = false): Item | null {
    if (!urgent && this.next < this.end && !this.#inTurn(false)) return null;
    const item = super.take(now, urgent);
    const part = this.#part;
    if (item && part) this.#taken.push({ number: item.number, part, turn: part.turns.take(part.member, { at: now, bytes: item.cost }) });
    return item;
  }

  override acknowledge(received: number, now: number, across = false): boolean {
    const { underWay } = this;
    if (!super.acknowledge(received, now, across)) return false;
    const came = underWay - this.underWay;
    if (this.#held) this.#allowed += came;
    this.#held = false;
    this.#uplink.delivered(came, now);
    const first = this.#taken.findIndex(({ number }) => number >= this.base);
    const told = this.trip !== null;
    for (const { number, turn, part } of this.#taken.splice(0, first < 0 ? this.#taken.length : first)) {
      part.turns.came(turn, told && number === this.base - 1, now, this.pipe.baseMs);
    }
    return true;
  }

  override rewind(pipe?: Pipe): void {
    // What messages took on another path says nothing of this one.
    if (pipe && pipe !== this.pipe) this.#slow.member.forget();
    const taken = this.#taken.splice(0);
    super.rewind(pipe);
    for (const { turn, part } of taken) part.turns.forget(turn);
  }

  override stop(): void {
    for (const { turns, member } of [this.#starting, this.#slow]) turns.leave(member);
    const taken = this.#taken.splice(0);
    super.stop();
    for (const { turn, part } of taken) part.turns.forget(turn);
  }

  get #part(): Part | null {
    if (!this.pipe.starting) return this.pipe.narrow ? this.#slow : null;
    // Once it was among the slow ones it is known whether its messages take long, by its own line or by the one that all share.
    const takes = this.#slow.member.mostlyTakes(LEAST_MESSAGE_BYTES);
    return (takes === null ? this.#uplink.lossy : takes >= SLOW_MS) ? this.#slow : this.#starting;
  }

  #inTurn(urgent: boolean): boolean {
    const part = this.#part;
    if (part === null) return true;
    return (part !== this.#slow || this.#mayBegin(urgent)) && part.turns.opens(part.member, urgent);
  }

  /**
   * Whether one that begins among the slow may send more. It may be alone there, or late: then it would begin with as much as on a
   * line of which nothing is known. So it does with less, and a little more for all that comes through.
   */
  #mayBegin(urgent: boolean): boolean {
    if (!this.pipe.starting) return true;
    if (this.#begun !== this.pipe) {
      this.#begun = this.pipe;
      this.#allowed = FIRST_LOSSY_BYTES;
    }
    const held = this.underWay >= this.#allowed + (urgent ? URGENT_MESSAGES * LEAST_MESSAGE_BYTES : 0);
    this.#held ||= held;
    return !held;
  }
}

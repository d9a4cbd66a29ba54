// SPDX-License-Identifier: Apache-2.0
// What one end has to send, numbered: kept until the other end has it, so that any path can carry it again.

import { PortholeError } from '../../proto/errors.ts';
import { FIRST_RETAINED_BYTES, MAX_RETAINED_BYTES, RETAINED_OVERHEAD_BYTES } from '../../proto/limits.ts';
import { Demand } from '../demand.ts';
import { STEADY_RETAINED_BYTES } from './limits.ts';
import { fromWire } from './numbers.ts';

/** One numbered message in its pieces, and who waits for it to be on its way. */
export interface Item {
  readonly number: number;
  readonly head: Uint8Array;
  readonly content: Uint8Array | undefined;
  readonly release: (() => void) | undefined;
  /** Bytes that it counts. */
  readonly cost: number;
  waiter: { resolve(): void; reject(reason: Error): void } | null;
}

/** A path took the message: its sender may go on. */
export function settle(item: Item): void {
  item.waiter?.resolve();
  item.waiter = null;
}

export class Outbox {
  #items: (Item | undefined)[] = [];
  #at = 0; // where in #items the first one stands
  #base = 0; // its number: all before are acknowledged
  #end = 0; // the number of the next new one
  #next = 0; // the number of the next one to go out on the path in use
  #sent = 0; // the highest number that ever went out, plus one
  #retained = 0;
  #underWay = 0;
  #window = FIRST_RETAINED_BYTES;
  #limited = false; // the window has held something back lately
  readonly #demand = new Demand(0);
  #timed: { readonly number: number; readonly at: number } | null = null; // a message whose round trip is measured

  /** The number of the first message that is not acknowledged. */
  get base(): number {
    return this.#base;
  }
  get next(): number {
    return this.#next;
  }
  /** Messages that are not acknowledged. */
  get length(): number {
    return this.#end - this.#base;
  }
  /** Bytes that those count. */
  get retained(): number {
    return this.#retained;
  }
  /** Whether there is room beyond what is retained. */
  get roomy(): boolean {
    return this.#retained <= this.#window;
  }

  push(head: Uint8Array, content: Uint8Array | undefined, release: (() => void) | undefined): Item {
    const cost = head.length + (content?.length ?? 0) + RETAINED_OVERHEAD_BYTES;
    const item: Item = { number: this.#end++, head, content, release, cost, waiter: null };
    this.#items.push(item);
    this.#retained += cost;
    return item;
  }

  /**
   * The next message that is to go out, if there is one and the window allows it.
   * @param now milliseconds
   */
  take(now: number): Item | null {
    if (this.#next === this.#end) return null;
    if (this.#underWay >= this.#window) {
      this.#limited = true;
      return null;
    }
    const item = this.#items[this.#at + this.#next - this.#base] as Item;
    this.#timed ??= { number: this.#next, at: now };
    this.#next++;
    this.#sent = Math.max(this.#sent, this.#next);
    this.#underWay += item.cost;
    return item;
  }

  /** Begins again with what is not acknowledged: on another path, whose need is not known. */
  rewind(): void {
    this.#next = this.#base;
    this.#underWay = 0;
    this.#timed = null;
    this.#window = Math.min(this.#window, STEADY_RETAINED_BYTES);
  }

  /**
   * The other end has all before `received`. Returns whether that is news.
   * @param received modulo 2^32
   * @param now milliseconds
   * @param rttMs of the path in use
   * @throws PortholeError PROTOCOL_VIOLATED when it was never sent
   */
  acknowledge(received: number, now: number, rttMs: number): boolean {
    const upTo = fromWire(received, this.#base);
    if (upTo > this.#sent) throw new PortholeError('PROTOCOL_VIOLATED', 'what was never sent was acknowledged');
    if (upTo <= this.#base) return false;
    let freed = 0;
    while (this.#base < upTo) {
      const item = this.#items[this.#at] as Item;
      this.#items[this.#at++] = undefined;
      if (this.#base++ < this.#next) this.#underWay -= item.cost;
      freed += item.cost;
      settle(item);
      item.release?.();
    }
    this.#next = Math.max(this.#next, this.#base);
    this.#retained -= freed;
    this.#grow(freed, now, rttMs);
    if (this.#at === this.#items.length || (this.#at > 1024 && this.#at > this.#items.length / 2)) {
      this.#items = this.#items.slice(this.#at);
      this.#at = 0;
    }
    return true;
  }

  /**
   * The window doubles when it holds the sender back, and less than two round trips of what goes through. It halves when it is far
   * more: what a path does not need only waits in its queues, and grows cold in memory.
   */
  #grow(freed: number, now: number, rttMs: number): void {
    this.#window = Math.max(this.#window, STEADY_RETAINED_BYTES);
    const needed = this.#demand.moved(freed, now, rttMs);
    if (needed === null) return;
    if (this.#limited && needed > this.#window) this.#window = Math.min(MAX_RETAINED_BYTES, 2 * this.#window);
    else if (needed < this.#window / 4) this.#window = Math.max(STEADY_RETAINED_BYTES, this.#window / 2);
    this.#limited = false;
  }

  /** Milliseconds from a message to its acknowledgement, when one was measured: a round trip, and what it waited. */
  roundTrip(now: number): number | null {
    if (!this.#timed || this.#timed.number >= this.#base) return null;
    const { at } = this.#timed;
    this.#timed = null;
    return now - at;
  }

  /** Nothing more goes out: who waits learns why, and all is forgotten. */
  fail(reason: Error): void {
    for (const item of this.#items.slice(this.#at)) item?.waiter?.reject(reason);
    this.#items = [];
    this.#at = 0;
    this.#base = this.#end;
    this.#next = this.#end;
    this.#retained = 0;
    this.#underWay = 0;
  }
}

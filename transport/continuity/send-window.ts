// SPDX-License-Identifier: Apache-2.0
// What one end sends: numbered messages, kept until the other end has them, so that any path can carry them again.

import { PortholeError } from '../../proto/errors.ts';
import { FIRST_UNACKED_BYTES, UNACKED_OVERHEAD_BYTES } from '../../proto/limits.ts';
import { fromWire } from './numbers.ts';
import type { Departure } from './packets.ts';
import type { Pipe } from './pipe.ts';

/** One numbered message in its pieces. */
export interface Item {
  readonly number: number;
  readonly head: Uint8Array;
  readonly content: Uint8Array | undefined;
  readonly release: (() => void) | undefined;
  /** Bytes that it counts. */
  readonly cost: number;
  /** When it went out; null when it has not, or went out twice. */
  departure: Departure | null;
}

export class SendWindow {
  #items: (Item | undefined)[] = [];
  #at = 0; // where in #items the first one stands
  #base = 0; // its number: all before are acknowledged
  #end = 0; // the number of the next new one
  #next = 0; // the number of the next one to go out on the path in use
  #sent = 0; // the highest number that ever went out, plus one
  #unacked = 0;
  #underWay = 0;
  #held = false;
  #pipe: Pipe;
  #trip: number | null = null;

  /** @param pipe of the path in use */
  constructor(pipe: Pipe) {
    this.#pipe = pipe;
  }

  /** The number of the first message that is not acknowledged. */
  get base(): number {
    return this.#base;
  }
  get next(): number {
    return this.#next;
  }
  /** The number of the next new one. */
  get end(): number {
    return this.#end;
  }
  /** The path in use, as far as it is measured. */
  protected get pipe(): Pipe {
    return this.#pipe;
  }
  /** Messages that are not acknowledged. */
  get length(): number {
    return this.#end - this.#base;
  }
  /** Messages that have never gone out. */
  get unsent(): number {
    return this.#end - this.#sent;
  }
  /** Bytes that those count. */
  get unacked(): number {
    return this.#unacked;
  }
  /** Bytes that went out on the path in use and are not acknowledged. */
  get underWay(): number {
    return this.#underWay;
  }
  /** Whether more may be unacked while there is no path. */
  get roomy(): boolean {
    return this.#unacked <= FIRST_UNACKED_BYTES;
  }
  /**
   * Whether what is pushed now may go out now; asked by those who have something to push.
   * @param urgent whether that is small
   * @param now milliseconds
   */
  opens(urgent: boolean, now: number): boolean {
    return !this.#held && this.#next === this.#end && this.#goes(urgent, now);
  }

  /** Milliseconds until the pace lets the next message go out, where only that holds it back; asked by who has one. */
  pauseMs(now: number): number {
    return this.#held || !this.#fits(false) ? 0 : this.#pauseMs(now);
  }

  push(head: Uint8Array, content: Uint8Array | undefined, release: (() => void) | undefined): Item {
    const cost = head.length + (content?.length ?? 0) + UNACKED_OVERHEAD_BYTES;
    const item: Item = { number: this.#end++, head, content, release, cost, departure: null };
    this.#items.push(item);
    this.#unacked += cost;
    return item;
  }

  /**
   * The next message that is to go out, if there is one and the window allows it.
   * @param now milliseconds
   */
  take(now: number, urgent = false): Item | null {
    if (this.#held || this.#next === this.#end || !this.#goes(urgent, now)) return null;
    if (this.#underWay === 0) this.#pipe.begin(now);
    const item = this.#items[this.#at + this.#next - this.#base] as Item;
    // What goes out twice tells nothing: whichever of the two is acknowledged (Karn's rule, RFC 6298 section 3).
    item.departure = this.#next < this.#sent ? null : { at: now, bytes: item.cost };
    this.#next++;
    this.#sent = Math.max(this.#sent, this.#next);
    this.#underWay += item.cost;
    this.#pipe.departs(item.cost, now);
    return item;
  }

  #goes(urgent: boolean, now: number): boolean {
    return this.#fits(urgent) && (urgent || this.#pauseMs(now) === 0);
  }

  /** With nothing under way no acknowledgement comes: then only a timer would go on, and browsers hold back those of a hidden page. */
  #pauseMs(now: number): number {
    return this.#underWay === 0 ? 0 : this.#pipe.pauseMs(now);
  }

  #fits(urgent: boolean): boolean {
    if (this.#underWay < (urgent ? this.#pipe.urgentWindow : this.#pipe.window)) return true;
    this.#pipe.full();
    return false;
  }

  /** Nothing goes out until `rewind` or `release`: what is under way may still come through. */
  hold(): void {
    this.#held = true;
  }

  /** It goes on where it was held. */
  release(): void {
    this.#held = false;
  }

  /**
   * Begins again with what is not acknowledged.
   * @param pipe of the path that carries from now on
   */
  rewind(pipe = this.#pipe): void {
    pipe.follow(this.#pipe, this.#underWay > 0);
    this.#pipe = pipe;
    this.#next = this.#base;
    this.#underWay = 0;
    this.#held = false;
  }

  /**
   * The other end has all before `received`. Returns whether that is news.
   * @param received modulo 2^32
   * @param now milliseconds
   * @param across whether the news came on another path than what it is of: it says nothing of how long that path takes
   * @throws PortholeError PROTOCOL_VIOLATED when it was never sent
   */
  acknowledge(received: number, now: number, across = false): boolean {
    const upTo = fromWire(received, this.#base);
    if (upTo > this.#sent) throw new PortholeError('PROTOCOL_VIOLATED', 'what was never sent was acknowledged');
    if (upTo <= this.#base) return false;
    let freed = 0;
    let delivered = 0;
    let last: Departure | null = null;
    while (this.#base < upTo) {
      const item = this.#items[this.#at] as Item;
      this.#items[this.#at++] = undefined;
      if (this.#base++ < this.#next) {
        this.#underWay -= item.cost;
        delivered += item.cost;
        last = across ? null : item.departure;
      }
      freed += item.cost;
      item.release?.();
    }
    this.#next = Math.max(this.#next, this.#base);
    this.#unacked -= freed;
    if (delivered > 0) this.#pipe.acknowledged(delivered, last, now);
    this.#trip = last && now - last.at;
    if (this.#at === this.#items.length || (this.#at > 1024 && this.#at > this.#items.length / 2)) {
      this.#items = this.#items.slice(this.#at);
      this.#at = 0;
    }
    return true;
  }

  /** Milliseconds from the last message that the last news was of to that news: a round trip, and what it waited; null when it tells nothing. */
  get trip(): number | null {
    return this.#trip;
  }

  /** Nothing more goes out, and all is forgotten. */
  stop(): void {
    this.#items = [];
    this.#at = 0;
    this.#base = this.#end;
    this.#next = this.#end;
    this.#sent = this.#end;
    this.#unacked = 0;
    this.#underWay = 0;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Credit: how much the receiver allows the sender to have under way, on one stream and on the whole session (SITE.md section 6).

import { PortholeError } from '../../proto/errors.ts';
import { MAX_CREDIT, MAX_STREAM_CREDIT } from '../../proto/limits.ts';
import { Demand } from './demand.ts';

interface Waiter {
  readonly owner: object;
  resolve(): void;
  reject(reason: Error): void;
}

/** The sender's side: bytes it may still send, and those who wait for more. */
export class SendCredit {
  #bytes: number;
  #failure: Error | null = null;
  #waiting: Waiter[] = [];

  constructor(bytes = 0) {
    this.#bytes = bytes;
  }

  /** Bytes that may be sent now. */
  get bytes(): number {
    return this.#bytes;
  }

  spend(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** @throws PortholeError PROTOCOL_VIOLATED when the sum passes MAX_CREDIT */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > MAX_CREDIT) throw new PortholeError('PROTOCOL_VIOLATED', `more than ${MAX_CREDIT} bytes of credit were given`);
    if (this.#bytes > 0) for (const one of this.#waiting.splice(0)) one.resolve();
  }

  /** Resolves when there may be credit again; rejects once `fail` was called, or `giveUp` for this owner. */
  more(owner: object): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#bytes > 0) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ owner, resolve, reject }));
  }

  /** An owner needs no credit any more: its waits end with the reason. */
  giveUp(owner: object, reason: Error): void {
    const waiting = this.#waiting.filter((one) => one.owner === owner);
    if (waiting.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => one.owner !== owner);
    for (const one of waiting) one.reject(reason);
  }

  fail(reason: Error): void {
    this.#failure ??= reason;
    for (const one of this.#waiting.splice(0)) one.reject(this.#failure);
  }
}

/** The receiver's side: what it has let the sender have, and when to give more. */
export class ReceiveCredit {
  #window: number;
  readonly #most: number;
  readonly #allow: (bytes: number) => number;
  #underWay = 0; // received and not yet taken
  #taken = 0; // taken and not yet given back
  readonly #demand: Demand;

  /**
   * @param window bytes the sender was given at the start
   * @param now milliseconds
   * @param allow how much of a growth the session has room for; without it the window stays
   */
  constructor(window: number, now: number, allow?: (bytes: number) => number) {
    this.#window = window;
    this.#most = allow ? MAX_STREAM_CREDIT : window;
    this.#allow = allow ?? (() => 0);
    this.#demand = new Demand(now);
  }

  /** Bytes the sender may have under way. */
  get window(): number {
    return this.#window;
  }

  /** Bytes received that nobody has taken. */
  get held(): number {
    return this.#underWay;
  }

  /** Bytes taken that were not given back yet. */
  get owed(): number {
    return this.#taken;
  }

  /** Gives back all that was taken. Returns the credit to give now. */
  settle(): number {
    const give = this.#taken;
    this.#taken = 0;
    return give;
  }

  /** @throws PortholeError CREDIT_EXCEEDED when the sender had no credit for these bytes */
  received(bytes: number): void {
    this.#underWay += bytes;
    if (this.#underWay + this.#taken > this.#window) throw new PortholeError('CREDIT_EXCEEDED');
  }

  /**
   * The reader took bytes. Returns the credit to give now, 0 for none yet. The window doubles when the reader takes more in two
   * round trips than half of it: then it, not the reader, is what holds the sender back.
   */
  took(bytes: number, now: number, rttMs: number): number {
    this.#underWay -= bytes;
    this.#taken += bytes;
    const needed = this.#window < this.#most ? this.#demand.moved(bytes, now, rttMs) : null;
    let growth = 0;
    // Half of it may be on its way back.
    if (needed !== null && needed > this.#window / 2) growth = this.#allow(Math.min(this.#window, this.#most - this.#window));
    if (growth === 0 && this.#taken < (this.#window - this.#underWay) / 2) return 0;
    const give = this.#taken + growth;
    this.#window += growth;
    this.#taken = 0;
    return give;
  }
}

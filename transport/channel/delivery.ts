// SPDX-License-Identifier: Apache-2.0
// Holds the messages that a connection has received until there is a receiver, and while the receiver pauses.

import { PortholeError } from '../../proto/errors.ts';
import type { Receiver } from './connection.ts';

/** Gives each message to the receiver at once, or keeps it: the receiving half of every Connection. */
export class Delivery {
  readonly #onTake: ((bytes: number) => void) | undefined;
  #receiver: Receiver | null = null;
  #paused = false;
  #kept: (Uint8Array | null)[] = [];
  #next = 0; // where in #kept the first one stands: `shift` moves all others of a long queue
  #bytes = 0;
  #end: { readonly reason: Error | null } | null = null;
  #giving = false; // a message is with the receiver: what it makes come follows behind it
  #told = false; // the receiver knows of the end
  #drained = false; // there was nobody to tell it

  /** @param onTake called with its length just before each message is given, for those who hold their source back */
  constructor(onTake?: (bytes: number) => void) {
    this.#onTake = onTake;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether nothing more can come. */
  get done(): boolean {
    return this.#end !== null;
  }

  /** Whether what comes is given at once. */
  get open(): boolean {
    return this.#receiver !== null && !this.#paused && this.#kept.length === 0;
  }

  /** Gives what waits, and what comes, to a receiver. */
  start(receiver: Receiver): void {
    if (this.#receiver) throw new PortholeError('INTERNAL', 'a connection has one receiver');
    this.#receiver = receiver;
    if (this.#drained) receiver.drained();
    this.#give();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#give();
  }

  heard(): void {
    if (!this.#told) this.#receiver?.heard();
  }

  drained(): void {
    if (this.#receiver === null) this.#drained = true;
    else if (!this.#told) this.#receiver.drained();
  }

  /** Takes a message; nothing after the end. @param borrowed whether its memory is another's after the call */
  message(message: Uint8Array, borrowed: boolean): void {
    if (this.#end) return;
    if (this.open && !this.#giving) {
      this.#take(message);
      if (this.#kept.length > 0 || this.#end) this.#give();
      return;
    }
    this.#kept.push(borrowed ? new Uint8Array(message) : message);
    this.#bytes += message.length;
  }

  /** All has come: the receiver is given what waits, then the end. */
  end(): void {
    this.#end ??= { reason: null };
    this.#give();
  }

  /** It broke: what waits is dropped, and the receiver is told at once. Nothing happens after the end. */
  fail(reason: Error): void {
    if (this.#end) return;
    this.#end = { reason };
    this.#drop();
  }

  /** This end wants no more: what waits is dropped. */
  discard(): void {
    this.#end ??= { reason: null };
    this.#drop();
  }

  #take(message: Uint8Array): void {
    this.#giving = true;
    try {
      this.#onTake?.(message.length);
      if (!this.#told) this.#receiver?.message(message);
    } finally {
      this.#giving = false;
    }
  }

  #give(): void {
    if (this.#giving) return;
    while (this.#receiver && !this.#paused && this.#kept.length > 0) {
      const message = this.#kept[this.#next] as Uint8Array;
      this.#kept[this.#next++] = null;
      // A queue that never runs empty must not keep the places of what was taken.
      if (2 * this.#next >= this.#kept.length) {
        this.#kept = this.#kept.slice(this.#next);
        this.#next = 0;
      }
      this.#bytes -= message.length;
      this.#take(message);
    }
    if (this.open) this.#tell();
  }

  #drop(): void {
    this.#kept = [];
    this.#next = 0;
    this.#bytes = 0;
    this.#tell();
  }

  #tell(): void {
    if (!this.#end || !this.#receiver || this.#told) return;
    this.#told = true;
    this.#receiver.ended(this.#end.reason);
  }
}

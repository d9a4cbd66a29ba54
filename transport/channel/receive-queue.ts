// SPDX-License-Identifier: Apache-2.0
// A queue of received messages with one reader that asks for them, an end and a break: the receiving half of a stream.

import { PortholeError } from '../../proto/errors.ts';

/** Where a queue stands: messages may come, all have come, or it broke. */
type Ending = { readonly kind: 'open' } | { readonly kind: 'ended' } | { readonly kind: 'broken'; readonly reason: Error };

interface Reader {
  resolve(message: Uint8Array | null): void;
  reject(reason: Error): void;
}

export class ReceiveQueue {
  #queue: (Uint8Array | null)[] = [];
  #head = 0;
  #bytes = 0;
  #ending: Ending = { kind: 'open' };
  #reader: Reader | null = null;
  readonly #onTake: ((bytes: number) => void) | undefined;

  /** @param onTake called with its length after each message that is taken out, for those who hold their source back */
  constructor(onTake?: (bytes: number) => void) {
    this.#onTake = onTake;
  }

  /** Bytes that wait for the reader. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether nothing more can come. */
  get done(): boolean {
    return this.#ending.kind !== 'open';
  }

  /** Adds a message; dropped after the end. */
  push(message: Uint8Array): void {
    if (this.done) return;
    const reader = this.#reader;
    if (reader) {
      this.#reader = null;
      reader.resolve(message);
      this.#onTake?.(message.length);
      return;
    }
    this.#queue.push(message);
    this.#bytes += message.length;
  }

  /** All has come: the reader gets what waits, then null. */
  end(): void {
    if (this.done) return;
    this.#ending = { kind: 'ended' };
    this.#reader?.resolve(null);
    this.#reader = null;
  }

  /** It broke: what waits is dropped, the reader gets the reason. After `end` it changes nothing. */
  fail(reason: Error): void {
    if (this.done) return;
    this.#ending = { kind: 'broken', reason };
    this.#drop();
    this.#reader?.reject(reason);
    this.#reader = null;
  }

  /** This end wants no more: what waits is dropped, the reader gets null. */
  discard(): void {
    this.end();
    this.#drop();
  }

  /** This end gives up: what waits is dropped, also after the end, and a reader gets the reason. Returns the bytes that waited. */
  abandon(reason: Error): number {
    const bytes = this.#bytes;
    if (!this.done) this.fail(reason);
    else if (bytes > 0) {
      this.#ending = { kind: 'broken', reason };
      this.#drop();
    }
    return bytes;
  }

  /**
   * The next message, null after the end; rejects with the reason after a break. One caller at a time.
   * @param signal gives up the wait; the message that would have ended it is the next caller's
   */
  receive(signal?: AbortSignal): Promise<Uint8Array | null> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#head < this.#queue.length) {
      const message = this.#queue[this.#head] as Uint8Array;
      // A queue that never runs empty must not keep what was taken out of it.
      this.#queue[this.#head++] = null;
      if (this.#head * 2 >= this.#queue.length) {
        this.#queue = this.#queue.slice(this.#head);
        this.#head = 0;
      }
      this.#bytes -= message.length;
      this.#onTake?.(message.length);
      return Promise.resolve(message);
    }
    if (this.#ending.kind === 'ended') return Promise.resolve(null);
    if (this.#ending.kind === 'broken') return Promise.reject(this.#ending.reason);
    if (this.#reader) return Promise.reject(new PortholeError('INTERNAL', 'receive was called while another receive waits'));
    return new Promise((resolve, reject) => {
      if (!signal) {
        this.#reader = { resolve, reject };
        return;
      }
      const stop = (): void => {
        if (this.#reader === reader) this.#reader = null;
        reject(signal.reason);
      };
      const done = (): void => signal.removeEventListener('abort', stop);
      const reader: Reader = {
        resolve(message) {
          done();
          resolve(message);
        },
        reject(reason) {
          done();
          reject(reason);
        },
      };
      this.#reader = reader;
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  #drop(): void {
    this.#queue = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}

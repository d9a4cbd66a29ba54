// SPDX-License-Identifier: Apache-2.0
// Writes to the store, in order, gathered while one is under way: a transaction of many costs little more than a transaction of one.

import { committed } from './database.ts';

/** Bytes that are written at once, as soon as they are there: half of what may wait (MAX_UNSTORED_BYTES). */
const MOST_BYTES = 4 * 1024 * 1024;

export type Write = (transaction: IDBTransaction) => void;

interface Batch {
  readonly writes: Write[];
  bytes: number;
  readonly done: Promise<void>;
  settle(done: Promise<void>): void;
}

export class Writes {
  readonly #begin: () => IDBTransaction;
  readonly #onFailed: (error: unknown) => void;
  #batch: Batch | null = null;
  #running = 0; // transactions that are not over

  /**
   * @param begin begins a transaction on all that is written to
   * @param onFailed hears of each transaction that failed
   */
  constructor(begin: () => IDBTransaction, onFailed: (error: unknown) => void) {
    this.#begin = begin;
    this.#onFailed = onFailed;
  }

  /**
   * Writes, behind what was to be written before. Resolves when it is stored; rejects with why it is not.
   * @param bytes that it takes
   */
  add(write: Write, bytes = 0): Promise<void> {
    this.#batch ??= this.#gather();
    const batch = this.#batch;
    batch.writes.push(write);
    batch.bytes += bytes;
    if (batch.bytes >= MOST_BYTES) this.flush();
    return batch.done;
  }

  /** Begins to write what is gathered: transactions that begin later see it. */
  flush(): void {
    const batch = this.#batch;
    if (!batch) return;
    this.#batch = null;
    batch.settle(this.#write(batch.writes));
  }

  #gather(): Batch {
    const { promise, resolve } = Promise.withResolvers<void>();
    promise.catch(() => undefined); // not everybody waits for it
    // What comes in this turn goes together. Behind a transaction it waits for that one's end, so the disk's own pace gathers.
    if (this.#running === 0) setTimeout(() => this.#running === 0 && this.flush());
    return { writes: [], bytes: 0, done: promise, settle: resolve };
  }

  async #write(writes: readonly Write[]): Promise<void> {
    this.#running++;
    try {
      const transaction = this.#begin();
      for (const write of writes) write(transaction);
      await committed(transaction);
    } catch (error) {
      this.#onFailed(error);
      throw error;
    } finally {
      if (--this.#running === 0) this.flush();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Bodies on their way into the store and out of it: what is read is kept beside, and never waits for that.

import { PortholeError } from '../../../../proto/errors.ts';
import type { Span } from './fields.ts';
import type { Kept } from './rules.ts';
import { type CacheStore, MAX_KEPT_BODY_BYTES, PIECE_BYTES } from './store.ts';

/** Bytes of memory that a piece begins with. */
const FIRST_BYTES = 16 * 1024;

/** Keeps a body beside whoever reads it. */
export class Keeping {
  readonly #ready: Promise<CacheStore | null>;
  #store: CacheStore | null = null;
  readonly #head: Omit<Kept, 'id' | 'length'>;
  readonly #announced: number | null;
  readonly #id = crypto.randomUUID();
  #piece = new Uint8Array(FIRST_BYTES);
  /** Bytes that are in the piece. */
  #filled = 0;
  #pieces = 0;
  /** Rejects when one of them is not stored. */
  #stored: Promise<unknown> = Promise.resolve();
  #length = 0;
  #over = false;

  /**
   * @param ready the store, once it is open; until then a piece is held in memory, and no more
   * @param announced bytes that the body must have in the end; null where nobody said
   */
  constructor(ready: Promise<CacheStore | null>, head: Omit<Kept, 'id' | 'length'>, announced: number | null) {
    this.#ready = ready;
    void ready.then((store) => {
      this.#store = store;
    });
    this.#head = head;
    this.#announced = announced;
  }

  /** The same body. It is kept when all of it has been read. */
  beside(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            const { done, value } = await reader.read();
            if (done) {
              void this.end();
              return controller.close();
            }
            this.#add(value);
            controller.enqueue(value);
          } catch (error) {
            this.giveUp();
            throw error;
          }
        },
        cancel: (reason) => {
          this.giveUp();
          return reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** All of it has come. Resolves when it is stored, or is not to be. */
  async end(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    const store = await this.#ready;
    const kept = { ...this.#head, id: this.#id, length: this.#length };
    const whole = this.#announced === null || this.#announced === this.#length;
    if (!store || !whole) return this.#drop();
    try {
      await this.#stored;
      await store.put(kept, this.#pieces, this.#piece.slice(0, this.#filled));
    } catch {
      this.#drop();
    }
  }

  /** It is not to be kept. */
  giveUp(): void {
    if (this.#over) return;
    this.#over = true;
    this.#drop();
  }

  /** Takes a copy: whoever reads may hand the bytes on, memory and all. */
  #add(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#length += bytes.length;
    if (this.#length > MAX_KEPT_BODY_BYTES || this.#store?.isOpen === false) return this.giveUp();
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + PIECE_BYTES - this.#filled);
      this.#fit(this.#filled + part.length);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === PIECE_BYTES) {
        if (!this.#store) return this.giveUp();
        this.#stored = Promise.all([this.#stored, this.#store.putPiece(this.#id, this.#pieces++, this.#piece)]);
        this.#stored.catch(() => this.giveUp());
        this.#piece = new Uint8Array(PIECE_BYTES);
        this.#filled = 0;
      }
    }
  }

  #fit(bytes: number): void {
    if (bytes <= this.#piece.length) return;
    const larger = new Uint8Array(Math.min(PIECE_BYTES, Math.max(bytes, this.#piece.length * 4)));
    larger.set(this.#piece.subarray(0, this.#filled));
    this.#piece = larger;
  }

  #drop(): void {
    if (this.#pieces > 0) this.#store?.drop(this.#id);
    this.#piece = new Uint8Array(0);
  }
}

/**
 * The body of a kept answer, or what a range has of it.
 * @param first its first piece, where it was read with the head
 */
export function keptBody(
  store: CacheStore,
  { id }: Kept,
  { first, last }: Span,
  begun: Uint8Array | undefined,
): ReadableStream<Uint8Array> {
  const over = store.reading(id);
  let next = first;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const at = Math.floor(next / PIECE_BYTES);
        const piece = (at === 0 ? begun : undefined) ?? (await store.piece(id, at).catch(() => undefined));
        const from = next - at * PIECE_BYTES;
        if (!piece || piece.length <= from) {
          over();
          throw new PortholeError('STORAGE_FAILED', 'a kept answer is gone');
        }
        const bytes = piece.slice(from, Math.min(piece.length, last + 1 - at * PIECE_BYTES));
        next += bytes.length;
        controller.enqueue(bytes);
        if (next > last) {
          over();
          controller.close();
        }
      },
      cancel: () => over(),
    },
    { highWaterMark: 0 },
  );
}

/**
 * Reads a body whole. Resolves with the same bytes as a stream, which breaks as the body did.
 * @param length bytes that it is to have
 */
export async function readShort(body: ReadableStream<Uint8Array>, length: number): Promise<ReadableStream<Uint8Array>> {
  const reader = body.getReader();
  const bytes = new Uint8Array(length);
  let filled = 0;
  let broken: { readonly error: unknown } | null = null;
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const part = piece.value.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      if (part.length < piece.value.length) await reader.cancel(); // more than was said: nobody is told of it
    }
  } catch (error) {
    broken = { error };
  }
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (filled > 0) controller.enqueue(filled === length ? bytes : bytes.subarray(0, filled));
        else if (broken) controller.error(broken.error);
        else controller.close();
        filled = 0;
      },
    },
    { highWaterMark: 0 },
  );
}

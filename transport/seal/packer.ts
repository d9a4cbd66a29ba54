// SPDX-License-Identifier: Apache-2.0
// Packs messages into records: several small ones into one, large ones without copying.

import { MAX_CONTENT_BYTES, MESSAGE_LENGTH_BYTES, paddedLength, putLength } from './records.ts';

/** Bytes of messages that wait for company until the turn of the event loop is over; from here on they go at once. */
export const GATHER_BYTES = 16 * 1024;
/** Bytes of the head of a large message up to which it is copied beside what waits, rather than encrypted by itself. */
const SMALL_HEAD_BYTES = 256;
/** Bytes that are set aside at first. */
const FIRST_BYTES = 1024;

export class Packer {
  readonly #emit: (pieces: readonly Uint8Array[]) => void;
  #memory = new Uint8Array(FIRST_BYTES);
  #filled = 0;
  #gather = GATHER_BYTES;

  /** @param emit takes the pieces of a record's content; their memory is not its own after the call */
  constructor(emit: (pieces: readonly Uint8Array[]) => void) {
    this.#emit = emit;
  }

  /** Bytes that wait for `flush`. */
  get waiting(): number {
    return this.#filled;
  }

  /** Bytes that wait for company from now on, at the most GATHER_BYTES: a record is of use only when all of it has come. */
  set gather(bytes: number) {
    this.#gather = Math.min(GATHER_BYTES, bytes);
  }

  /** Takes a message of 1 to MAX_SEALED_MESSAGE_BYTES in one or two pieces, whose memory is the caller's again after the call. */
  add(head: Uint8Array, content: Uint8Array | undefined): void {
    const length = head.length + (content?.length ?? 0);
    const alone = length >= GATHER_BYTES;
    if (this.#filled + MESSAGE_LENGTH_BYTES + length > MAX_CONTENT_BYTES) this.flush();
    this.#makeRoom(MESSAGE_LENGTH_BYTES + (alone ? SMALL_HEAD_BYTES : length));
    this.#filled = putLength(this.#memory, this.#filled, length);
    if (!alone) {
      this.#put(head);
      if (content) this.#put(content);
      if (this.#filled >= this.#gather) this.flush();
      return;
    }
    const pieces: Uint8Array[] = [];
    if (content && head.length <= SMALL_HEAD_BYTES) this.#put(head);
    else pieces.push(head);
    if (content) pieces.push(content);
    pieces.unshift(this.#taken());
    this.#emit(pieces);
  }

  /** Sends what waits as a record, padded. Sends one of padding alone when nothing waits. */
  flush(): void {
    const padded = paddedLength(this.#filled);
    this.#makeRoom(padded - this.#filled);
    this.#memory.fill(0, this.#filled, padded);
    this.#filled = padded;
    this.#emit([this.#taken()]);
  }

  #put(bytes: Uint8Array): void {
    this.#memory.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  #taken(): Uint8Array {
    const taken = this.#memory.subarray(0, this.#filled);
    this.#filled = 0;
    return taken;
  }

  #makeRoom(bytes: number): void {
    const needed = this.#filled + bytes;
    if (needed <= this.#memory.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#memory.length));
    larger.set(this.#memory.subarray(0, this.#filled));
    this.#memory = larger;
  }
}

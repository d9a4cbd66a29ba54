// SPDX-License-Identifier: Apache-2.0
// Messages on a byte stream: four bytes of length, big-endian, then the message (SITE.md section 2).

import { PortholeError } from '../proto/errors.ts';
import { MAX_FRAMED_BYTES } from '../proto/limits.ts';

/** Bytes of the length in front of each message. Its first byte is 0, which tells it from HTTP and from a policy request. */
export const LENGTH_BYTES = 4;

/** The length that stands in front of a message of `length` bytes; 0 marks the end of a direction. */
export function lengthPrefix(length: number): Uint8Array {
  return Uint8Array.of(length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255);
}

/** Cuts a byte stream into messages. */
export class Unframer {
  readonly #most: number;
  #prefix = 0; // the length so far
  #prefixed = 0; // bytes of the prefix read
  #message: Uint8Array | null = null; // under way
  #filled = 0;

  /** @param most bytes of the longest message that is let in */
  constructor(most = MAX_FRAMED_BYTES) {
    this.#most = most;
  }

  /** Whether the stream stands between two messages. */
  get between(): boolean {
    return this.#prefixed === 0;
  }

  /**
   * Takes the next bytes of the stream, and hands out each message they complete: an empty one is the end mark.
   * Messages have memory of their own. Stops early, and returns the bytes not looked at, when `take` returns false.
   * @throws PortholeError MESSAGE_TOO_LONG
   */
  push(chunk: Uint8Array, take: (message: Uint8Array) => boolean): Uint8Array {
    let at = 0;
    while (at < chunk.length) {
      if (this.#prefixed < LENGTH_BYTES) {
        this.#prefix = this.#prefix * 256 + (chunk[at++] as number);
        this.#prefixed++;
        if (this.#prefixed < LENGTH_BYTES) continue;
        if (this.#prefix > this.#most) {
          throw new PortholeError('MESSAGE_TOO_LONG', `a message of ${this.#prefix} bytes is longer than ${this.#most}`);
        }
        if (this.#prefix > 0) continue;
      }
      this.#message ??= new Uint8Array(this.#prefix);
      const part = chunk.subarray(at, at + this.#prefix - this.#filled);
      this.#message.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#prefix) break;
      const message = this.#message;
      this.#prefix = 0;
      this.#prefixed = 0;
      this.#message = null;
      this.#filled = 0;
      if (!take(message)) break;
    }
    return chunk.subarray(at);
  }
}

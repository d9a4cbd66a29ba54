// SPDX-License-Identifier: Apache-2.0
// Messages on a byte stream: four bytes of length, big-endian, then the message (SITE.md section 2).

import { PortholeError } from '../../proto/errors.ts';
import { MAX_FRAMED_BYTES } from '../../proto/limits.ts';

/** Bytes of the length in front of each message. Its first byte is 0, which tells it from HTTP and from a policy request. */
export const LENGTH_BYTES = 4;

/** The length that stands in front of a message of `length` bytes; 0 marks the end of a direction. */
export function lengthPrefix(length: number): Uint8Array {
  return Uint8Array.of(length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255);
}

/** Bytes of the memory for messages that come in parts, at first. */
const FIRST_BYTES = 1024;

/** Cuts a byte stream into messages. */
export class Unframer {
  readonly #most: number;
  #prefix = 0; // the length so far
  #prefixed = 0; // bytes of the prefix read
  #memory = new Uint8Array(FIRST_BYTES); // for a message that comes in parts
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
   * A message's memory is the chunk's, or the unframer's own, and used again after `take`.
   * Stops early, and returns the bytes not looked at, when `take` returns false.
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
      const part = chunk.subarray(at, at + this.#prefix - this.#filled);
      at += part.length;
      const message = part.length === this.#prefix ? part : this.#append(part);
      if (!message) break;
      this.#prefix = 0;
      this.#prefixed = 0;
      this.#filled = 0;
      if (!take(message)) break;
    }
    return chunk.subarray(at);
  }

  /** Adds a part; the message when it is whole. */
  #append(part: Uint8Array): Uint8Array | null {
    if (this.#memory.length < this.#prefix) this.#memory = new Uint8Array(Math.min(2 * this.#prefix, this.#most));
    this.#memory.set(part, this.#filled);
    this.#filled += part.length;
    return this.#filled === this.#prefix ? this.#memory.subarray(0, this.#filled) : null;
  }
}

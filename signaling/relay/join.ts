// SPDX-License-Identifier: Apache-2.0
// Reads the one message the relay understands, RelayJoin, and frames the one it says, RelayAnswer.

import { type ErrorCode, PortholeError } from '../../proto/errors.ts';
import { MAX_RELAY_JOIN_BYTES } from '../../proto/limits.ts';
import { decodeMessage, encodeMessage } from '../../proto/rendezvous.ts';

const LENGTH_BYTES = 4;

/** What a join says, and the bytes behind it, which are the other end's already. */
export interface Join {
  readonly token: string;
  readonly rest: Uint8Array;
}

/** Puts a framed RelayJoin together from pieces of any size. */
export class JoinReader {
  readonly #held = Buffer.allocUnsafe(LENGTH_BYTES + MAX_RELAY_JOIN_BYTES);
  #length = 0;

  /**
   * Takes the next piece.
   * @returns null while the message is not whole
   * @throws PortholeError MESSAGE_TOO_LONG as soon as the length says so; FRAME_MALFORMED
   */
  push(chunk: Uint8Array): Join | null {
    const before = this.#length;
    this.#held.set(chunk.subarray(0, this.#held.length - before), before);
    this.#length = Math.min(this.#held.length, before + chunk.length);
    if (this.#length < LENGTH_BYTES) return null;
    const length = this.#held.readUInt32BE(0);
    if (length > MAX_RELAY_JOIN_BYTES) {
      throw new PortholeError('MESSAGE_TOO_LONG', `a RelayJoin of ${length} bytes is longer than ${MAX_RELAY_JOIN_BYTES}`);
    }
    const whole = LENGTH_BYTES + length;
    if (this.#length < whole) return null;
    const { token } = decodeMessage('RelayJoin', this.#held.subarray(LENGTH_BYTES, whole));
    return { token, rest: chunk.subarray(whole - before) };
  }
}

/** A framed RelayAnswer: joined, or refused with a code. */
export function relayAnswer(problem?: { readonly code: ErrorCode; readonly message: string }): Uint8Array {
  const message = encodeMessage('RelayAnswer', { problem });
  const framed = Buffer.alloc(LENGTH_BYTES + message.length);
  framed.writeUInt32BE(message.length, 0);
  framed.set(message, LENGTH_BYTES);
  return framed;
}

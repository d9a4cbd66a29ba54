// SPDX-License-Identifier: Apache-2.0
// The layout of a record's plaintext: messages with their lengths, then padding (SEAL.md section 4).

import { PortholeError } from '../../proto/errors.ts';
import { MAX_RECORD_BYTES } from '../../proto/limits.ts';
import { TAG_BYTES } from './primitives.ts';

/** Bytes of the length in front of each message of a record. */
export const MESSAGE_LENGTH_BYTES = 2;
/** Bytes that a record holds, messages with their lengths and padding. */
export const MAX_CONTENT_BYTES = MAX_RECORD_BYTES - TAG_BYTES;
/** Bytes of one message in a sealed path. */
export const MAX_SEALED_MESSAGE_BYTES = MAX_CONTENT_BYTES - MESSAGE_LENGTH_BYTES;
/** Contents shorter than this are padded. */
export const PAD_BELOW_BYTES = 1024;
/** To a multiple of this. */
export const PAD_TO_BYTES = 64;

/** Bytes of a content of `length` bytes with its padding: never 0, which is the end mark. */
export function paddedLength(length: number): number {
  if (length >= PAD_BELOW_BYTES) return length;
  return Math.max(PAD_TO_BYTES, Math.ceil(length / PAD_TO_BYTES) * PAD_TO_BYTES);
}

/** Puts a message's length where the message will follow; returns where. */
export function putLength(into: Uint8Array, at: number, length: number): number {
  into[at] = length >>> 8;
  into[at + 1] = length & 255;
  return at + MESSAGE_LENGTH_BYTES;
}

/**
 * Hands out the messages of a record's content, as views on it: none of them when one is longer than what is left.
 * @throws PortholeError FRAME_MALFORMED
 */
export function unpack(content: Uint8Array, take: (message: Uint8Array) => void): void {
  for (let at = 0; ; ) {
    const length = lengthAt(content, at);
    if (length === 0) break;
    at += MESSAGE_LENGTH_BYTES + length;
    if (at > content.length) throw new PortholeError('FRAME_MALFORMED', 'a message is longer than the record that holds it');
  }
  for (let at = 0; ; ) {
    const length = lengthAt(content, at);
    if (length === 0) return;
    at += MESSAGE_LENGTH_BYTES;
    take(content.subarray(at, at + length));
    at += length;
  }
}

/** The length of the message at this place; 0 where the rest is padding. */
function lengthAt(content: Uint8Array, at: number): number {
  if (at + MESSAGE_LENGTH_BYTES > content.length) return 0;
  return ((content[at] as number) << 8) | (content[at + 1] as number);
}

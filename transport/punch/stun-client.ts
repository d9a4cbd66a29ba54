// SPDX-License-Identifier: Apache-2.0
// STUN messages as a client of TCP needs them (RFC 8489): writes a Binding request, reads the answer. Pure.

import type { SocketAddress } from '../strategy.ts';

const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const XOR_MAPPED_ADDRESS = 0x0020;
/** Bytes of a transaction's id. */
export const TRANSACTION_BYTES = 12;
/** Bytes of the longest answer read. */
export const MAX_ANSWER_BYTES = 548;

/** A Binding request without attributes. @param transaction 12 random bytes */
export function bindingRequest(transaction: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, BINDING_REQUEST);
  view.setUint32(4, MAGIC_COOKIE);
  bytes.set(transaction, 8);
  return bytes;
}

/**
 * Reads the answer at the beginning of a stream: STUN's own length is the framing (RFC 8489 section 6.2.2).
 * @returns the address that the server saw; 'more' while bytes are missing; null when it is no answer to this request
 */
export function readBindingAnswer(stream: Uint8Array, transaction: Uint8Array): SocketAddress | 'more' | null {
  if (stream.length < HEADER_BYTES) return 'more';
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const end = HEADER_BYTES + view.getUint16(2);
  if (view.getUint16(0) !== BINDING_SUCCESS || view.getUint32(4) !== MAGIC_COOKIE || end > MAX_ANSWER_BYTES) return null;
  if (transaction.some((byte, at) => stream[8 + at] !== byte)) return null;
  if (stream.length < end) return 'more';
  for (let at = HEADER_BYTES; at + 4 <= end; ) {
    const length = view.getUint16(at + 2);
    if (at + 4 + length > end) return null;
    if (view.getUint16(at) === XOR_MAPPED_ADDRESS) return xoredAddress(stream.subarray(at + 4, at + 4 + length), stream.subarray(4, 20));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return null;
}

/** Section 14.2. @param mask the cookie and the transaction */
function xoredAddress(value: Uint8Array, mask: Uint8Array): SocketAddress | null {
  const family = value[1];
  if (value.length !== (family === 1 ? 8 : 20) || (family !== 1 && family !== 2)) return null;
  const plain = value.slice(4).map((byte, at) => byte ^ (mask[at] ?? 0));
  const port = (((value[2] ?? 0) << 8) | (value[3] ?? 0)) ^ (MAGIC_COOKIE >>> 16);
  if (port === 0) return null;
  if (family === 1) return { ip: plain.join('.'), port };
  const groups = Array.from({ length: 8 }, (_, at) => (((plain[2 * at] ?? 0) << 8) | (plain[2 * at + 1] ?? 0)).toString(16));
  return { ip: new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1), port };
}

// SPDX-License-Identifier: Apache-2.0
// STUN messages (RFC 8489): reads a Binding request, writes its answer. Pure.

import { isIPv4 } from 'node:net';
import { crc32 } from 'node:zlib';

const MAGIC_COOKIE = 0x2112a442;
/** Bytes before the attributes of a message. */
export const STUN_HEADER_BYTES = 20;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
const XOR_MAPPED_ADDRESS = 0x0020;
const ERROR_CODE = 0x0009;
const UNKNOWN_ATTRIBUTES = 0x000a;
const USERNAME = 0x0006;
const FINGERPRINT = 0x8028;
const FINGERPRINT_XOR = 0x5354554e;

/** Bytes of the longest request read: what is left of the smallest IPv6 packet (RFC 8489 section 6.1 gives a client 1280 - 48). */
export const MAX_STUN_BYTES = 1232;

/**
 * Attributes a client must be able to send and a server without credentials may pass over (RFC 8489 section 18.3,
 * RFC 8445 section 16.1). Others below 0x8000 ask for something we cannot do, such as answering from another address.
 */
const PASSED_OVER = new Set([
  0x0001, // MAPPED-ADDRESS
  USERNAME,
  0x0008, // MESSAGE-INTEGRITY
  0x0014, // REALM
  0x0015, // NONCE
  0x001c, // MESSAGE-INTEGRITY-SHA256
  0x001d, // PASSWORD-ALGORITHM
  0x001e, // USERHASH
  0x0020, // XOR-MAPPED-ADDRESS
  0x0024, // PRIORITY
  0x0025, // USE-CANDIDATE
]);

/** A Binding request. */
export interface BindingRequest {
  /** 12 bytes. */
  readonly transaction: Uint8Array;
  /** Attributes that must be understood and are not. */
  readonly unknown: readonly number[];
  /** Whether it carried a FINGERPRINT, which the answer then carries too. */
  readonly fingerprint: boolean;
  /** What its USERNAME says, if it has one. */
  readonly user?: string;
}

/** Reads a datagram (RFC 8489 section 6.3); undefined for whatever is not a well-formed Binding request. */
export function readBindingRequest(datagram: Uint8Array): BindingRequest | undefined {
  if (datagram.length < STUN_HEADER_BYTES || datagram.length > MAX_STUN_BYTES || datagram.length % 4 !== 0) return undefined;
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (view.getUint16(0) !== BINDING_REQUEST || view.getUint32(4) !== MAGIC_COOKIE) return undefined;
  if (view.getUint16(2) !== datagram.length - STUN_HEADER_BYTES) return undefined;
  const unknown: number[] = [];
  let fingerprint = false;
  let user: string | undefined;
  for (let at = STUN_HEADER_BYTES; at < datagram.length; ) {
    // It must be the last one (section 14.7).
    if (fingerprint) return undefined;
    const type = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (at + 4 + length > datagram.length) return undefined;
    if (type === FINGERPRINT) {
      if (length !== 4 || view.getUint32(at + 4) !== fingerprintOf(datagram.subarray(0, at))) return undefined;
      fingerprint = true;
    } else if (type === USERNAME) {
      user = Buffer.from(datagram.subarray(at + 4, at + 4 + length)).toString('latin1');
    } else if (type < 0x8000 && !PASSED_OVER.has(type) && !unknown.includes(type)) {
      unknown.push(type);
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { transaction: datagram.slice(8, STUN_HEADER_BYTES), unknown, fingerprint, ...(user !== undefined && { user }) };
}

/**
 * Writes the answer: the address the request came from, or error 420 with the attributes not understood (section 6.3.1).
 * The success is at most 52 bytes; a 420 is never longer than its request plus 24.
 */
export function bindingAnswer(request: BindingRequest, address: string, port: number): Uint8Array {
  const attributes =
    request.unknown.length === 0
      ? [attribute(XOR_MAPPED_ADDRESS, xorAddress(address, port, request.transaction))]
      : [
          // Class 4, number 20; the reason phrase may be empty.
          attribute(ERROR_CODE, Uint8Array.of(0, 0, 4, 20)),
          attribute(UNKNOWN_ATTRIBUTES, Uint8Array.from(request.unknown.flatMap((type) => [type >> 8, type & 255]))),
        ];
  const type = request.unknown.length === 0 ? BINDING_SUCCESS : BINDING_ERROR;
  const body = Buffer.concat(attributes);
  const head = Buffer.alloc(STUN_HEADER_BYTES);
  head.writeUInt16BE(type, 0);
  // The fingerprint counts the length with itself in it.
  head.writeUInt16BE(body.length + (request.fingerprint ? 8 : 0), 2);
  head.writeUInt32BE(MAGIC_COOKIE, 4);
  head.set(request.transaction, 8);
  const message = Buffer.concat([head, body]);
  if (!request.fingerprint) return message;
  const value = Buffer.alloc(4);
  value.writeUInt32BE(fingerprintOf(message));
  return Buffer.concat([message, attribute(FINGERPRINT, value)]);
}

/** XOR-MAPPED-ADDRESS' value (section 14.2): 8 bytes for IPv4, 20 for IPv6. */
export function xorAddress(address: string, port: number, transaction: Uint8Array): Uint8Array {
  const bytes = isIPv4(address) ? address.split('.').map(Number) : ipv6Bytes(address);
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC_COOKIE);
  mask.set(transaction, 4);
  const value = Buffer.alloc(4 + bytes.length);
  value[1] = bytes.length === 4 ? 1 : 2;
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  bytes.forEach((byte, index) => {
    value[4 + index] = byte ^ (mask[index] ?? 0);
  });
  return value;
}

function ipv6Bytes(address: string): number[] {
  // An IPv4 tail (64:ff9b::192.0.2.1) is two groups.
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    return `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`;
  });
  const [head = '', tail = ''] = hex.split('::');
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const zeros = new Array<number>(8 - groups(head).length - groups(tail).length).fill(0);
  return [...groups(head), ...zeros, ...groups(tail)].flatMap((group) => [group >> 8, group & 255]);
}

function attribute(type: number, value: Uint8Array): Buffer {
  const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  bytes.set(value, 4);
  return bytes;
}

/** FINGERPRINT's value over the message before it, whose header counts it already (section 14.7). */
function fingerprintOf(before: Uint8Array): number {
  return (crc32(before) ^ FINGERPRINT_XOR) >>> 0;
}

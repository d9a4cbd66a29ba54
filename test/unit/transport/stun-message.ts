// SPDX-License-Identifier: Apache-2.0
// STUN messages of ICE as a test needs them, right and wrong (RFC 8489 section 5, RFC 8445 section 7.1).

import { createHmac, randomBytes } from 'node:crypto';

const KINDS = { request: 0x0001, indication: 0x0011, response: 0x0101, error: 0x0111 } as const;
export type StunKind = keyof typeof KINDS;

const attribute = (type: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
};

/** A Binding message; without a password it has no MESSAGE-INTEGRITY. */
export function binding(kind: StunKind, { user, password, priority }: { user?: string; password?: string; priority?: number }): Buffer {
  const attributes = [
    ...(user === undefined ? [] : [attribute(6, Buffer.from(user))]),
    ...(priority === undefined ? [] : [attribute(0x24, Buffer.from([0, 0, 0, priority]))]),
  ];
  const head = Buffer.concat([Buffer.from([KINDS[kind] >> 8, KINDS[kind] & 0xff, 0, 0, 0x21, 0x12, 0xa4, 0x42]), randomBytes(12)]);
  const message = Buffer.concat([head, ...attributes]);
  message.writeUInt16BE(message.length - 20 + (password === undefined ? 0 : 24), 2);
  if (password === undefined) return message;
  return Buffer.concat([message, attribute(8, createHmac('sha1', password).update(message).digest())]);
}

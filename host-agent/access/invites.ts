// SPDX-License-Identifier: Apache-2.0
// Invitations: tokens that only the site's own identity can make, and that run out (ACCESS.md section 4).

import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of a token: its id, its last second, its tag. */
const ID_BYTES = 8;
const EXPIRY_BYTES = 4;
const TAG_BYTES = 16;
export const INVITE_BYTES = ID_BYTES + EXPIRY_BYTES + TAG_BYTES;
/** What the key of the tags is derived for (Identity.derive). */
export const INVITE_KEY_LABEL = 'porthole invite 1';
/** Hexadecimal digits of an invitation that logs show. */
const SHOWN_CHARS = 8;

/** What a token is. */
export type InviteCheck =
  | { readonly state: 'good'; readonly id: string; readonly expires: number }
  | { readonly state: 'expired'; readonly id: string; readonly expires: number }
  | { readonly state: 'invalid' };

/**
 * Makes a token.
 * @param key derived from the site's identity
 * @param id 8 bytes of chance; with them logs tell invitations apart
 * @param expires milliseconds since 1970; rounded up to a second
 */
export function makeInvite(key: Uint8Array, id: Uint8Array, expires: number): Uint8Array {
  const token = Buffer.alloc(INVITE_BYTES);
  token.set(id.subarray(0, ID_BYTES));
  token.writeUInt32BE(Math.ceil(expires / 1000), ID_BYTES);
  tagOf(key, token).copy(token, ID_BYTES + EXPIRY_BYTES);
  return new Uint8Array(token);
}

/**
 * Checks a token. The tag first: nothing of a token that was not made here is believed.
 * @param now milliseconds since 1970
 */
export function checkInvite(key: Uint8Array, token: Uint8Array, now: number): InviteCheck {
  if (token.length !== INVITE_BYTES) return { state: 'invalid' };
  const bytes = Buffer.from(token);
  if (!timingSafeEqual(tagOf(key, bytes), bytes.subarray(ID_BYTES + EXPIRY_BYTES))) return { state: 'invalid' };
  const expires = bytes.readUInt32BE(ID_BYTES) * 1000;
  return { state: now < expires ? 'good' : 'expired', id: bytes.toString('hex', 0, ID_BYTES), expires };
}

/** An invitation in a log. */
export function shortInvite(id: string): string {
  return `invite ${id.slice(0, SHOWN_CHARS)}`;
}

function tagOf(key: Uint8Array, token: Buffer): Buffer {
  return createHmac('sha256', key)
    .update('porthole invite 1')
    .update(token.subarray(0, ID_BYTES + EXPIRY_BYTES))
    .digest()
    .subarray(0, TAG_BYTES);
}

// SPDX-License-Identifier: Apache-2.0
// How a visitor's key is written, for lists and for people (ACCESS.md section 2).

import { siteId } from './rendezvous.ts';

/** A visitor's X25519 key in lower-case base32, 52 characters, as a site's id is written. */
export function visitorId(key: Uint8Array): string {
  return siteId(key);
}

/** Whether a text is a visitor's key. 256 bits in base32 leave four bits of the last character, which are zero. */
export function isVisitorId(text: string): boolean {
  return /^[a-z2-7]{51}[aq]$/.test(text);
}

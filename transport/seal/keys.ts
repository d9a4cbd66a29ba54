// SPDX-License-Identifier: Apache-2.0
// A visitor's half of the seal's keys: the X25519 key of a site from the Ed25519 key that it is known by (SEAL.md section 2).

import { PortholeError } from '../../proto/errors.ts';
import { siteKey } from '../../proto/rendezvous.ts';
import { toMontgomery } from './curve25519.ts';

/**
 * The X25519 key of a site, for `sealAsVisitor`: its Ed25519 key on the other form of the curve (RFC 7748 section 4.1).
 * @param id as in links and Introductions
 * @throws PortholeError LINK_INVALID when the id is none, or no point of the curve
 */
export function sealKeyOf(id: string): Uint8Array {
  const key = siteKey(id);
  try {
    return toMontgomery(key);
  } catch (cause) {
    throw new PortholeError('LINK_INVALID', 'the key in this link is none', { cause });
  }
}

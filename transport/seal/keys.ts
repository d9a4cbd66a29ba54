// SPDX-License-Identifier: Apache-2.0
// X25519 keys for the seal from the Ed25519 keys that sites are known by (SEAL.md section 2).

import { ed25519 } from '@noble/curves/ed25519.js';
import { PortholeError } from '../../proto/errors.ts';
import { siteKey } from '../../proto/rendezvous.ts';
import type { KeyPair } from './primitives.ts';

/**
 * The X25519 key of a site, for `sealAsVisitor`: its Ed25519 key on the other form of the curve (RFC 7748 section 4.1).
 * @param id as in links and Introductions
 * @throws PortholeError LINK_INVALID when the id is none, or no point of the curve
 */
export function sealKeyOf(id: string): Uint8Array {
  const key = siteKey(id);
  try {
    return ed25519.utils.toMontgomery(key);
  } catch (cause) {
    throw new PortholeError('LINK_INVALID', 'the key in this link is none', { cause });
  }
}

/**
 * The X25519 key pair of an Ed25519 key: the scalar that signs (RFC 8032 section 5.1.5) also agrees.
 * @param seed the Ed25519 secret key, 32 bytes
 */
export function sealKeyPair(seed: Uint8Array): KeyPair {
  const secretKey = ed25519.utils.toMontgomerySecret(seed);
  return { secretKey, publicKey: ed25519.utils.toMontgomery(ed25519.getPublicKey(seed)) };
}

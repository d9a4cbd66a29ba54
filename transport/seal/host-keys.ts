// SPDX-License-Identifier: Apache-2.0
// A host's half of the seal's keys: the X25519 key pair of the Ed25519 key that signs for the site (SEAL.md section 2).

import { ed25519 } from '@noble/curves/ed25519.js';
import type { KeyPair } from './primitives.ts';

/**
 * The X25519 key pair of an Ed25519 key: the scalar that signs (RFC 8032 section 5.1.5) also agrees.
 * @param seed the Ed25519 secret key, 32 bytes
 */
export function sealKeyPair(seed: Uint8Array): KeyPair {
  const secretKey = ed25519.utils.toMontgomerySecret(seed);
  return { secretKey, publicKey: ed25519.utils.toMontgomery(ed25519.getPublicKey(seed)) };
}

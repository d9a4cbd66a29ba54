// SPDX-License-Identifier: Apache-2.0
// A visitor's keys: one seed, and a key of its own for each site, so that hosts cannot compare notes (ACCESS.md section 2).

import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { x25519 } from '../transport/seal/curve25519.ts';
import type { KeyPair } from '../transport/seal/primitives.ts';

/** Bytes of a seed. */
export const SEED_BYTES = 32;

/** The key that a visitor shows a site, by the site's id. */
export type KeyFor = (site: string) => KeyPair;

/**
 * The keys of a seed: HKDF-SHA256 (RFC 5869) over it, with the site's id as its info.
 * @param seed SEED_BYTES of chance; whoever has them is this visitor
 */
export function keysOf(seed: Uint8Array): KeyFor {
  const made = new Map<string, KeyPair>();
  return (site) => {
    let pair = made.get(site);
    if (!pair) {
      const secretKey = hkdf(sha256, seed, undefined, new TextEncoder().encode(`porthole visitor 1 ${site}`), 32);
      pair = { publicKey: x25519.getPublicKey(secretKey), secretKey };
      made.set(site, pair);
    }
    return pair;
  };
}

/** Keys of a seed that nobody keeps: the visitor is another one each time. */
export function anonymousKeys(): KeyFor {
  return keysOf(crypto.getRandomValues(new Uint8Array(SEED_BYTES)));
}

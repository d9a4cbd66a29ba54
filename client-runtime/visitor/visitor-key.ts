// SPDX-License-Identifier: Apache-2.0
// A visitor's keys: one seed, and a key of its own for each site, so that hosts cannot compare notes (ACCESS.md section 2).

import { HASH_BYTES, type KeyPair, type Primitives, type Soon } from '../../transport/seal/primitives.ts';
import { type Steps, soon, take } from '../../transport/seal/steps.ts';

/** Bytes of a seed. */
export const SEED_BYTES = 32;

/** The key that a visitor shows a site, by the site's id; where the platform's cryptography answers later, so does it. */
export type KeyFor = (site: string) => Soon<KeyPair>;

/**
 * The keys of a seed: HKDF-SHA256 (RFC 5869) over it, with the site's id as its info.
 * @param seed SEED_BYTES of chance; whoever has them is this visitor
 */
export function keysOf(seed: Uint8Array, primitives: Primitives): KeyFor {
  const made = new Map<string, Soon<KeyPair>>();
  return (site) => {
    const pair = made.get(site) ?? take(keyOf(seed, site, primitives));
    made.set(site, pair);
    return pair;
  };
}

/** Without a salt, and with one block of output: both steps of HKDF are one HMAC. */
function* keyOf(seed: Uint8Array, site: string, primitives: Primitives): Steps<KeyPair> {
  const secret = yield* soon(primitives.hmac(new Uint8Array(HASH_BYTES), seed));
  const info = new TextEncoder().encode(`porthole visitor 1 ${site}\x01`);
  return yield* soon(primitives.keyPair(yield* soon(primitives.hmac(secret, info))));
}

/** Keys of a seed that nobody keeps: the visitor is another one each time. */
export function anonymousKeys(primitives: Primitives): KeyFor {
  return keysOf(crypto.getRandomValues(new Uint8Array(SEED_BYTES)), primitives);
}

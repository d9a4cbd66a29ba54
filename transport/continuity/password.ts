// SPDX-License-Identifier: Apache-2.0
// The password's proof, the same at both ends: what is salted how, and what is bound to the path (ACCESS.md section 3).

import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { PortholeError } from '../../proto/errors.ts';
import { MAX_CHALLENGE_COST } from '../../proto/limits.ts';
import type { Challenge } from './gate.ts';

/** N of scrypt (RFC 7914 section 2) for a new password: 32 MiB of memory and some 0.1 s a guess. */
export const PASSWORD_COST = 2 ** 15;
/** The least N a visitor answers: under it, whoever sees the proof could guess the password too cheaply. */
export const MIN_PASSWORD_COST = 2 ** 14;
/** The other two numbers of scrypt. */
export const PASSWORD_BLOCKS = 8;
export const PASSWORD_LANES = 1;
/** Bytes of a new salt, and of the least and the greatest salt a visitor answers. */
export const SALT_BYTES = 16;
export const MAX_SALT_BYTES = 64;
/** Bytes of the salted password. */
export const VERIFIER_BYTES = 32;
/** Bytes of a proof. */
export const PROOF_BYTES = 32;
/** Bytes of a password. */
export const MAX_PASSWORD_BYTES = 1024;

/** scrypt (RFC 7914) with this N, PASSWORD_BLOCKS and PASSWORD_LANES, to VERIFIER_BYTES. */
export type Salting = (password: Uint8Array, salt: Uint8Array, cost: number) => Promise<Uint8Array>;

const LABEL = new TextEncoder().encode('porthole password');

/**
 * A password as scrypt takes it: Unicode's NFKC, so that every keyboard spells it alike, in UTF-8.
 * @throws PortholeError USAGE when it is empty or longer than MAX_PASSWORD_BYTES
 */
export function passwordBytes(password: string): Uint8Array {
  const bytes = new TextEncoder().encode(password.normalize('NFKC'));
  if (bytes.length === 0 || bytes.length > MAX_PASSWORD_BYTES) {
    throw new PortholeError('USAGE', `a password has 1 to ${MAX_PASSWORD_BYTES} bytes`);
  }
  return bytes;
}

/**
 * The proof of a password: good on one path only.
 * @param verifier the salted password, VERIFIER_BYTES
 * @param hash the handshake's hash
 */
export function passwordProof(verifier: Uint8Array, hash: Uint8Array): Uint8Array {
  const text = new Uint8Array(LABEL.length + hash.length);
  text.set(LABEL);
  text.set(hash, LABEL.length);
  return hmac(sha256, verifier, text);
}

/**
 * Whether a visitor may answer this challenge.
 * @throws PortholeError PROTOCOL_VIOLATED when its cost or salt is out of range
 */
export function checkChallenge({ cost, salt }: Challenge): void {
  const isPower = Number.isInteger(Math.log2(cost));
  if (!isPower || cost < MIN_PASSWORD_COST || cost > MAX_CHALLENGE_COST) {
    throw new PortholeError(
      'PROTOCOL_VIOLATED',
      `the site asks for a password at a cost of ${cost}, not a power of two from ${MIN_PASSWORD_COST} to ${MAX_CHALLENGE_COST}`,
    );
  }
  if (salt.length < SALT_BYTES || salt.length > MAX_SALT_BYTES) {
    throw new PortholeError('PROTOCOL_VIOLATED', `a salt of ${salt.length} bytes, not ${SALT_BYTES} to ${MAX_SALT_BYTES}`);
  }
}

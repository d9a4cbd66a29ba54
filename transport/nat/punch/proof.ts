// SPDX-License-Identifier: Apache-2.0
// The proof that a fresh TCP connection belongs to a call: a token that only the two ends of the call can make.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Role } from './notes.ts';

/** Bytes of a proof. */
export const PROOF_BYTES = 32;

/**
 * The proof of one end: HMAC-SHA-256 (RFC 2104) under the call's id, which only the suite and the two ends know, over who shows
 * it, so that a stranger who is shown one cannot show it back. Who the peer is, the seal above proves.
 */
export function proofOf(call: string, role: Role): Uint8Array {
  return createHmac('sha256', call).update(`porthole tcp-punch 1 ${role}`).digest();
}

/** Whether these bytes are that proof; takes the same time whatever they are. */
export function isProof(bytes: Uint8Array, call: string, role: Role): boolean {
  return bytes.length === PROOF_BYTES && timingSafeEqual(bytes, proofOf(call, role));
}

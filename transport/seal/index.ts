// SPDX-License-Identifier: Apache-2.0
// The seal's exports for those who make sealed paths. The cryptography is in node.ts, subtle.ts and web.ts.

export type { KeyPair, Primitives } from './primitives.ts';
export { MAX_RECORD_NUMBER, REKEY_RECORDS } from './record-cipher.ts';
export { MAX_SEALED_MESSAGE_BYTES } from './records.ts';
export { type Proved, SEAL_MS, type Sealed, type SealOptions, sealAsHost, sealAsVisitor } from './sealed.ts';

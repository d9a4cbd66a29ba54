// SPDX-License-Identifier: Apache-2.0
// Salts a password with Node's own scrypt, off the main thread.

import { scrypt } from 'node:crypto';
import { PASSWORD_BLOCKS, PASSWORD_LANES, type Salting, VERIFIER_BYTES } from './password.ts';

/** Salts a password by scrypt (RFC 7914) off the main thread; takes 1 KB of memory for each unit of the cost. */
export const nodeSalting: Salting = (password, salt, cost) =>
  new Promise((resolve, reject) => {
    // RFC 7914 section 5: 128 N r bytes, and some for what stands beside them.
    const options = { N: cost, r: PASSWORD_BLOCKS, p: PASSWORD_LANES, maxmem: 2 * 128 * cost * PASSWORD_BLOCKS };
    scrypt(password, salt, VERIFIER_BYTES, options, (error, verifier) => (error ? reject(error) : resolve(new Uint8Array(verifier))));
  });

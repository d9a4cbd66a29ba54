// SPDX-License-Identifier: Apache-2.0
// Answers the host's question for a password. Loaded when a site asks. A browser has no scrypt of its own: it runs in steps, so that
// the worker stays responsive.

import { scryptAsync } from '@noble/hashes/scrypt.js';
import { PASSWORD_BLOCKS, PASSWORD_LANES, type Salting, VERIFIER_BYTES } from '../../../transport/continuity/password.ts';

export { passwordCredentials } from '../../visitor/credentials.ts';

/** Milliseconds of one step. */
const STEP_MS = 16;

export const pageSalting: Salting = (password, salt, cost) =>
  scryptAsync(password, salt, { N: cost, r: PASSWORD_BLOCKS, p: PASSWORD_LANES, dkLen: VERIFIER_BYTES, asyncTick: STEP_MS });

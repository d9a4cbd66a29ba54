// SPDX-License-Identifier: Apache-2.0
// The question for a password, and what is done with the answer. Loaded when a site asks.

export { passwordCredentials } from '../credentials.ts';
export { DOOR_NOTICE, Door } from './door.ts';
export { pageSalting } from './salting.ts';

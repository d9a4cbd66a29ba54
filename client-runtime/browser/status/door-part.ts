// SPDX-License-Identifier: Apache-2.0
// The question for a password. Loaded when a site asks.

export { DOOR_NOTICE, Door } from './door.ts';

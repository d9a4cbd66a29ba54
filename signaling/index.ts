// SPDX-License-Identifier: Apache-2.0
// `porthole/signaling`: a suite of one's own.

export { PortholeError } from '../proto/errors.ts';
export type { LanSite } from './naming/names.ts';
export { createRelay, type Relay, type RelayOptions, type RelayStats } from './relay/index.ts';
export type { RelayDesk } from './rendezvous/relay-desk.ts';
export { type Rate, SUITE_LIMITS, type SuiteLimits } from './shared/limits.ts';
export { createSuite, type Suite, type SuiteOptions } from './suite.ts';

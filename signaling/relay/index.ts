// SPDX-License-Identifier: Apache-2.0
// What the rest of the suite needs of the relay.

export type { Relay, RelayOptions, RelayStats } from './api.ts';
export type { FlowUsage } from './flow.ts';
export { createRelay } from './relay.ts';
export type { EndRole } from './tickets.ts';

// SPDX-License-Identifier: Apache-2.0
// What `porthole/policy` offers.

export { type AnswerOptions, answerPolicy, POLICY_DEADLINE_MS, POLICY_LINGER_MS } from './answer.ts';
export {
  type AccessPolicyOptions,
  accessPolicyFile,
  type Grant,
  MASTER_POLICY_PORT,
  MAX_POLICY_BYTES,
  type Policy,
  type PolicyOptions,
  policyFile,
  SILVERLIGHT_POLICY_PORT,
  type SiteControl,
} from './policy-file.ts';
export { type PortRange, parseToPorts } from './ports.ts';
export { createPolicyServer, MAX_POLICY_CALLERS, type PolicyServer, type PolicyServerOptions } from './server.ts';

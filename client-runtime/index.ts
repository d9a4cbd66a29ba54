// SPDX-License-Identifier: Apache-2.0
// `porthole/client`: visiting a site from a Node program.

import { nodePrimitives } from '../transport/seal/node.ts';
import { nodeStrategies } from '../transport/strategies/node.ts';
import { policyFor } from '../transport/strategy/policy.ts';
import { watchNodeNetwork } from '../transport/system/network-node.ts';
import { visitSite } from './visit/connect.ts';
import type { Visit, VisitOptions } from './visit/visit.ts';
import { type KeyFor, keysOf as keysOfSeed, anonymousKeys as newKeys } from './visitor/visitor-key.ts';

export { PortholeError } from '../proto/errors.ts';
export type { Credentials } from '../transport/continuity/gate.ts';
export { nodeSalting } from '../transport/continuity/password-node.ts';
export type { BadgeWords } from '../transport/http/badge/badged.ts';
export type { Connecting, Tunnel } from '../transport/session/tunnel.ts';
export { type DownloadOptions, download } from './download/download.ts';
export { withInvite } from './links/invite-link.ts';
export { targetOf } from './links/target.ts';
export { type ProtocolHandlerOptions, protocolHandler } from './shell/protocol-handler.ts';
export { startVisit, visitSite } from './visit/connect.ts';
export { type Gateway, type GatewayOptions, openGateway } from './visit/local-gateway.ts';
export type { Path, PathChange, SiteInfo, Visit, VisitOptions, VisitState } from './visit/visit.ts';
export { visitBadge } from './visit/visit-badge.ts';
export { onePassword, type PasswordOptions, passwordCredentials } from './visitor/credentials.ts';
export type { VisitorOptions } from './visitor/visitor.ts';
export { loadVisitorKeys } from './visitor/visitor-file.ts';
export type { KeyFor } from './visitor/visitor-key.ts';

/** The keys of a seed of 32 bytes: one for each site, the same each time. */
export const keysOf = (seed: Uint8Array): KeyFor => keysOfSeed(seed, nodePrimitives);
/** The keys of a visitor that is another one each time. */
export const anonymousKeys = (): KeyFor => newKeys(nodePrimitives);

/**
 * Visits a site: resolves when a path to its host stands.
 * @param link a link to the site
 * @param options `via`: names of the strategies to use, the best first, or a policy alone: `fastest`, `direct-only`, `relay-only`
 * @throws PortholeError LINK_INVALID, SUITE_UNREACHABLE, SITE_UNKNOWN, HOST_OFFLINE, NO_PATH, USAGE
 * @example
 * const visit = await connect('http://demo.localhost:8080/');
 * const response = await visit.fetch(new Request('http://demo.localhost:8080/data.json'));
 */
export async function connect(link: string, options: Partial<VisitOptions> & { readonly via?: readonly string[] } = {}): Promise<Visit> {
  return visitSite(link, {
    ...options,
    policy: options.policy ?? policyFor(options.via),
    primitives: options.primitives ?? nodePrimitives,
    network: options.network ?? watchNodeNetwork(),
    strategies: options.strategies ?? (await nodeStrategies(options.via)),
  });
}

// SPDX-License-Identifier: Apache-2.0
// `porthole/host`: bringing a site online from a Node program.

import { nodeStrategies } from '../transport/strategies/node.ts';
import { createHost, type Host, type HostOptions } from './host.ts';
import { newIdentity } from './identity.ts';

export { PortholeError } from '../proto/errors.ts';
export type { Gate } from '../transport/continuity/gate.ts';
export type { Site, Visitor } from '../transport/site.ts';
export { type AccessRules, createGate, type GateOptions } from './access/gate.ts';
export { INVITE_KEY_LABEL, makeInvite } from './access/invites.ts';
export { type AllowedKey, type KeyFile, openKeyFile, parseKeys } from './access/keys.ts';
export { keepPassword, newVerifier, type PasswordVerifier } from './access/password.ts';
export { type Card, createHost, type Host, type HostEvents, type HostOptions, type Registration } from './host.ts';
export { type Identity, loadIdentity, newIdentity } from './identity.ts';
export { ContentHashes, openContentHashes } from './static/content-hashes.ts';
export { type StaticSiteOptions, staticSite } from './static/site.ts';

/**
 * Brings a site online, and resolves once it is registered.
 * @param options `site`, `suite` and `name`; without an `identity` the site lives under a new key as long as this process
 * @throws PortholeError NAME_TAKEN, NAME_INVALID, SUITE_UNREACHABLE, SIGNATURE_WRONG
 * @example
 * const host = await serve({ suite: 'http://localhost:8080', name: 'hello', site: async () => new Response('hello') });
 */
export async function serve(
  options: Omit<HostOptions, 'strategies' | 'identity'> &
    Partial<Pick<HostOptions, 'strategies' | 'identity'>> & { readonly via?: readonly string[] },
): Promise<Host> {
  const host = createHost({
    ...options,
    strategies: options.strategies ?? (await nodeStrategies(options.via)),
    identity: options.identity ?? newIdentity(),
  });
  try {
    await host.ready;
  } catch (error) {
    await host.close(0);
    throw error;
  }
  return host;
}

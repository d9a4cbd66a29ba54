// SPDX-License-Identifier: Apache-2.0
// `porthole/host`: bringing a site online from a Node program.

import { nodeStrategies } from '../transport/strategies/node.ts';
import { checkHost, createHost } from './host.ts';
import type { Host, HostOptions } from './host-options.ts';
import { defaultHome, siteFiles } from './identity/home.ts';
import { loadIdentity } from './identity/identity.ts';

export { PortholeError } from '../proto/errors.ts';
export type { Gate } from '../transport/continuity/gate.ts';
export type { ConnectAnswer, ConnectRequest, Site, Visitor } from '../transport/session/site.ts';
export { type AccessRules, createGate, type GateOptions } from './access/gate.ts';
export { INVITE_KEY_LABEL, makeInvite } from './access/invites.ts';
export { type AllowedKey, type KeyFile, openKeyFile, parseKeys } from './access/keys.ts';
export { keepPassword, newVerifier, type PasswordVerifier } from './access/password.ts';
export { type NodeSiteOptions, nodeSite } from './app/node-site.ts';
export { type AppSite, type AppSiteOptions, appSite } from './app/site.ts';
export type { Trouble } from './app/trouble.ts';
export { createHost } from './host.ts';
export type { Card, Host, HostEvents, HostOptions, InboxNews, InboxOptions, Registration } from './host-options.ts';
export { type Identity, loadIdentity, newIdentity } from './identity/identity.ts';
export type { Exchange, ExchangeLine, Heads, Kind } from './inspect/exchange.ts';
export { type Inspector, type InspectorOptions, inspect, type Side } from './inspect/inspector.ts';
export type { Message } from './inspect/messages.ts';
export type { NotKept } from './inspect/recorded-body.ts';
export type { Change } from './inspect/recorder.ts';
export type { ReplayChanges } from './inspect/replay.ts';
export { type InspectorPage, type InspectorPageOptions, serveInspector } from './inspect/server.ts';
export { ContentHashes, openContentHashes } from './static/content-hashes.ts';
export { type StaticSiteOptions, staticSite } from './static/site.ts';

/** What `serve` takes: a host's options, of which it finds some by itself. */
export type ServeOptions = Omit<HostOptions, 'strategies' | 'identity'> &
  Partial<Pick<HostOptions, 'strategies' | 'identity'>> & {
    /** Names of the strategies to offer, or a policy. */
    readonly via?: readonly string[];
    /** Where the site's key is kept without an `identity`; default `.porthole` in the home folder of whoever runs this. */
    readonly home?: string;
  };

/**
 * Brings a site online, and resolves once it is registered.
 * @param options `site`, `suite` and `name`. Without an `identity` the site has the key that is kept for its name, made the first
 * time: a name belongs to a key, and the next run is to have it again. `newIdentity()` is a key for this run alone
 * @throws PortholeError NAME_TAKEN, NAME_INVALID, SUITE_UNREACHABLE, SIGNATURE_WRONG, CONFIG_INVALID; STORAGE_FAILED when the key
 * cannot be kept
 * @example
 * const host = await serve({ suite: 'http://localhost:8080', name: 'hello', site: async () => new Response('hello') });
 */
export async function serve({ via, home, ...options }: ServeOptions): Promise<Host> {
  checkHost(options);
  const kept = options.identity ? null : siteFiles(home ?? defaultHome(), options.name);
  const host = createHost({
    ...options,
    strategies: options.strategies ?? (await nodeStrategies(via)),
    identity: options.identity ?? (await loadIdentity(`${kept}.pem`)),
    inbox: options.inbox && { ...(kept && { file: `${kept}.inbox` }), ...options.inbox },
  });
  try {
    await host.ready;
  } catch (error) {
    await host.close(0);
    throw error;
  }
  return host;
}

// SPDX-License-Identifier: Apache-2.0
// Upgrades on the HTTP port: the relay's WebSocket, and those of sites, which the gateway carries; Socket.IO takes its own.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { PortholeError } from '../../proto/errors.ts';
import { refusedUpgrade } from '../../transport/http/http-front.ts';
import { answerUpgrade, carryUpgrade, isOriginOf, type UpgradeRefusal } from '../../transport/http/upgrade.ts';
import { siteLabel } from '../naming/links.ts';
import { isNear, isStranger, STRANGER } from '../naming/near.ts';
import { RENDEZVOUS_PATH } from '../rendezvous/server.ts';
import { rateKey } from '../shared/caller.ts';
import { asked, type Web } from './answers.ts';
import { PASSED } from './gateway.ts';
import { answersFor } from './http.ts';
import { refusalOf } from './lan-routes.ts';

/** Takes over the socket of an upgrade request. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Where on the HTTP port the relay's WebSocket is. */
export const RELAY_PATH = '/.porthole/relay';
/** Of ours; the rest is the site's. */
const OWN = '/.porthole/';

const refusal = (status: number, code: UpgradeRefusal['code'], message: string): UpgradeRefusal => ({
  status,
  code,
  message,
  headers: { connection: 'close' },
});
const NOTHING = refusal(404, 'LINK_INVALID', 'there is nothing at this address');

/** Sends upgrades where they belong. */
export function routeUpgrades(server: Server, web: Web, relay: Upgrade | undefined): void {
  const isOurs = answersFor(web);
  const open = new Map<string, number>(); // by caller
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path === RENDEZVOUS_PATH || path.startsWith(`${RENDEZVOUS_PATH}/`)) return;
    socket.on('error', () => {}); // `close` follows
    if (path === RELAY_PATH && relay !== undefined && !isStranger(web.names, request)) return relay(request, socket, head);
    if (refusedUpgrade(request, socket, isOurs)) return;
    const found = placeOf(web, request);
    if ('code' in found) return answerUpgrade(request, socket, found);
    const key = rateKey(asked(web, request).caller.ip);
    const count = open.get(key) ?? 0;
    if (count >= web.limits.webSocketsPerAddress) {
      web.metrics.limited('webSocketsPerAddress');
      return answerUpgrade(request, socket, refusal(429, 'RATE_LIMITED', 'too many WebSockets from this address'));
    }
    open.set(key, count + 1);
    const done = (): void => {
      const left = (open.get(key) ?? 1) - 1;
      if (left > 0) open.set(key, left);
      else open.delete(key);
    };
    const { connect, site, authority } = found;
    const onError = (error: PortholeError): void => {
      if (error.code === 'INTERNAL') web.logger.error({ err: error, site }, 'gateway failed');
    };
    void carryUpgrade(request, socket, head, {
      authority,
      headers: PASSED,
      connect: (asking) => connect(site, asking),
      onError,
    }).finally(done);
  });
}

/** Whose the upgrade is, and how it gets there; or why not. */
function placeOf(web: Web, request: IncomingMessage) {
  const refused = refusalOf(web, request);
  if (refused !== null) return refusal(403, 'NOT_ALLOWED', refused);
  const { place, caller } = asked(web, request);
  const isLan = place.kind === 'lan';
  if ((place.kind !== 'site' && !isLan) || request.url?.startsWith(OWN)) return NOTHING;
  const { connect } = web.gateway ?? {};
  if (connect === undefined) return refusal(501, 'CONNECT_UNSUPPORTED', 'this suite carries no WebSockets of sites');
  const { origin } = request.headers;
  const isOwnPage = origin !== undefined && isOriginOf(origin, caller.protocol, caller.host);
  if (isLan) {
    // A proxy in front is near, and says who is behind it.
    if (!isNear(caller.ip)) return refusal(403, 'NOT_ALLOWED', STRANGER);
    // Who is near may have a page of somebody else's open: browsers let any page connect, and say which it is (RFC 6455 section 10.2).
    if (origin !== undefined && !isOwnPage) return refusal(403, 'NOT_ALLOWED', 'pages of other sites have no access');
    const site = web.names.lan?.site();
    if (site === undefined) return refusal(503, 'HOST_OFFLINE', 'the site is not online yet; try again in a moment');
    return { connect, site, authority: caller.host };
  }
  // The page has sealed ways of its own; one that comes here by mistake is to know it, and not to go on in the open.
  if (isOwnPage) return refusal(403, 'NOT_ALLOWED', 'a browser’s WebSockets go by the site’s page');
  const label = siteLabel(place.label);
  const site = label === undefined ? undefined : web.directory.find(label)?.id;
  if (site === undefined) return refusal(404, 'SITE_UNKNOWN', `the suite knows no site "${place.label}"`);
  return { connect, site, authority: caller.host };
}

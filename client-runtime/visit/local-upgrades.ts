// SPDX-License-Identifier: Apache-2.0
// WebSockets at a local gateway: each is carried to the site by the visit.

import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { PortholeError } from '../../proto/errors.ts';
import { type IsOurs, refusedUpgrade } from '../../transport/http/http-front.ts';
import { answerUpgrade, carryUpgrade, isOriginOf } from '../../transport/http/upgrade.ts';
import type { Connecting, Tunnel } from '../../transport/session/tunnel.ts';

/** Of ours; the rest is the site's. */
const OWN = '/.porthole/';

/** What carries them. */
export interface LocalUpgrades {
  readonly isOurs: IsOurs;
  /** Whether a Host header names this gateway. */
  readonly isOwnHost: (host: string | undefined) => boolean;
  /** What the site is told it is called. */
  readonly authority: string;
  /** Puts it to the site; undefined where that cannot be. */
  readonly connect: ((request: Connecting) => Promise<Tunnel>) | undefined;
  /** Told of each that failed, with its target. */
  readonly onError: ((error: PortholeError, target: string) => void) | undefined;
}

/** Takes a server's upgrades. Gives their sockets, those that are open: they are no connections of the server's any more. */
export function takeUpgrades(server: Server, { isOurs, isOwnHost, authority, connect, onError }: LocalUpgrades): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    if (refusedUpgrade(request, socket, isOurs)) return;
    const { host = '', origin } = request.headers;
    const refuse = (status: number, error: PortholeError): void =>
      answerUpgrade(request, socket, { status, code: error.code, message: error.message });
    if (!isOwnHost(host)) return refuse(403, new PortholeError('NOT_ALLOWED', 'this gateway answers on loopback names only'));
    // Browsers let any page connect to any server, and say which page it is (RFC 6455 section 10.2).
    if (origin !== undefined && !isOriginOf(origin, 'http', host)) {
      return refuse(403, new PortholeError('NOT_ALLOWED', 'pages of other sites have no access'));
    }
    if (request.url?.startsWith(OWN)) return refuse(404, new PortholeError('LINK_INVALID', 'there is nothing at this address'));
    if (!connect) return refuse(501, new PortholeError('CONNECT_UNSUPPORTED'));
    void carryUpgrade(request, socket, head, {
      authority,
      // To the site its pages are its own, whatever they are called here.
      field: (name, value) => (name === 'origin' ? `http://${authority}` : value),
      connect,
      onError: (error) => onError?.(error, request.url ?? '/'),
    });
  });
  return open;
}

// SPDX-License-Identifier: Apache-2.0
// WebSockets at a local gateway: each is carried to the site by the visit.

import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { PortholeError } from '../../proto/errors.ts';
import { type IsOurs, refusedUpgrade } from '../../transport/http/http-front.ts';
import { answerUpgrade, carryUpgrade } from '../../transport/http/upgrade.ts';
import type { Connecting, Tunnel } from '../../transport/session/tunnel.ts';
import { judgeUpgrade } from './local-walls.ts';

/** Of ours; the rest is the site's. */
const OWN = '/.porthole/';

/** What carries them. */
export interface LocalUpgrades {
  readonly isOurs: IsOurs;
  /** Of the site's own origin. */
  readonly label: string;
  /** What the site's link calls it: its cookies may be for that name, too. */
  readonly authority: string;
  /** Puts it to the site; undefined where that cannot be. */
  readonly connect: ((request: Connecting) => Promise<Tunnel>) | undefined;
  /** Told of each that failed, with its target. */
  readonly onError: ((error: PortholeError, target: string) => void) | undefined;
}

/** Takes a server's upgrades. Gives their sockets, those that are open: they are no connections of the server's any more. */
export function takeUpgrades(server: Server, { isOurs, label, authority, connect, onError }: LocalUpgrades): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    if (refusedUpgrade(request, socket, isOurs)) return;
    const refuse = (status: number, error: PortholeError): void =>
      answerUpgrade(request, socket, { status, code: error.code, message: error.message });
    const verdict = judgeUpgrade(request, label);
    if (verdict.is === 'refused') return refuse(403, new PortholeError('NOT_ALLOWED', verdict.message));
    if (request.url?.startsWith(OWN)) return refuse(404, new PortholeError('LINK_INVALID', 'there is nothing at this address'));
    if (!connect) return refuse(501, new PortholeError('CONNECT_UNSUPPORTED'));
    const { host = '' } = request.headers;
    void carryUpgrade(request, socket, head, {
      authority: host,
      cookiesFor: [host, authority],
      connect,
      onError: (error) => onError?.(error, request.url ?? '/'),
    });
  });
  return open;
}

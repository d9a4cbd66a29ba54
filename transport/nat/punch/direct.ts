// SPDX-License-Identifier: Apache-2.0
// Direct candidates: addresses of an end that may need no punch (a public address of its own; an inside address, for ends in one network).

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { asPortholeError } from '../../../proto/errors.ts';
import { dialTcp } from '../../channel/tcp.ts';
import type { Call } from '../../strategy/strategy.ts';
import { atSuite, candidateAddresses, canonical, demandReachable, mayReach } from '../addresses.ts';
import { serversOf } from '../probe/prober.ts';
import type { SocketAddress } from '../profile.ts';
import type { Arrivals } from './arrivals.ts';
import { MAX_CANDIDATES } from './limits.ts';

/** How a connection to a candidate is called in a reason. */
const HOW = 'direct';

/**
 * Listens where the other end may reach this one as it is.
 * @param own the addresses of this machine
 * @returns what to tell the other end: none when all of them are behind a NAT
 */
export async function offerDirect(call: Call, arrivals: Arrivals, own: readonly string[], signal: AbortSignal): Promise<SocketAddress[]> {
  const addresses = candidateAddresses(call.self, call.peer, own).slice(0, MAX_CANDIDATES);
  if (addresses.length === 0) return [];
  const server = createServer({ allowHalfOpen: true }, (socket) => arrivals.take(socket, 'accepted', HOW));
  server.on('error', () => {}); // a failing accept is no reason to end
  signal.addEventListener('abort', () => server.close(), { once: true });
  server.listen(0);
  await once(server, 'listening', { signal });
  const { port } = server.address() as AddressInfo;
  return addresses.map((ip) => ({ ip, port }));
}

/**
 * Connects to all that the other end told; resolves when no further one can stand.
 * @returns why none stood, or null when one was connected, or none was told
 * @throws PortholeError NOT_ALLOWED when one is not known to be the other end's own
 */
export async function reachDirect(
  call: Call,
  arrivals: Arrivals,
  list: readonly SocketAddress[],
  signal: AbortSignal,
): Promise<string | null> {
  const servers = call.offers.stunTcp ?? [];
  const suite = [...(await serversOf(servers, 4)), ...(await serversOf(servers, 6))].map(({ ip }) => canonical(ip));
  // One on the suite's machine cannot know by which of its addresses the suite is known here.
  const known = atSuite(call.peer) ? list.filter(({ ip }) => mayReach(ip, call.self, call.peer, suite)) : list;
  demandReachable(known, call.self, call.peer, suite);
  const tries = known.map(async ({ ip, port }) => arrivals.take(await dialTcp(ip, port, signal), 'dialled', HOW));
  const ends = await Promise.allSettled(tries);
  const failed = ends.flatMap((end) => (end.status === 'rejected' ? [asPortholeError(end.reason).message] : []));
  return failed.length === ends.length ? (failed[0] ?? null) : null;
}

// SPDX-License-Identifier: Apache-2.0
// Learns how a local port is seen from outside: Fig. 5, steps 1 to 4, by STUN over TCP (RFC 8489 section 6.2.2).

import { PortholeError } from '../../../proto/errors.ts';
import type { Call } from '../../strategy/strategy.ts';
import type { Clock } from '../../time/clock.ts';
import { canonical, outsideOf } from '../addresses.ts';
import { gapBeside } from '../probe/prediction.ts';
import { ANY, probe, serversOf, spread } from '../probe/prober.ts';
import type { SocketAddress } from '../profile.ts';
import type { BoundSocket, TcpSockets } from '../sockets/sockets.ts';
import { LOW_PORTS } from './limits.ts';
import type { Outside, Range } from './notes.ts';

/** A local port, and what is known of it. */
export interface Learned {
  readonly local: SocketAddress;
  readonly outside: Outside;
  readonly rttMs: number;
  /** Gives the port back, and lets the mapping go. */
  release(): void;
}

export interface LearnRequest {
  readonly sockets: TcpSockets;
  /** Where to bind; port 0 for a new one. */
  readonly local: SocketAddress;
  /** The outside address that this end is known by: another is of no use to the peer. */
  readonly outsideIp: string;
  readonly servers: readonly SocketAddress[];
  /** The gap between this end's outside ports, as far as it is known; null: no pattern. */
  readonly step?: number | null | undefined;
  /** Milliseconds of a round trip to the suite, as far as it is known. */
  readonly rttMs?: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface LearnOptions extends LearnRequest {
  /** How many servers to ask from the same port: two tell a gap. */
  readonly probes: number;
}

/**
 * Asks the suite, from one local port, how it is seen. The connections stay open until `release`, and the mapping with them.
 * @throws PortholeError STRATEGY_UNFIT (no server, or an outside address that is not the one the suite knows), NO_PATH when no
 *   server answers, SOCKET_FAILED and its like where there is no port to be had, or the signal's reason
 */
export async function learn(options: LearnOptions): Promise<Learned> {
  const { sockets, local, outsideIp, probes, step, clock, signal } = options;
  const servers = spread(options.servers).slice(0, probes);
  if (servers.length === 0) throw new PortholeError('STRATEGY_UNFIT', 'the suite offers no STUN over TCP to learn the outside port by');
  const bound = bindAll(sockets, local, servers.length);
  const from = { ip: local.ip, port: bound[0]?.local.port ?? 0 };
  // One after the other, so that the SYNs leave in the order in which their mappings are counted.
  const asked = servers.map((server, at) => probe(bound[at] as BoundSocket, server, clock, signal));
  const answers = (await Promise.allSettled(asked)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const release = (): void => {
    for (const { socket } of answers) socket.destroy();
  };
  try {
    signal.throwIfAborted();
    const last = answers.at(-1);
    if (!last) throw new PortholeError('NO_PATH', 'the suite did not say how this end is seen from outside (STUN over TCP)');
    const seen = last.address.ip;
    if (canonical(seen) !== canonical(outsideIp))
      throw new PortholeError('STRATEGY_UNFIT', 'this network has several outside addresses, and which one is used changes');
    const ports = answers.map(({ address }) => address.port);
    return {
      local: from,
      outside: { port: last.address.port, step: gapBeside(ports, step) },
      rttMs: Math.max(1, Math.round(Math.min(...answers.map(({ leastRttMs }) => leastRttMs)))),
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** Sockets on one local port, all of them or none. */
function bindAll(sockets: TcpSockets, local: SocketAddress, count: number): BoundSocket[] {
  const bound: BoundSocket[] = [];
  try {
    while (bound.length < count) bound.push(sockets.bind({ ip: local.ip, port: bound[0]?.local.port ?? local.port }));
    return bound;
  } catch (error) {
    for (const socket of bound) socket.close();
    throw error;
  }
}

/**
 * Finds out whether low ports stay low where a NAT takes any: it has few to take from then, and both ends can try them all.
 * @returns null where they do not, or may not be bound here
 */
export async function lowRange(request: LearnRequest, random: () => number): Promise<Range | null> {
  const [least, most] = LOW_PORTS;
  const { sockets, local, clock, signal } = request;
  const servers = spread(request.servers).slice(0, 2);
  const ports = await Promise.all(
    servers.map(async (server) => {
      const port = least + Math.floor(random() * (most - least + 1));
      const { socket, address } = await probe(sockets.bind({ ip: local.ip, port }), server, clock, signal);
      socket.resetAndDestroy();
      return address.port;
    }),
  ).catch(() => []);
  if (ports.length < 2 || ports.some((port) => port > most)) return null;
  return ports.every((port) => port >= least) ? LOW_PORTS : [1, most];
}

/**
 * What there is to learn with over one family of IP.
 * @param own the addresses of this machine
 * @throws PortholeError STRATEGY_UNFIT when the suite has not seen this end come by that family
 */
export async function requestFor(
  { self, offers, clock }: Pick<Call, 'self' | 'offers' | 'clock'>,
  sockets: TcpSockets,
  own: readonly string[],
  family: 4 | 6,
  signal: AbortSignal,
): Promise<LearnRequest> {
  const outsideIp = outsideOf(self, family);
  if (outsideIp === undefined) throw new PortholeError('STRATEGY_UNFIT', `the suite has not seen this end come by IPv${family}`);
  const ip = own.includes(outsideIp) ? outsideIp : ANY[family];
  const servers = await serversOf(offers.stunTcp ?? [], family);
  const mapping = family === 4 ? self.tcp?.mapping : undefined;
  const step = mapping?.behaviour === 'endpoint-independent' ? 0 : mapping?.step;
  return { sockets, local: { ip, port: 0 }, outsideIp, servers, step, signal, clock };
}

/** A port of this machine that is the same outside: there is no NAT, or it does not matter. */
export function asItIs({ sockets, local, rttMs = 0 }: Pick<LearnRequest, 'sockets' | 'local' | 'rttMs'>): Learned {
  const held = sockets.bind(local);
  return { local: held.local, outside: { port: held.local.port, step: 0 }, rttMs, release: () => held.close() };
}

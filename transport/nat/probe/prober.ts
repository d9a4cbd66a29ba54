// SPDX-License-Identifier: Apache-2.0
// The one prober of which ports the suite sees: dials its probe ports from a local port, and asks there by STUN, or not at all.

import { lookup } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import type { Clock } from '../../time/clock.ts';
import type { SocketAddress } from '../profile.ts';
import type { BoundSocket } from '../sockets/sockets.ts';
import { askStun } from './stun.ts';

/** Any address of this machine, by family of IP. */
export const ANY = { 4: '0.0.0.0', 6: '::' } as const;

export interface Dialled {
  readonly socket: Socket;
  /** Milliseconds until the connection stood: a round trip. */
  readonly rttMs: number;
}

export interface Seen extends Dialled {
  /** Where the suite saw the connection come from. */
  readonly address: SocketAddress;
}

/** Connects to a probe port and says nothing: the suite tells by the rendezvous what it saw. Rejects as the socket's `connect`. */
export async function dial(from: BoundSocket, to: SocketAddress, clock: Clock, signal: AbortSignal): Promise<Dialled> {
  const began = clock.now();
  const socket = await from.connect(to, signal);
  return { socket, rttMs: clock.now() - began };
}

/**
 * Connects to a probe port and asks what it sees. The connection stays, and the mapping with it.
 * @param user goes as USERNAME
 * @throws PortholeError as the socket's `connect` and `askStun`; the socket is closed then
 */
export async function probe(from: BoundSocket, to: SocketAddress, clock: Clock, signal: AbortSignal, user?: string): Promise<Seen> {
  const dialled = await dial(from, to, clock, signal);
  const { socket } = dialled;
  try {
    socket.setNoDelay(true);
    const address = await askStun(socket, signal, user);
    // What else comes is dropped, and a hang-up noticed by nobody: only the mapping is wanted.
    socket.resume();
    return { ...dialled, address };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The servers of one family; a name is looked up, as it was when the suite was dialled by it. Those that lead nowhere are left out. */
export async function serversOf<T extends SocketAddress>(servers: readonly T[], family: 4 | 6): Promise<T[]> {
  const found = servers.map(async (server) => {
    const { ip } = server;
    if (isIP(ip) !== 0) return isIP(ip) === family ? [server] : [];
    const name = /(^|\.)localhost$/i.test(ip) ? 'localhost' : ip;
    const list = await lookup(name, { family, all: true }).catch(() => []);
    return list.slice(0, 1).map(({ address }) => ({ ...server, ip: address }));
  });
  return (await Promise.all(found)).flat();
}

/** Servers in another order: one of each address first. */
export function spread(servers: readonly SocketAddress[]): SocketAddress[] {
  const turns = servers.map((server, at) => ({ server, turn: servers.slice(0, at).filter(({ ip }) => ip === server.ip).length }));
  return turns.sort((a, b) => a.turn - b.turn).map(({ server }) => server);
}

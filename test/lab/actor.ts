// SPDX-License-Identifier: Apache-2.0
// A process in a place of the lab that does with plain sockets what it is told over its channel.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { obey } from './obeying.ts';
import { type Address, type Options, PlainSocket } from './plain-sockets.ts';

/** Milliseconds between two looks at what is waited for. */
const LOOK_MS = 2;

const sockets = new Map<number, PlainSocket>();
let last = 0;

function keep(socket: PlainSocket): number {
  sockets.set(++last, socket);
  return last;
}

function of(id: number): PlainSocket {
  const socket = sockets.get(id);
  if (!socket) throw new Error(`there is no socket ${id}`);
  return socket;
}

/** Looks until there is something, or the time is over. */
async function until<T>(look: () => T, there: (found: T) => boolean, ms: number): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = look();
    if (there(found) || performance.now() >= end) return found;
    await pause(LOOK_MS);
  }
}

/** What an actor can do. */
const DEEDS = {
  open(kind: 'tcp' | 'udp', local: Address, options: Options): { id: number; port: number } {
    const socket = new PlainSocket(kind, local, options);
    return { id: keep(socket), port: socket.local.port };
  },
  set: (id: number, options: Options): void => of(id).set(options),
  connect: (id: number, remote: Address): void => of(id).connect(remote),
  outcome: (id: number, ms: number): Promise<string> =>
    until(
      () => of(id).outcome(),
      (outcome) => outcome !== 'pending',
      ms,
    ),
  listen: (id: number): void => of(id).listen(),
  async accept(id: number, ms: number): Promise<{ id: number; from: Address } | null> {
    const came = await until(
      () => of(id).accept(),
      (found) => found !== null,
      ms,
    );
    return came && { id: keep(came.socket), from: came.from };
  },
  send: (id: number, text: string, to?: Address): boolean => of(id).send(text, to),
  receive: (id: number, ms: number): Promise<{ text: string; from: Address | null } | null> =>
    until(
      () => of(id).receive(),
      (found) => found !== null,
      ms,
    ),
  close(id: number): void {
    of(id).close();
    sockets.delete(id);
  },
  /** Packets of ICMP that came in so far, by what they say. */
  icmp(): { unreachable: number; timeExceeded: number } {
    const [names, values] = [...readFileSync('/proc/net/snmp', 'utf8').matchAll(/^Icmp: (.*)$/gm)].map(
      ([, line]) => line?.split(' ') ?? [],
    );
    const count = (name: string): number => Number(values?.[names?.indexOf(name) ?? -1]);
    return { unreachable: count('InDestUnreachs'), timeExceeded: count('InTimeExcds') };
  },
};

export type Deeds = typeof DEEDS;

obey(DEEDS);

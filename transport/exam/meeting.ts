// SPDX-License-Identifier: Apache-2.0
// Meets the suite's doors: the connections whose outside ports the mapping is told by. Two local ports, several doors.

import type { Socket } from 'node:net';
import { type Clock, sleep } from '../clock.ts';
import type { BoundSocket, TcpSockets } from '../sockets/sockets.ts';
import type { Door, ExamDesk } from './desk.ts';
import type { Sample } from './mapping.ts';

/** A door that was not reached after this long is left for another one, in milliseconds: a lost SYN is sent again after 1 s only. */
const DOOR_MS = 300;
/** Rounds of looking for another door. */
const ROUNDS = 4;

export const ANY = '0.0.0.0';

/** From which local port to which address of the suite. */
interface Role {
  readonly local: 'main' | 'guest';
  readonly address: 0 | 1;
}
/** The guest meets the first address only: whom else its mapping lets in is the filtering exam. */
const ROLES: readonly Role[] = [
  { local: 'main', address: 0 },
  { local: 'main', address: 0 },
  { local: 'main', address: 1 },
  { local: 'guest', address: 0 },
];

export class Meeting {
  readonly samples: Sample[] = [];
  /** The quickest connection, in milliseconds. */
  rttMs = Number.POSITIVE_INFINITY;
  readonly #desk: ExamDesk;
  readonly #sockets: TcpSockets;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #ports: Partial<Record<Role['local'], number>> = {};
  readonly #open: Record<Role['local'], Socket[]> = { main: [], guest: [] };
  readonly #left: [Door[], Door[]];
  #begun = 0;

  constructor(desk: ExamDesk, sockets: TcpSockets, clock: Clock, signal: AbortSignal) {
    this.#desk = desk;
    this.#sockets = sockets;
    this.#clock = clock;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    this.#left = [[...desk.doorsOf(0)], [...desk.doorsOf(1)]];
  }

  /** The local port that has met the suite's first address only. */
  get guest(): number | undefined {
    return this.#ports.guest;
  }

  /** Counts a connection begun elsewhere, which may take a port of the NAT's. @returns its place in the order */
  count(): number {
    return this.#begun++;
  }

  /** Fills every role, as far as the suite has doors for it. */
  async meetAll(): Promise<void> {
    await this.#meet(ROLES);
  }

  /** One more connection, from the main port: where a NAT counts, it tells how far it is. Whether that was seen. */
  async meetOnce(): Promise<boolean> {
    const before = this.samples.length;
    await this.#meet([{ local: 'main', address: this.#left[1].length > 0 ? 1 : 0 }]);
    return this.samples.length > before;
  }

  /** Lets go of the main port's connections: they have told what they can. The guest's is to be there while others knock. */
  release(): void {
    for (const socket of this.#open.main.splice(0)) socket.resetAndDestroy();
  }

  close(): void {
    this.#stop.abort();
    for (const socket of [...this.#open.main, ...this.#open.guest]) socket.resetAndDestroy();
  }

  async #meet(roles: readonly Role[]): Promise<void> {
    let missing = [...roles];
    const tried: { role: Role; door: Door; nth: number; local: number }[] = [];
    for (let rounds = 0; rounds < ROUNDS && missing.length > 0; rounds++) {
      const dials = missing.flatMap((role) => {
        const door = this.#left[role.address].shift();
        if (!door) return [];
        const nth = this.count();
        const { local, done } = this.#dial(role, door);
        tried.push({ role, door, nth, local });
        return [done];
      });
      if (dials.length === 0) return;
      await Promise.race([Promise.all(dials), sleep(this.#clock, DOOR_MS, this.#signal)]);
      this.#signal.throwIfAborted();
      const visits = await this.#desk.visits();
      const found = tried.flatMap(({ role, door, nth, local }) => {
        const outside = visits.get(door.nth);
        return outside === undefined ? [] : [{ role, sample: { nth, local, ip: door.ip, port: door.port, outside } }];
      });
      missing = [...roles];
      for (const { role } of found) {
        const at = missing.findIndex((one) => one.local === role.local && one.address === role.address);
        if (at >= 0) missing.splice(at, 1);
      }
      const known = new Set(this.samples.map(({ nth }) => nth));
      this.samples.push(...found.map(({ sample }) => sample).filter(({ nth }) => !known.has(nth)));
      this.samples.sort((a, b) => a.nth - b.nth);
    }
  }

  #dial(role: Role, door: Door): { local: number; done: Promise<void> } {
    const socket: BoundSocket = this.#sockets.bind({ ip: ANY, port: this.#ports[role.local] ?? 0 });
    this.#ports[role.local] = socket.local.port;
    const begun = this.#clock.now();
    const done = socket.connect(door, this.#signal).then(
      (connected) => {
        this.rttMs = Math.min(this.rttMs, this.#clock.now() - begun);
        this.#open[role.local].push(connected);
      },
      () => {}, // not reached: no sample
    );
    return { local: socket.local.port, done };
  }
}

// SPDX-License-Identifier: Apache-2.0
// Meets the suite's doors: the connections whose outside ports the mapping is told by. Two local ports, several doors.

import type { Socket } from 'node:net';
import { type Clock, sleep } from '../../time/clock.ts';
import type { Sample } from '../probe/mapping.ts';
import { ANY, dial } from '../probe/prober.ts';
import type { BoundSocket, TcpSockets } from '../sockets/sockets.ts';
import type { Door, ExamDesk } from './desk.ts';
import { guestPorts } from './ports.ts';

/** A door that was not reached after this long at most is left for another one, in milliseconds: a lost SYN is sent again after 1 s only. */
const MOST_DOOR_MS = 300;
/** A SYN without an answer is sent again after this long, in milliseconds. */
const SYN_AGAIN_MS = 1000;
/** Rounds of looking for another door. */
const ROUNDS = 4;

/**
 * From which local port to which address of the suite. The guest meets the first address only: whom else its mapping lets in is
 * the filtering exam. The shooter meets the second, since what it shoots at is at the first.
 */
interface Role {
  readonly local: 'main' | 'guest' | 'shooter';
  readonly address: 0 | 1;
}

export interface MeetingOptions {
  readonly clock: Clock;
  /** What an answer of the suite took, in milliseconds. */
  readonly answerMs: number;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

export class Meeting {
  readonly samples: Sample[] = [];
  /** The slowest connection but for those whose SYN was lost, in milliseconds: what is waited for may take as long. */
  slowestMs = 0;
  readonly #desk: ExamDesk;
  readonly #sockets: TcpSockets;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #ports: Partial<Record<Role['local'], number>> = {};
  readonly #open: Record<Role['local'], Socket[]> = { main: [], guest: [], shooter: [] };
  readonly #left: [Door[], Door[]];
  readonly #doorMs: number;
  #begun = 0;

  constructor(desk: ExamDesk, sockets: TcpSockets, { clock, answerMs, random, signal }: MeetingOptions) {
    this.#desk = desk;
    this.#sockets = sockets;
    this.#clock = clock;
    this.#random = random;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    this.#left = [[...desk.doorsOf(0)], [...desk.doorsOf(1)]];
    this.#doorMs = Math.min(2 * answerMs + 100, MOST_DOOR_MS);
  }

  /** The local port that has met the suite's first address only. */
  get guest(): number | undefined {
    return this.#ports.guest;
  }

  /** Counts a connection begun elsewhere, which may take a port of the NAT's. @returns its place in the order */
  count(): number {
    return this.#begun++;
  }

  /** The local port whose outside port `meetForShots` has learned. */
  get shooter(): number | undefined {
    return this.#ports.shooter;
  }

  /** The fewest that tell whether there is one outside port for all (RFC 5780 section 4.3), and the guest. */
  async meetAll(): Promise<void> {
    await this.#meet([
      { local: 'main', address: 0 },
      { local: 'main', address: this.#second },
      { local: 'guest', address: 0 },
    ]);
  }

  /** One more connection, from the main port: where a NAT counts, it tells how far it is. Whether that was seen. */
  async meetOnce(address: 0 | 1 = this.#second): Promise<boolean> {
    const before = this.samples.length;
    await this.#meet([{ local: 'main', address }]);
    return this.samples.length > before;
  }

  /** Learns the outside port of one more local port, whose connection stays. */
  async meetForShots(): Promise<void> {
    await this.#meet([{ local: 'shooter', address: this.#second }]);
  }

  /** Lets go of the main port's connections: they have told what they can. The others are to be there while the suite knocks. */
  release(): void {
    for (const socket of this.#open.main.splice(0)) socket.resetAndDestroy();
  }

  close(): void {
    this.#stop.abort();
    for (const socket of Object.values(this.#open).flat()) socket.resetAndDestroy();
  }

  /** The second address while it has doors, else the first. */
  get #second(): 0 | 1 {
    return this.#left[1].length > 0 ? 1 : 0;
  }

  async #meet(roles: readonly Role[]): Promise<void> {
    let missing = [...roles];
    const tried: { role: Role; door: Door; nth: number; local: number }[] = [];
    for (let rounds = 0; rounds < ROUNDS && missing.length > 0; rounds++) {
      const dials = missing.flatMap((role) => {
        // Where an address has no door left, the other tells a port as well; but not to the guest, which is not to meet it.
        const door = this.#left[role.address].shift() ?? (role.local === 'main' ? this.#left[1 - role.address]?.shift() : undefined);
        if (!door) return [];
        const nth = this.count();
        const { local, done } = this.#dial(role, door);
        tried.push({ role, door, nth, local });
        return [done];
      });
      if (dials.length === 0) return;
      await Promise.race([Promise.all(dials), sleep(this.#clock, this.#doorMs, this.#signal)]);
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

  /** Binds the first of the ports that is free. */
  #bind([port = 0, ...others]: readonly number[]): BoundSocket {
    try {
      return this.#sockets.bind({ ip: ANY[4], port });
    } catch (error) {
      if (others.length === 0) throw error;
      return this.#bind(others);
    }
  }

  #dial(role: Role, door: Door): { local: number; done: Promise<void> } {
    const known = this.#ports[role.local];
    const socket = this.#bind(known !== undefined ? [known] : role.local === 'guest' ? guestPorts(this.#random) : [0]);
    this.#ports[role.local] = socket.local.port;
    const done = dial(socket, door, this.#clock, this.#signal).then(
      ({ socket: connected, rttMs }) => {
        if (rttMs < SYN_AGAIN_MS) this.slowestMs = Math.max(this.slowestMs, rttMs);
        this.#open[role.local].push(connected);
      },
      () => {}, // not reached: no sample
    );
    return { local: socket.local.port, done };
  }
}

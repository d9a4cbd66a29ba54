// SPDX-License-Identifier: Apache-2.0
// The suite as an exam run sees it: asked over the rendezvous, its addresses resolved.

import { isIPv4, isIPv6 } from 'node:net';
import { type KnockFrom, KnockOutcome, type Message } from '../../../proto/rendezvous.ts';
import { serversOf } from '../probe/prober.ts';
import type { SocketAddress } from '../profile.ts';
import type { Examination } from './own-nat.ts';

type Reply = Message<'Examination'>;

/** A knock to ask for; what is left out is 0. */
export interface Knock {
  readonly port: number;
  readonly from?: (typeof KnockFrom)[keyof typeof KnockFrom];
  readonly slot?: number;
  readonly udp?: boolean;
  readonly ipv6?: boolean;
}

/** A door: its place in the suite's list, and where it is. */
export interface Door extends SocketAddress {
  readonly nth: number;
}

export class ExamDesk {
  readonly doors: readonly Door[];
  readonly udp: readonly SocketAddress[];
  readonly token: string;
  readonly slots: readonly SocketAddress[];
  readonly resets: readonly SocketAddress[];
  readonly #rendezvous: Examination['rendezvous'];

  private constructor(
    rendezvous: Examination['rendezvous'],
    doors: readonly Door[],
    udp: readonly SocketAddress[],
    begun: Reply,
    host: string,
  ) {
    this.#rendezvous = rendezvous;
    this.doors = doors;
    this.udp = udp;
    this.token = begun.token;
    const placed = ({ ip, port }: SocketAddress): SocketAddress => ({ ip: ip || host, port });
    this.slots = begun.slots.map(placed);
    this.resets = begun.resets.map(placed);
  }

  /**
   * Begins a run.
   * @throws PortholeError RATE_LIMITED, NOT_ALLOWED, PROTOCOL_VIOLATED (a suite that knows no exams), SUITE_UNREACHABLE
   */
  static async begin({ greeting, rendezvous }: Pick<Examination, 'greeting' | 'rendezvous'>): Promise<ExamDesk> {
    const doors = greeting.stunTcp.map((door, nth) => ({ ...door, nth }));
    // Of a name IPv4 alone is looked up: an address of IPv6 that is not listed is none to examine.
    const [begun, four, udp] = await Promise.all([
      rendezvous.ask('exam', { begin: true }),
      serversOf(doors, 4),
      serversOf(greeting.stunUdp, 4),
    ]);
    return new ExamDesk(rendezvous, [...four, ...doors.filter(({ ip }) => isIPv6(ip))], udp, begun, four[0]?.ip ?? '');
  }

  /** The doors of the nth IPv4 address of the suite. */
  doorsOf(nth: number): readonly Door[] {
    const ips = [...new Set(this.doors.map(({ ip }) => ip).filter(isIPv4))];
    return this.doors.filter(({ ip }) => ip === ips[nth]);
  }

  /** Connections of this end's address that the suite has seen at its doors in this run; the doors that saw more than one are left out. */
  async visits(): Promise<ReadonlyMap<number, number>> {
    const { visits } = await this.#rendezvous.ask('exam', {});
    const found = new Map<number, number>();
    for (const { door, port } of visits) found.set(door, found.has(door) ? 0 : port);
    return new Map([...found].filter(([, port]) => port > 0));
  }

  /** Has the suite knock. @returns what became of each */
  async knock(knocks: readonly Knock[], waitMs: number): Promise<Reply['outcomes']> {
    if (knocks.length === 0) return [];
    const { outcomes } = await this.#rendezvous.ask('exam', { knocks: knocks.map((knock) => ({ ...knock, waitMs: Math.round(waitMs) })) });
    return knocks.map((_, at) => outcomes[at] ?? KnockOutcome.UNABLE);
  }

  /** Whom the suite has seen over the other family of IP. */
  async other(): Promise<SocketAddress | null> {
    return (await this.#rendezvous.ask('exam', {})).other;
  }
}

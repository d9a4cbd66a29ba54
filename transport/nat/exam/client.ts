// SPDX-License-Identifier: Apache-2.0
// The suite as an exam run sees it: asked over the rendezvous, its addresses resolved.

import { isIPv4, isIPv6 } from 'node:net';
import { type CallbackFrom, CallbackOutcome, type Message } from '../../../proto/rendezvous.ts';
import type { Clock } from '../../time/clock.ts';
import { serversOf } from '../probe/prober.ts';
import type { SocketAddress } from '../profile.ts';
import type { TcpSockets } from '../sockets/sockets.ts';
import type { Examination } from './own-nat.ts';

type Reply = Message<'Examination'>;

/** A callback to ask for; what is left out is 0. */
export interface Callback {
  readonly port: number;
  readonly from?: (typeof CallbackFrom)[keyof typeof CallbackFrom];
  readonly slot?: number;
  readonly udp?: boolean;
  readonly ipv6?: boolean;
}

/** A probe port: its place in the suite's list, and where it is. */
export interface ProbePort extends SocketAddress {
  readonly nth: number;
}

export interface ExamRun {
  readonly client: ProbeClient;
  readonly sockets: TcpSockets;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** What an answer of the suite took, in milliseconds. */
  readonly answerMs: number;
}

export class ProbeClient {
  readonly probePorts: readonly ProbePort[];
  readonly udp: readonly SocketAddress[];
  readonly token: string;
  readonly slots: readonly SocketAddress[];
  readonly resets: readonly SocketAddress[];
  readonly #rendezvous: Examination['rendezvous'];

  private constructor(
    rendezvous: Examination['rendezvous'],
    begun: Reply,
    probePorts: readonly ProbePort[],
    udp: readonly SocketAddress[],
  ) {
    this.#rendezvous = rendezvous;
    this.probePorts = probePorts;
    this.udp = udp;
    this.token = begun.token;
    const host = probePorts.find(({ ip }) => isIPv4(ip))?.ip ?? '';
    const placed = ({ ip, port }: SocketAddress): SocketAddress => ({ ip: ip || host, port });
    this.slots = begun.slots.map(placed);
    this.resets = begun.resets.map(placed);
  }

  /**
   * Begins a run.
   * @throws PortholeError RATE_LIMITED, NOT_ALLOWED, PROTOCOL_VIOLATED (a suite that knows no exams), SUITE_UNREACHABLE
   */
  static async begin({ greeting, rendezvous }: Pick<Examination, 'greeting' | 'rendezvous'>): Promise<ProbeClient> {
    const listed = greeting.stunTcp.map((server, nth) => ({ ...server, nth }));
    const [begun, four, udp] = await Promise.all([
      rendezvous.ask('exam', { begin: true }),
      serversOf(listed, 4),
      serversOf(greeting.stunUdp, 4),
    ]);
    // Of a name IPv4 alone is looked up: an address of IPv6 that is not listed is none to examine.
    return new ProbeClient(rendezvous, begun, [...four, ...listed.filter(({ ip }) => isIPv6(ip))], udp);
  }

  /** The probe ports of the nth IPv4 address of the suite. */
  probePortsOf(nth: number): readonly ProbePort[] {
    const ips = [...new Set(this.probePorts.map(({ ip }) => ip).filter(isIPv4))];
    return this.probePorts.filter(({ ip }) => ip === ips[nth]);
  }

  /** Outside ports of this end that the suite has seen in this run, by probe port; those that saw more than one are left out. */
  async seen(): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>();
    for (const { probePort, port } of (await this.#rendezvous.ask('exam', {})).probes)
      found.set(probePort, found.has(probePort) ? 0 : port);
    return new Map([...found].filter(([, port]) => port > 0));
  }

  /** Has the suite call back. @returns what became of each */
  async callBack(callbacks: readonly Callback[], waitMs: number): Promise<Reply['outcomes']> {
    if (callbacks.length === 0) return [];
    const asked = callbacks.map((callback) => ({ ...callback, waitMs: Math.round(waitMs) }));
    const { outcomes } = await this.#rendezvous.ask('exam', { callbacks: asked });
    return callbacks.map((_, at) => outcomes[at] ?? CallbackOutcome.UNABLE);
  }
}

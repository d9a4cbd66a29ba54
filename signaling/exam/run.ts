// SPDX-License-Identifier: Apache-2.0
// One end's exam run at the suite: its slots, who came to the probe ports meanwhile, and its callbacks.

import type { Server } from 'node:net';
import { PortholeError } from '../../proto/errors.ts';
import { MAX_CALLBACK_MS, MAX_CALLBACKS, MIN_CALLBACK_PORT } from '../../proto/limits.ts';
import { CallbackFrom, CallbackOutcome, type Message } from '../../proto/rendezvous.ts';
import type { SocketAddress } from '../../transport/nat/profile.ts';
import { type BoundSocket, GUARD_TTL, type TcpSockets } from '../../transport/nat/sockets/sockets.ts';
import { callBack, callBackByUdp, refusal } from './callback.ts';
import type { Seen } from './probe-ports.ts';

/** Slots of a run: those that take SYNs and say nothing, and those that answer RST. */
const SILENT_SLOTS = 18;
const RESET_SLOTS = 8;
/** Connections of an address that are remembered: a run makes a few. */
const MOST_PROBES = 64;

type Callback = Message<'Exam'>['callbacks'][number];
type Outcome = Message<'Examination'>['outcomes'][number];

export interface RunOptions {
  readonly sockets: TcpSockets;
  /** The suite's IPv4 addresses: that of the slots, and another one if there is one. */
  readonly first: string;
  readonly second: string | undefined;
  /** One of IPv6, if there is one. */
  readonly six: string | undefined;
}

export class Run {
  readonly slots: SocketAddress[] = [];
  readonly resets: SocketAddress[] = [];
  readonly probes: (Seen & { asked: boolean })[] = [];
  /** The address examined: the asker's own over IPv4; null while that is not known. */
  target: string | null;
  /** The same over IPv6, once it has come to a probe port with the run's token. */
  target6: string | null = null;
  readonly #options: RunOptions;
  readonly #listening: Server[] = [];
  readonly #bound: BoundSocket[] = [];
  #callbacks = 0;
  /** By family. */
  readonly #refusals: Partial<Record<4 | 6, Promise<Outcome>>> = {};

  private constructor(options: RunOptions, target: string | null) {
    this.#options = options;
    this.target = target;
  }

  /** Begins one. Where the sockets cannot keep silent there are no slots. */
  static async begin(options: RunOptions, target: string | null): Promise<Run> {
    const run = new Run(options, target);
    const { sockets, first } = options;
    try {
      for (let nth = 0; sockets.can.has('minTtl') && nth < SILENT_SLOTS + RESET_SLOTS; nth++) {
        const silent = nth < SILENT_SLOTS;
        const socket = sockets.bind({ ip: first, port: 0 }, silent ? { minTtl: GUARD_TTL } : {});
        (silent ? run.slots : run.resets).push(socket.local);
        // Bound, and not listened on: that is what answers RST.
        if (silent) run.#listening.push(await socket.listen((stranger) => stranger.resetAndDestroy()));
        else run.#bound.push(socket);
      }
      return run;
    } catch (error) {
      run.close();
      throw error;
    }
  }

  /** A connection came to a probe port. */
  seen(seen: Seen): () => void {
    const probe = { ...seen, asked: false };
    if (this.probes.length < MOST_PROBES) this.probes.push(probe);
    return () => {
      probe.asked = true;
    };
  }

  /**
   * Calls back at the target, all at once.
   * @throws PortholeError NOT_ALLOWED (a port that is not to be called back, or an address that has not come to a probe port), RATE_LIMITED
   */
  async callBack(callbacks: readonly Callback[]): Promise<Outcome[]> {
    const { target, target6 } = this;
    // Whoever has come to a probe port can be reached there: nobody is made to send to an address that was only named.
    const there = target !== null && this.probes.some(({ from }) => from.ip === target) ? target : null;
    if (callbacks.some(({ ipv6 }) => (ipv6 ? target6 : there) === null)) {
      throw new PortholeError('NOT_ALLOWED', 'only an address that has come to a probe port of the suite is examined');
    }
    for (const { port } of callbacks) {
      if (port < MIN_CALLBACK_PORT || port > 65_535) throw new PortholeError('NOT_ALLOWED', `port ${port} is not called back`);
    }
    this.#callbacks += callbacks.length;
    if (this.#callbacks > MAX_CALLBACKS) throw new PortholeError('RATE_LIMITED', `a run has at most ${MAX_CALLBACKS} callbacks`);
    return Promise.all(callbacks.map((one) => this.#callBack(one, (one.ipv6 ? target6 : there) as string)));
  }

  close(): void {
    for (const server of this.#listening.splice(0)) server.close();
    for (const socket of this.#bound.splice(0)) socket.close();
  }

  async #callBack({ port, from, slot, udp, waitMs, ipv6 }: Callback, target: string): Promise<Outcome> {
    const { sockets, first, second, six } = this.#options;
    const ip = ipv6 ? six : from === CallbackFrom.OTHER_ADDRESS ? second : first;
    if (ip === undefined) return CallbackOutcome.UNABLE;
    const to = { ip: target, port };
    if (udp) return ipv6 ? CallbackOutcome.UNABLE : callBackByUdp(ip, to, from);
    const atSlot = from === CallbackFrom.SLOT && !ipv6;
    const here = atSlot ? [...this.slots, ...this.resets][slot] : { ip, port: 0 };
    if (!here) return CallbackOutcome.UNABLE;
    const wait = Math.min(waitMs, MAX_CALLBACK_MS);
    // A bound socket of a slot that answers RST stands in the way of none: all of them share their port.
    const outcome = await callBack(sockets, here, to, wait);
    if (outcome !== CallbackOutcome.RST || atSlot) return outcome;
    // It is the same device that refuses strangers: found out once.
    const family = ipv6 ? 6 : 4;
    this.#refusals[family] ??= refusal(sockets, ip, to, wait);
    return this.#refusals[family];
  }
}

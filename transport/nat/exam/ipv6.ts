// SPDX-License-Identifier: Apache-2.0
// The exams over the other family of IP, and of IPv6: proves the end's address there, and finds out which strangers may come in.

import { isIPv4, type Server } from 'node:net';
import { CallbackOutcome } from '../../../proto/rendezvous.ts';
import { sleep } from '../../time/clock.ts';
import { ANY, probe } from '../probe/prober.ts';
import type { NatProfile, SocketAddress } from '../profile.ts';
import type { TcpSockets } from '../sockets/sockets.ts';
import type { Callback, ExamRun, ProbeClient } from './client.ts';
import { Inbound } from './syn-probe.ts';
import { MOST_TRIES, Verdicts } from './verdicts.ts';

/** How long a connection over another family of IP may take, and after how long a second one is begun beside it, in milliseconds. */
const PROOF_MS = 1300;
const PROOF_AGAIN_MS = 400;

/**
 * Connects to the suite over a family of IP, and proves that it is the same end.
 * @returns the outside address; null when the suite is not reached so; undefined when it has no such address
 */
export async function prove(family: 4 | 6, { client, sockets, clock, signal }: ExamRun): Promise<SocketAddress | null | undefined> {
  const to = client.probePorts.find(({ ip }) => isIPv4(ip) === (family === 4));
  if (!to) return undefined;
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal, AbortSignal.timeout(PROOF_MS)]);
  const once = async (): Promise<SocketAddress> => {
    const { socket, address } = await probe(sockets.bind({ ip: ANY[family], port: 0 }), to, clock, until, client.token);
    socket.resetAndDestroy();
    return address;
  };
  try {
    // A lost SYN is sent again after 1 s only.
    return await Promise.any([once(), sleep(clock, PROOF_AGAIN_MS, until).then(once)]);
  } catch {
    return null;
  } finally {
    stop.abort();
  }
}

/**
 * What answers a SYN over IPv6 that nobody asked for, where something listens: there is no NAT, so a firewall does, or nobody.
 * Its callbacks go with those of the rounds, since a suite does what an end asks one after the other.
 */
export class Ipv6Exam {
  readonly #listener: Server;
  readonly #port: number;
  readonly #inbound: Inbound;
  readonly #verdicts = new Verdicts();
  #unable = false;

  private constructor(listener: Server, port: number, inbound: Inbound) {
    this.#listener = listener;
    this.#port = port;
    this.#inbound = inbound;
  }

  /** To be opened once IPv6 is proved. */
  static async open(sockets: TcpSockets): Promise<Ipv6Exam> {
    const socket = sockets.bind({ ip: ANY[6], port: 0 });
    const inbound = new Inbound();
    return new Ipv6Exam(await socket.listen(inbound.add), socket.local.port, inbound);
  }

  /** Undefined while it is not known, and where the suite cannot tell. */
  get answer(): NatProfile['ipv6Unsolicited'] {
    return this.#verdicts.ownAnswer;
  }

  /** What to ask for next: one callback, then those that silence takes. */
  get callbacks(): readonly Callback[] {
    if (this.#unable || this.answer) return [];
    const { silences } = this.#verdicts;
    return Array.from({ length: silences === 0 ? 1 : MOST_TRIES - silences }, () => ({ port: this.#port, ipv6: true }));
  }

  take(outcome: number): void {
    if (outcome === CallbackOutcome.UNABLE) this.#unable = true;
    else this.#verdicts.unasked(outcome);
  }

  /** Asks what the rounds have left open. */
  async finish(client: ProbeClient, waitMs: number): Promise<void> {
    for (let { callbacks } = this; callbacks.length > 0; callbacks = this.callbacks) {
      for (const outcome of await client.callBack(callbacks, waitMs)) this.take(outcome);
    }
  }

  close(): void {
    this.#listener.close();
    this.#inbound.drop();
  }
}

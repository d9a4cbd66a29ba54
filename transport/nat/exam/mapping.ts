// SPDX-License-Identifier: Apache-2.0
// Probes the mapping (RFC 5780 section 4.3): connections from a few local ports, whose outside ports the suite sees.

import type { Socket } from 'node:net';
import { sleep } from '../../time/clock.ts';
import type { Sample } from '../probe/prediction.ts';
import { ANY, dial } from '../probe/prober.ts';
import type { BoundSocket } from '../sockets/sockets.ts';
import type { ExamRun, ProbePort } from './client.ts';

/** A probe port that was not reached after this long at most is left for another one, in milliseconds: a lost SYN is sent again after 1 s only. */
const MOST_PROBE_MS = 300;
/** A SYN without an answer is sent again after this long, in milliseconds. */
const SYN_AGAIN_MS = 1000;
/** Rounds of looking for another probe port. */
const ROUNDS = 4;

type Ports = readonly [number, number];
/**
 * Local ports for what is to come in, from one to before the other: below those that systems give out, where NATs that keep ports
 * seldom have mappings of others. No other part of an exam uses them, also not of one taken a little before: NATs remember whom a
 * port has written to for minutes (RFC 5382 REQ-5), and these are to have met one address only.
 */
export const INBOUND_PORTS: Ports = [10_000, 25_000];
/** Ports nobody uses are looked for between these. */
export const UNUSED_PORTS: Ports = [25_000, 32_768];
/** So many are tried before the system is asked for any. */
const PORT_TRIES = 4;

/** One of them. @param random from 0 to before 1 */
export function portOf([low, high]: Ports, random: () => number): number {
  return low + Math.floor(random() * (high - low));
}

/** Ports to try for what is to come in, one after the other; the last is 0, any that is free. */
export function inboundPorts(random: () => number): number[] {
  return [...Array.from({ length: PORT_TRIES }, () => portOf(INBOUND_PORTS, random)), 0];
}

/**
 * From which local port to which address of the suite. The inbound port meets the first address only: whom else its mapping lets in
 * is the filtering test. The one of the SYN probes meets the second, since they go to the first.
 */
interface Probe {
  readonly local: 'main' | 'inbound' | 'syn';
  readonly address: 0 | 1;
}

export class MappingProbes {
  readonly samples: Sample[] = [];
  /** The slowest connection but for those whose SYN was lost, in milliseconds: what is waited for may take as long. */
  slowestMs = 0;
  readonly #run: ExamRun;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #ports: Partial<Record<Probe['local'], number>> = {};
  readonly #open: Record<Probe['local'], Socket[]> = { main: [], inbound: [], syn: [] };
  readonly #left: [ProbePort[], ProbePort[]];
  #begun = 0;

  constructor(run: ExamRun) {
    this.#run = run;
    this.#signal = AbortSignal.any([run.signal, this.#stop.signal]);
    this.#left = [[...run.client.probePortsOf(0)], [...run.client.probePortsOf(1)]];
  }

  /** The local ports that there are by now: the one that has met the suite's first address only, and the one of the SYN probes. */
  get ports(): Readonly<Partial<Record<Probe['local'], number>>> {
    return this.#ports;
  }

  /** Counts a connection begun elsewhere, which may take a port of the NAT's. @returns its place in the order */
  count(): number {
    return this.#begun++;
  }

  /** The fewest that tell whether there is one outside port for all (RFC 5780 section 4.3), and the inbound port. */
  async all(): Promise<void> {
    await this.#probe({ local: 'main', address: 0 }, { local: 'main', address: this.#second }, { local: 'inbound', address: 0 });
  }

  /** One more connection, from the main port: where a NAT counts, it tells how far it is. Whether that was seen. */
  async once(address: 0 | 1 = this.#second): Promise<boolean> {
    const before = this.samples.length;
    await this.#probe({ local: 'main', address });
    return this.samples.length > before;
  }

  /** Learns the outside port of one more local port, whose connection stays. */
  async forSyns(): Promise<void> {
    await this.#probe({ local: 'syn', address: this.#second });
  }

  /** Lets go of the main port's connections: they have told what they can. The others are to be there while the suite calls back. */
  release(): void {
    for (const socket of this.#open.main.splice(0)) socket.resetAndDestroy();
  }

  close(): void {
    this.#stop.abort();
    for (const socket of Object.values(this.#open).flat()) socket.resetAndDestroy();
  }

  /** The second address while it has probe ports, else the first. */
  get #second(): 0 | 1 {
    return this.#left[1].length > 0 ? 1 : 0;
  }

  async #probe(...probes: readonly Probe[]): Promise<void> {
    const { client, clock, answerMs } = this.#run;
    const tried: { probe: Probe; to: ProbePort; nth: number; local: number }[] = [];
    let missing = probes;
    for (let rounds = 0; rounds < ROUNDS && missing.length > 0; rounds++) {
      const dials = missing.flatMap((probe) => {
        // Where an address has no port left, the other tells as well; but not to the inbound one, which is not to meet it.
        const to = this.#left[probe.address].shift() ?? (probe.local === 'main' ? this.#left[1 - probe.address]?.shift() : undefined);
        if (!to) return [];
        const nth = this.count();
        const { local, done } = this.#dial(probe, to);
        tried.push({ probe, to, nth, local });
        return [done];
      });
      if (dials.length === 0) return;
      await Promise.race([Promise.all(dials), sleep(clock, Math.min(2 * answerMs + 100, MOST_PROBE_MS), this.#signal)]);
      this.#signal.throwIfAborted();
      const seen = await client.seen();
      const found = tried.filter(({ to }) => seen.has(to.nth));
      missing = probes.filter((one) => !found.some(({ probe }) => probe === one));
      const known = new Set(this.samples.map(({ nth }) => nth));
      for (const { to, nth, local } of found)
        if (!known.has(nth)) this.samples.push({ nth, local, ip: to.ip, port: to.port, outside: seen.get(to.nth) as number });
      this.samples.sort((a, b) => a.nth - b.nth);
    }
  }

  /** Binds the first of the ports that is free. */
  #bind([port = 0, ...others]: readonly number[]): BoundSocket {
    try {
      return this.#run.sockets.bind({ ip: ANY[4], port });
    } catch (error) {
      if (others.length === 0) throw error;
      return this.#bind(others);
    }
  }

  #dial({ local }: Probe, to: ProbePort): { local: number; done: Promise<void> } {
    const { clock, random } = this.#run;
    const known = this.#ports[local];
    const from = this.#bind(known !== undefined ? [known] : local === 'inbound' ? inboundPorts(random) : [0]);
    this.#ports[local] = from.local.port;
    const done = dial(from, to, clock, this.#signal).then(
      ({ socket, rttMs }) => {
        if (rttMs < SYN_AGAIN_MS) this.slowestMs = Math.max(this.slowestMs, rttMs);
        this.#open[local].push(socket);
      },
      () => {}, // not reached: no sample
    );
    return { local: from.local.port, done };
  }
}

// SPDX-License-Identifier: Apache-2.0
// The rounds of the SYN exams: each round tries all that is not known yet, until it is known or enough tries have failed.

import { MAX_CALLBACKS } from '../../../proto/limits.ts';
import { CallbackFrom, CallbackOutcome } from '../../../proto/rendezvous.ts';
import { awaitedLater, sleep } from '../../time/clock.ts';
import { predictPort, preserves } from '../probe/prediction.ts';
import { ANY } from '../probe/prober.ts';
import type { Mapping, SocketAddress } from '../profile.ts';
import { systemCode } from '../sockets/sockets.ts';
import type { Callback, ExamRun, ProbePort } from './client.ts';
import type { Ipv6Exam } from './ipv6.ts';
import { type MappingProbes, portOf, UNUSED_PORTS } from './mapping.ts';
import { type Aim, fateOf, SynProbe } from './syn-probe.ts';
import type { UdpExam } from './udp.ts';
import { FEW_TRIES, MOST_HOPS, MOST_TRIES, type Tries, type Verdicts } from './verdicts.ts';

export interface RoundsOptions extends ExamRun {
  readonly probes: MappingProbes;
  readonly mapping: Mapping;
  readonly verdicts: Verdicts;
  /** The end's own outside address. */
  readonly observed: SocketAddress;
  /** Outside ports that have met the suite's first address only, of TCP and of UDP; undefined where there is none. */
  readonly inbound: number | undefined;
  readonly udpInbound: number | undefined;
  readonly udp: UdpExam;
  readonly six: () => Ipv6Exam | undefined;
}

/** After a second a SYN without an answer is sent again, and opens what was closed: by then a round must be over, in milliseconds. */
const STALE_MS = 900;
/** A longer round trip is waited for no longer, in milliseconds: the round would be late. */
export const MOST_RTT_MS = 200;
/** For machines on the way that are busy, in milliseconds. */
const MARGIN_MS = 120;
/** Rounds, with those that came too late. Two or three are what it takes. */
const MOST_ROUNDS = 7;

type From = NonNullable<Callback['from']>;

/** What a round asks the suite to do, and what its outcome means. */
interface Asked {
  readonly callback: Callback;
  readonly take: (outcome: number) => void;
  /** That it came in means nothing when it is late. */
  readonly stale?: boolean;
}

/** A SYN probe, and the callback that is to meet it. */
interface Sent {
  readonly probe: SynProbe;
  readonly asked: Asked;
}

export class Rounds {
  readonly #options: RoundsOptions;
  #slot = 0;
  #reset = 0;
  #callbacks = 0;
  #unused: number;
  /** The local port of the SYN probes; 0: a new one each time. */
  #from = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#unused = portOf(UNUSED_PORTS, options.random);
  }

  /** All rounds, until there is nothing that one more would tell. */
  async run(): Promise<void> {
    const { probes, mapping } = this.#options;
    // Where the outside port is another one than the local one, one that is known serves all SYN probes.
    if (mapping.step === 0 && !preserves(probes.samples)) {
      await probes.forSyns();
      this.#from = probes.ports.syn ?? 0;
    }
    for (let round = 1; round <= MOST_ROUNDS && (await this.#round(round)); round++);
  }

  /** One round; of one that was late only what cannot be feigned counts. @returns whether there was anything to do */
  async #round(round: number): Promise<boolean> {
    const { client, probes, mapping, clock, signal } = this.#options;
    const rttMs = Math.min(probes.slowestMs, MOST_RTT_MS);
    const aims = this.#aims(round);
    const lives = this.#lives(aims);
    const strangers = this.#strangers();
    const hairpins = this.#wantsHairpin;
    if (aims.length + lives.length + strangers.length === 0 && !hairpins) return false;
    this.#callbacks += aims.length + strangers.length;
    if (this.#callbacks > MAX_CALLBACKS - MOST_TRIES) return false;
    // Where a NAT counts, others may have connected since.
    if (round > 1 && aims.length > 0 && mapping.step !== null && mapping.step !== 0 && !(await probes.once(0))) return true;
    const begun = clock.now();
    const sent: Sent[] = [];
    const beside: Promise<void>[] = [];
    try {
      // What has no socket left ends the run, and what was sent before is closed.
      for (const aim of aims) sent.push(...this.#send(aim));
      for (const [ttl, to] of lives) beside.push(awaitedLater(this.#look(ttl, to, Math.ceil(3 * rttMs) + MARGIN_MS)));
      if (hairpins) beside.push(awaitedLater(this.#hairpin(callbackWait(rttMs))));
      if (aims.some(({ kind }) => kind === 'low' || kind === 'reset')) await sleep(clock, settleMs(rttMs), signal);
      await Promise.all(sent.map(({ probe }) => probe.open()));
      const asked = [...sent.map(({ asked }) => asked), ...strangers];
      const outcomes = await client.callBack(
        asked.map(({ callback }) => callback),
        callbackWait(rttMs),
      );
      const inTime = clock.now() - begun < STALE_MS;
      await Promise.all(beside);
      for (const [at, { take, stale }] of asked.entries()) {
        const outcome = outcomes[at] ?? CallbackOutcome.UNABLE;
        if (inTime || !stale || !cameIn(outcome)) take(outcome);
      }
      return true;
    } finally {
      await Promise.all(sent.map(({ probe }) => probe.close()));
    }
  }

  /** Sees where a SYN that lives for so many hops ends. */
  async #look(ttl: number, to: ProbePort, waitMs: number): Promise<void> {
    const { sockets, probes, signal, verdicts } = this.#options;
    probes.count();
    verdicts.look(ttl, await fateOf(sockets, ttl, to, waitMs, signal));
  }

  /**
   * What is to be sent, the longest-lived first: where a NAT counts, those that die before it take none of its ports. What takes
   * two tries in any case has both at once.
   */
  #aims(round: number): Aim[] {
    const { verdicts, mapping, sockets } = this.#options;
    if (mapping.step === null || verdicts.synOutSynIn === false) return [];
    const aims: Aim[] = [];
    const add = (aim: Aim, times: number): void => void aims.push(...Array.from({ length: times }, () => aim));
    const { fresh, reset, full } = verdicts;
    // What decides most often comes at once, what is left in the second round.
    if (fresh.verdict(MOST_TRIES) === undefined) add({ kind: 'fresh' }, fresh.count === 0 ? 1 : MOST_TRIES - fresh.count);
    if (reset.leadBy(MOST_TRIES) === undefined)
      add({ kind: 'reset' }, Math.min(MOST_TRIES - Math.abs(reset.came - reset.failed), FEW_TRIES));
    // Most often one of the others has come in by then.
    if (round > 2 && verdicts.synOutSynIn === undefined) add({ kind: 'full' }, FEW_TRIES - full.count);
    // One hop more a round: most NATs are the first.
    const last = verdicts.opener ?? Math.min(round + 1, MOST_HOPS);
    for (let ttl = last; ttl >= 2; ttl--) add({ kind: 'low', ttl }, verdicts.wants(ttl));
    return aims.filter((aim) => SynProbe.can(sockets, aim) && this.#triesOf(aim).possible);
  }

  #triesOf(aim: Aim): Tries {
    const { verdicts } = this.#options;
    return aim.kind === 'low' ? verdicts.lowAt(aim.ttl) : verdicts[aim.kind];
  }

  /** The lives whose end is to be looked at: of those sent now, and of the one that opened the NAT, until something was seen. */
  #lives(aims: readonly Aim[]): [number, ProbePort][] {
    const { verdicts, client, sockets } = this.#options;
    const to = client.probePortsOf(0)[0];
    const lives = new Set([...aims.flatMap((aim) => (aim.kind === 'low' ? [aim.ttl] : [])), verdicts.opener ?? 0]);
    const open = [...lives].filter((ttl) => ttl > 0 && verdicts.unseen(ttl));
    return to && sockets.can.has('ttl') ? open.map((ttl) => [ttl, to]) : [];
  }

  #send(aim: Aim): Sent[] {
    const { client, sockets, probes, mapping } = this.#options;
    const tries = this.#triesOf(aim);
    const slot = aim.kind === 'reset' ? client.slots.length + this.#reset++ : this.#slot++;
    const at = aim.kind === 'reset' ? client.resets[slot - client.slots.length] : client.slots[slot];
    if (!at) {
      tries.unable++;
      return [];
    }
    const nth = probes.count();
    const probe = new SynProbe(sockets, aim, at, this.#from);
    const port = predictPort(probes.samples, mapping, probe.local, nth);
    if (port === undefined) {
      tries.unable++;
      void probe.close();
      return [];
    }
    // A socket that still waits has sent its SYN again by then, which meets the callback at its slot. A fresh one has been taken back.
    const stale = aim.kind !== 'fresh';
    return [{ probe, asked: { callback: { port, slot }, take: noting(tries), stale } }];
  }

  /** Callbacks of strangers: at the inbound ports' mappings, and at a port nobody uses. */
  #strangers(): Asked[] {
    const { verdicts, inbound, udpInbound, udp } = this.#options;
    const six = this.#options.six();
    const asked: Asked[] = [];
    for (const [from, tries] of this.#fromStrangers(inbound, verdicts.otherPort, verdicts.otherAddress)) {
      const take = (outcome: number): void => {
        noting(tries)(outcome);
        if (!cameIn(outcome)) verdicts.unasked(outcome);
      };
      asked.push({ callback: { port: inbound ?? 0, from }, take });
    }
    // The inbound port answers for others too where nobody is let in by it; the rest is nobody's, as far as can be told.
    const unused = verdicts.answer ? 0 : Math.max(MOST_TRIES - verdicts.silences - asked.length, FEW_TRIES - verdicts.heard);
    for (let times = 0; times < unused; times++) {
      asked.push({ callback: { port: this.#unused++, from: CallbackFrom.OTHER_PORT }, take: (outcome) => verdicts.unasked(outcome) });
    }
    for (const [from, tries] of this.#fromStrangers(udpInbound, verdicts.udpOtherPort, verdicts.udpOtherAddress)) {
      const take = (outcome: number): void => {
        if (outcome === CallbackOutcome.SENT) tries.note(udp.marks.has(from));
        else tries.unable++;
      };
      asked.push({ callback: { port: udpInbound ?? 0, from, udp: true }, take });
    }
    for (const callback of six?.callbacks ?? []) asked.push({ callback, take: (outcome) => six?.take(outcome) });
    return asked;
  }

  /** From where to call back: once each, then as often as a no takes. Where another address is let in, so is another port. */
  #fromStrangers(at: number | undefined, port: Tries, address: Tries): [From, Tries][] {
    const times = (tries: Tries): number => {
      if (at === undefined || tries.verdict(MOST_TRIES) !== undefined || !tries.possible) return 0;
      return tries.count === 0 ? 1 : MOST_TRIES - tries.count;
    };
    const { OTHER_PORT, OTHER_ADDRESS } = CallbackFrom;
    return [
      ...Array.from({ length: address.happened ? 0 : times(port) }, (): [From, Tries] => [OTHER_PORT, port]),
      ...Array.from({ length: times(address) }, (): [From, Tries] => [OTHER_ADDRESS, address]),
    ];
  }

  get #wantsHairpin(): boolean {
    const { inbound, verdicts } = this.#options;
    return inbound !== undefined && verdicts.hairpin.verdict() === undefined;
  }

  /** Connects to the end's own outside address, where a listener has the inbound port. */
  async #hairpin(waitMs: number): Promise<void> {
    const { sockets, observed, inbound, verdicts, probes, signal } = this.#options;
    if (inbound === undefined) return;
    probes.count();
    const until = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
    const came = await sockets
      .bind({ ip: ANY[4], port: 0 })
      .connect({ ip: observed.ip, port: inbound }, until)
      .then(
        (socket) => {
          socket.resetAndDestroy();
          return true;
        },
        (error) => systemCode(error) === 'ECONNRESET', // it stood, and the listener has let go already
      );
    verdicts.hairpin.note(came);
  }
}

const cameIn = (outcome: number): boolean => outcome === CallbackOutcome.CONNECTED;

function noting(tries: Tries): (outcome: number) => void {
  return (outcome) => {
    if (outcome === CallbackOutcome.UNABLE) tries.unable++;
    else tries.note(cameIn(outcome));
  };
}

/** How long to wait for what should take a round trip, in milliseconds: no longer than leaves a round in time. */
export function callbackWait(rttMs: number): number {
  return Math.ceil(Math.min(2 * rttMs + MARGIN_MS, STALE_MS - settleMs(rttMs) - rttMs - MARGIN_MS));
}

/** How long what answers a SYN on its way takes to have come, in milliseconds. */
function settleMs(rttMs: number): number {
  return 1.5 * rttMs + 50;
}

// SPDX-License-Identifier: Apache-2.0
// The rounds of the SYN exams: each tries what is not known yet, all at once, until it is or enough tries have failed.

import { KnockFrom, KnockOutcome } from '../../proto/rendezvous.ts';
import { type Clock, sleep } from '../clock.ts';
import { systemCode, type TcpSockets } from '../sockets/sockets.ts';
import type { Mapping, SocketAddress } from '../strategy.ts';
import type { Door, ExamDesk, Knock } from './desk.ts';
import { predictPort } from './mapping.ts';
import { ANY, type Meeting } from './meeting.ts';
import { FEW_TRIES, MOST_HOPS, MOST_TRIES, type Notes } from './notes.ts';
import { type Aim, cameIn, fateOf, knockAt, Shot } from './shots.ts';
import type { UdpExam } from './udp.ts';

/** Ports nobody uses are looked for between these. */
const UNUSED_PORTS = [20_000, 60_000] as const;

export interface RoundsOptions {
  readonly desk: ExamDesk;
  readonly sockets: TcpSockets;
  readonly meeting: Meeting;
  readonly mapping: Mapping;
  readonly notes: Notes;
  /** The end's own outside address. */
  readonly observed: SocketAddress;
  /** The guest's outside ports, of TCP and of UDP; undefined where there is none. */
  readonly guest: number | undefined;
  readonly udpGuest: number | undefined;
  readonly udp: UdpExam | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** After a second a SYN without an answer is sent again, and opens what was closed: by then a round's shots must be over, in milliseconds. */
const STALE_MS = 900;
/** Rounds, with those that came too late. */
const MOST_ROUNDS = 5;

/** What a round asks the suite to do, and what its outcome means. */
interface Asked {
  readonly knock: Knock;
  readonly take: (outcome: number) => void;
  /** Means nothing when it comes late. */
  readonly stale?: boolean;
}

export class Rounds {
  readonly #options: RoundsOptions;
  #slot = 0;
  #reset = 0;
  #unused: number;

  constructor(options: RoundsOptions) {
    this.#options = options;
    const [low, high] = UNUSED_PORTS;
    this.#unused = low + Math.floor(options.random() * (high - low));
  }

  /** All rounds. */
  async run(): Promise<void> {
    const { notes } = this.#options;
    for (let round = 1, all = 0; (round <= MOST_TRIES || notes.open) && all < MOST_ROUNDS; all++) if (await this.#round(round)) round++;
  }

  /** @returns whether it was in time; of one that was not, only what cannot be feigned counts */
  async #round(round: number): Promise<boolean> {
    const { desk, sockets, meeting, mapping, clock, signal, notes } = this.#options;
    const rttMs = Math.min(meeting.rttMs, 300);
    // Where a NAT counts, others may have connected since.
    if (round > 1 && mapping.step !== null && mapping.step !== 0 && !(await meeting.meetOnce())) return true;
    const begun = clock.now();
    const aims = this.#aims(round);
    const fired = aims.flatMap((aim) => this.#fire(aim));
    const looked = this.#lives(aims).map(async ([ttl, door]) => {
      meeting.count();
      notes.look(ttl, await fateOf(sockets, ttl, door, waitOf(1.5 * rttMs), signal));
    });
    const hairpin = this.#hairpin(waitOf(rttMs), round);
    try {
      if (aims.some(({ kind }) => kind === 'low' || kind === 'reset')) await sleep(clock, rttMs * 1.5 + 50, signal);
      await Promise.all(fired.map(({ shot }) => shot.open()));
      const asked = [...fired.map(({ asked }) => asked), ...this.#strangers()];
      const outcomes = await desk.knock(
        asked.map(({ knock }) => knock),
        waitOf(rttMs),
      );
      await Promise.all([...looked, hairpin]);
      const inTime = clock.now() - begun < STALE_MS;
      for (const [at, { take, stale }] of asked.entries()) if (inTime || !stale) take(outcomes[at] ?? KnockOutcome.UNABLE);
      return inTime;
    } finally {
      await Promise.all(fired.map(({ shot }) => shot.close()));
    }
  }

  /** What is to be shot, the longest-lived first: where a NAT counts, those that die before it take none of its ports. */
  #aims(round: number): Aim[] {
    const { notes, mapping, sockets } = this.#options;
    if (mapping.step === null) return [];
    const aims: Aim[] = [];
    if (notes.fresh.verdict(FEW_TRIES) === undefined) aims.push({ kind: 'fresh' });
    if (notes.reset.majorityOf(MOST_TRIES) === undefined) aims.push({ kind: 'reset' });
    if (round > 1 && notes.synOutSynIn === undefined) aims.push({ kind: 'full' });
    const last = round === 1 ? 2 : (notes.opener ?? MOST_HOPS);
    for (let ttl = last; ttl >= 2; ttl--) {
      if (notes.wants(ttl)) aims.push({ kind: 'low', ttl });
    }
    return aims.filter((aim) => Shot.can(sockets, aim));
  }

  /** The lives whose end is to be looked at: of those shot now, and of the one that opened the NAT, until something was seen. */
  #lives(aims: readonly Aim[]): [number, Door][] {
    const { notes, desk, sockets } = this.#options;
    const door = desk.doorsOf(0)[0];
    const lives = new Set([...aims.flatMap((aim) => (aim.kind === 'low' ? [aim.ttl] : [])), notes.opener ?? 0]);
    const open = [...lives].filter((ttl) => ttl > 0 && notes.unseen(ttl));
    return door && sockets.can.has('ttl') ? open.map((ttl) => [ttl, door]) : [];
  }

  #fire(aim: Aim): { shot: Shot; asked: Asked }[] {
    const { desk, sockets, meeting, mapping, notes } = this.#options;
    const slot = aim.kind === 'reset' ? desk.slots.length + this.#reset++ : this.#slot++;
    const at = aim.kind === 'reset' ? desk.resets[slot - desk.slots.length] : desk.slots[slot];
    if (!at) return [];
    const nth = meeting.count();
    const shot = Shot.fire(sockets, aim, at, 0);
    const port = predictPort(meeting.samples, mapping, shot.local, nth);
    if (port === undefined) {
      void shot.close();
      return [];
    }
    const tries = aim.kind === 'low' ? notes.lowAt(aim.ttl) : notes[aim.kind];
    return [
      { shot, asked: { knock: knockAt(port, slot), take: (outcome) => outcome !== KnockOutcome.UNABLE && tries.note(cameIn(outcome)) } },
    ];
  }

  /** Knocks of strangers: at the guest's mappings, and at a port nobody uses. */
  #strangers(): Asked[] {
    const { notes, guest, udpGuest, udp } = this.#options;
    const asked: Asked[] = [];
    if (guest !== undefined) {
      for (const [from, tries] of [
        [KnockFrom.OTHER_PORT, notes.otherPort],
        [KnockFrom.OTHER_ADDRESS, notes.otherAddress],
      ] as const) {
        if (tries.verdict() === undefined) {
          asked.push({ knock: { port: guest, from }, take: (outcome) => outcome !== KnockOutcome.UNABLE && tries.note(cameIn(outcome)) });
        }
      }
    }
    if (notes.answer === undefined) {
      asked.push({ knock: { port: this.#unused++, from: KnockFrom.OTHER_PORT }, take: (outcome) => this.#unsolicited(outcome) });
    }
    if (udpGuest !== undefined) {
      for (const [from, tries] of [
        [KnockFrom.OTHER_PORT, notes.udpOtherPort],
        [KnockFrom.OTHER_ADDRESS, notes.udpOtherAddress],
      ] as const) {
        const take = (outcome: number): void => {
          if (outcome === KnockOutcome.SENT) tries.note(udp?.marks.has(from) ?? false);
        };
        if (tries.verdict() === undefined) asked.push({ knock: { port: udpGuest, from, udp: true }, take });
      }
    }
    return asked;
  }

  #unsolicited(outcome: number): void {
    const { notes } = this.#options;
    if (outcome === KnockOutcome.RST) notes.answer = 'rst';
    else if (outcome === KnockOutcome.ICMP) notes.answer = 'icmp';
    else if (outcome === KnockOutcome.CONNECTED) notes.answer = 'accepted';
    else if (outcome === KnockOutcome.SILENCE) notes.unsolicited.note(false);
    if (notes.unsolicited.verdict() === false) notes.answer = 'silence';
  }

  /** Connects to the end's own outside address, where a listener stands for the guest. */
  async #hairpin(waitMs: number, round: number): Promise<void> {
    const { sockets, observed, guest, notes, meeting, signal } = this.#options;
    if (guest === undefined || notes.hairpin.verdict(FEW_TRIES) !== undefined || round > FEW_TRIES) return;
    meeting.count();
    const until = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
    const came = await sockets
      .bind({ ip: ANY, port: 0 })
      .connect({ ip: observed.ip, port: guest }, until)
      .then(
        (socket) => {
          socket.resetAndDestroy();
          return true;
        },
        (error) => systemCode(error) === 'ECONNRESET', // it stood, and the listener has let go already
      );
    notes.hairpin.note(came);
  }
}

/** How long to wait for what should take a round trip, in milliseconds. */
function waitOf(rttMs: number): number {
  return Math.ceil(3 * rttMs + 140);
}

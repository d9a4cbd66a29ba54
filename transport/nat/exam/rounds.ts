// SPDX-License-Identifier: Apache-2.0
// The rounds of the SYN exams: each tries what is not known yet, all at once, until it is or enough tries have failed.

import { MAX_KNOCKS } from '../../../proto/limits.ts';
import { KnockFrom, KnockOutcome } from '../../../proto/rendezvous.ts';
import { awaitedLater } from '../../time/abortable.ts';
import { type Clock, sleep } from '../../time/clock.ts';
import { predictPort, preserves } from '../probe/mapping.ts';
import { ANY } from '../probe/prober.ts';
import type { Mapping, SocketAddress } from '../profile.ts';
import { systemCode, type TcpSockets } from '../sockets/sockets.ts';
import type { Door, ExamDesk, Knock } from './desk.ts';
import type { Meeting } from './meeting.ts';
import { FEW_TRIES, MOST_HOPS, MOST_TRIES, type Notes, type Tries } from './notes.ts';
import { portOf, UNUSED_PORTS } from './ports.ts';
import { type Aim, cameIn, fateOf, knockAt, Shot } from './shots.ts';
import type { SixExam } from './six.ts';
import type { UdpExam } from './udp.ts';

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
  /** The exam of IPv6, once it is open. */
  readonly six: () => SixExam | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** After a second a SYN without an answer is sent again, and opens what was closed: by then a round's shots must be over, in milliseconds. */
const STALE_MS = 900;
/** A longer round trip is waited for no longer, in milliseconds: the round would be late. */
export const MOST_RTT_MS = 200;
/** For machines on the way that are busy, in milliseconds. */
const MARGIN_MS = 120;
/** Rounds, with those that came too late. Two or three are what it takes. */
const MOST_ROUNDS = 7;

/** What a round asks the suite to do, and what its outcome means. */
interface Asked {
  readonly knock: Knock;
  readonly take: (outcome: number) => void;
  /** That it came in means nothing when it is late. */
  readonly stale?: boolean;
}

/** A shot, and the knock that is to meet it. */
interface Fired {
  readonly shot: Shot;
  readonly asked: Asked;
}

export class Rounds {
  readonly #options: RoundsOptions;
  #slot = 0;
  #reset = 0;
  #knocks = 0;
  #unused: number;
  /** The local port to shoot from; 0: a new one each time. */
  #shooter = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#unused = portOf(UNUSED_PORTS, options.random);
  }

  /** All rounds, until there is nothing that one more would tell. */
  async run(): Promise<void> {
    const { meeting, mapping } = this.#options;
    // Where the outside port is another one than the local one, one that is known serves all shots.
    if (mapping.step === 0 && !preserves(meeting.samples)) {
      await meeting.meetForShots();
      this.#shooter = meeting.shooter ?? 0;
    }
    for (let round = 1; round <= MOST_ROUNDS && (await this.#round(round)); round++);
  }

  /** One round; of one that was late only what cannot be feigned counts. @returns whether there was anything to do */
  async #round(round: number): Promise<boolean> {
    const { desk, meeting, mapping, clock, signal } = this.#options;
    const rttMs = Math.min(meeting.slowestMs, MOST_RTT_MS);
    const aims = this.#aims(round);
    const lives = this.#lives(aims);
    const strangers = this.#strangers();
    const hairpins = this.#wantsHairpin;
    if (aims.length + lives.length + strangers.length === 0 && !hairpins) return false;
    this.#knocks += aims.length + strangers.length;
    if (this.#knocks > MAX_KNOCKS - MOST_TRIES) return false;
    // Where a NAT counts, others may have connected since.
    if (round > 1 && aims.length > 0 && mapping.step !== null && mapping.step !== 0 && !(await meeting.meetOnce(0))) return true;
    const begun = clock.now();
    const fired: Fired[] = [];
    const beside: Promise<void>[] = [];
    try {
      // What has no socket left ends the run, and what was shot before is closed.
      for (const aim of aims) fired.push(...this.#fire(aim));
      for (const [ttl, door] of lives) beside.push(awaitedLater(this.#look(ttl, door, Math.ceil(3 * rttMs) + MARGIN_MS)));
      if (hairpins) beside.push(awaitedLater(this.#hairpin(knockWait(rttMs))));
      if (aims.some(({ kind }) => kind === 'low' || kind === 'reset')) await sleep(clock, settleMs(rttMs), signal);
      await Promise.all(fired.map(({ shot }) => shot.open()));
      const asked = [...fired.map(({ asked }) => asked), ...strangers];
      const outcomes = await desk.knock(
        asked.map(({ knock }) => knock),
        knockWait(rttMs),
      );
      const inTime = clock.now() - begun < STALE_MS;
      await Promise.all(beside);
      for (const [at, { take, stale }] of asked.entries()) {
        const outcome = outcomes[at] ?? KnockOutcome.UNABLE;
        if (inTime || !stale || !cameIn(outcome)) take(outcome);
      }
      return true;
    } finally {
      await Promise.all(fired.map(({ shot }) => shot.close()));
    }
  }

  /** Sees where a SYN that lives for so many hops ends. */
  async #look(ttl: number, door: Door, waitMs: number): Promise<void> {
    const { sockets, meeting, signal, notes } = this.#options;
    meeting.count();
    notes.look(ttl, await fateOf(sockets, ttl, door, waitMs, signal));
  }

  /**
   * What is to be shot, the longest-lived first: where a NAT counts, those that die before it take none of its ports. What takes
   * two tries in any case has both at once.
   */
  #aims(round: number): Aim[] {
    const { notes, mapping, sockets } = this.#options;
    if (mapping.step === null || notes.synOutSynIn === false) return [];
    const aims: Aim[] = [];
    const add = (aim: Aim, times: number): void => void aims.push(...Array.from({ length: times }, () => aim));
    const { fresh, reset, full } = notes;
    // What decides most often comes at once, what is left in the second round.
    if (fresh.verdict(MOST_TRIES) === undefined) add({ kind: 'fresh' }, fresh.count === 0 ? 1 : MOST_TRIES - fresh.count);
    if (reset.lead === undefined) add({ kind: 'reset' }, Math.min(MOST_TRIES - Math.abs(reset.came - reset.failed), FEW_TRIES));
    // Most often one of the others has come in by then.
    if (round > 2 && notes.synOutSynIn === undefined) add({ kind: 'full' }, FEW_TRIES - full.count);
    // One hop more a round: most NATs are the first.
    const last = notes.opener ?? Math.min(round + 1, MOST_HOPS);
    for (let ttl = last; ttl >= 2; ttl--) add({ kind: 'low', ttl }, notes.wants(ttl));
    return aims.filter((aim) => Shot.can(sockets, aim) && this.#triesOf(aim).possible);
  }

  #triesOf(aim: Aim): Tries {
    const { notes } = this.#options;
    return aim.kind === 'low' ? notes.lowAt(aim.ttl) : notes[aim.kind];
  }

  /** The lives whose end is to be looked at: of those shot now, and of the one that opened the NAT, until something was seen. */
  #lives(aims: readonly Aim[]): [number, Door][] {
    const { notes, desk, sockets } = this.#options;
    const door = desk.doorsOf(0)[0];
    const lives = new Set([...aims.flatMap((aim) => (aim.kind === 'low' ? [aim.ttl] : [])), notes.opener ?? 0]);
    const open = [...lives].filter((ttl) => ttl > 0 && notes.unseen(ttl));
    return door && sockets.can.has('ttl') ? open.map((ttl) => [ttl, door]) : [];
  }

  #fire(aim: Aim): Fired[] {
    const { desk, sockets, meeting, mapping } = this.#options;
    const tries = this.#triesOf(aim);
    const slot = aim.kind === 'reset' ? desk.slots.length + this.#reset++ : this.#slot++;
    const at = aim.kind === 'reset' ? desk.resets[slot - desk.slots.length] : desk.slots[slot];
    if (!at) {
      tries.unable++;
      return [];
    }
    const nth = meeting.count();
    const shot = Shot.fire(sockets, aim, at, this.#shooter);
    const port = predictPort(meeting.samples, mapping, shot.local, nth);
    if (port === undefined) {
      tries.unable++;
      void shot.close();
      return [];
    }
    // A socket that still waits has sent its SYN again by then, which meets the knock at its slot. A fresh one has been taken back.
    const stale = aim.kind !== 'fresh';
    return [{ shot, asked: { knock: knockAt(port, slot), take: noting(tries), stale } }];
  }

  /** Knocks of strangers: at the guest's mappings, and at a port nobody uses. */
  #strangers(): Asked[] {
    const { notes, guest, udpGuest, udp } = this.#options;
    const six = this.#options.six();
    const asked: Asked[] = [];
    if (guest !== undefined) {
      for (const from of this.#strangersFor(notes.otherPort, notes.otherAddress)) {
        const note = noting(from === KnockFrom.OTHER_PORT ? notes.otherPort : notes.otherAddress);
        const take = (outcome: number): void => {
          note(outcome);
          if (!cameIn(outcome)) notes.unasked(outcome);
        };
        asked.push({ knock: { port: guest, from }, take });
      }
    }
    // The guest's port answers for others too where nobody is let in by it; the rest is nobody's, as far as can be told.
    const unused = notes.answer ? 0 : Math.max(MOST_TRIES - notes.silences - asked.length, FEW_TRIES - notes.heard);
    for (let times = 0; times < unused; times++) {
      asked.push({ knock: { port: this.#unused++, from: KnockFrom.OTHER_PORT }, take: (outcome) => notes.unasked(outcome) });
    }
    if (udpGuest !== undefined) {
      for (const from of this.#strangersFor(notes.udpOtherPort, notes.udpOtherAddress)) {
        const tries = from === KnockFrom.OTHER_PORT ? notes.udpOtherPort : notes.udpOtherAddress;
        const take = (outcome: number): void => {
          if (outcome === KnockOutcome.SENT) tries.note(udp?.marks.has(from) ?? false);
          else tries.unable++;
        };
        asked.push({ knock: { port: udpGuest, from, udp: true }, take });
      }
    }
    for (const knock of six?.knocks ?? []) asked.push({ knock, take: (outcome) => six?.take(outcome) });
    return asked;
  }

  /** From where to knock: once each, then as often as a no takes. Where another address is let in, so is another port. */
  #strangersFor(port: Tries, address: Tries): (typeof KnockFrom.OTHER_PORT | typeof KnockFrom.OTHER_ADDRESS)[] {
    const times = (tries: Tries): number => {
      if (tries.verdict(MOST_TRIES) !== undefined || !tries.possible) return 0;
      return tries.count === 0 ? 1 : MOST_TRIES - tries.count;
    };
    return [
      ...Array.from({ length: address.happened ? 0 : times(port) }, () => KnockFrom.OTHER_PORT),
      ...Array.from({ length: times(address) }, () => KnockFrom.OTHER_ADDRESS),
    ];
  }

  get #wantsHairpin(): boolean {
    const { guest, notes } = this.#options;
    return guest !== undefined && notes.hairpin.verdict() === undefined;
  }

  /** Connects to the end's own outside address, where a listener stands for the guest. */
  async #hairpin(waitMs: number): Promise<void> {
    const { sockets, observed, guest, notes, meeting, signal } = this.#options;
    if (guest === undefined) return;
    meeting.count();
    const until = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
    const came = await sockets
      .bind({ ip: ANY[4], port: 0 })
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

/** Notes whether a knock came in. */
function noting(tries: Tries): (outcome: number) => void {
  return (outcome) => {
    if (outcome === KnockOutcome.UNABLE) tries.unable++;
    else tries.note(cameIn(outcome));
  };
}

/** How long to wait for what should take a round trip, in milliseconds: no longer than leaves a round in time. */
export function knockWait(rttMs: number): number {
  return Math.ceil(Math.min(2 * rttMs + MARGIN_MS, STALE_MS - settleMs(rttMs) - rttMs - MARGIN_MS));
}

/** How long what answers a SYN on its way takes to have come, in milliseconds. */
function settleMs(rttMs: number): number {
  return 1.5 * rttMs + 50;
}

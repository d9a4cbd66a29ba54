// SPDX-License-Identifier: Apache-2.0
// What the sessions of one host have under way together, where they share a line that is slower than all their least windows.
//
// A session's own window is never less than two messages (pipe.ts). On a slow uplink, as many of these as there are visitors fill
// any queue: packets are lost, and whoever loses one is silent for as long as TCP waits to send it again. So sessions on slow lines
// whose window is only a few messages take turns, and so do those that know nothing of their line yet: together they have under way
// what one session would have, by the same rule, from what all of them measure. It may be the visitors' own lines that are slow, and
// no queue of theirs tells that: a round shows the least that any message waited, less a little of what its own line takes. Nobody is
// held back who is alone, on a line that carries more, or at a host that has been seen to deliver enough for all.

import type { Clock } from '../clock.ts';
import { TurnMeter } from '../turn-meter.ts';
import {
  CARRIED_MS,
  CARRIES_MS,
  FIRST_SHARED_BYTES,
  LATE_TURN_MS,
  LATE_TURN_TRIPS,
  LEAST_MESSAGE_BYTES,
  LEAST_TRIP_MS,
  MAX_LATE_TURN_MS,
  OWN_MS,
  QUEUE_MS,
} from './limits.ts';
import { type Departure, Pipe } from './pipe.ts';

/** A way is longer than others, and not only less well measured, if its least round trip is so many times theirs. */
const FARTHER = 1.5;
/** What a message counts in the average of least round trips. */
const BASE_SHARE = 0.1;

/** A message that is under way in its session's turn. */
export interface Turn extends Departure {
  readonly member: Member;
  /** Whether it counts as under way; what is late was lost, or waits elsewhere. */
  counts: boolean;
}

/** One session's part. */
export interface Member {
  /** Called when it may be its turn. */
  readonly wake: () => void;
  /** Messages of its own that count. */
  underWay: number;
  /**
   * One of them was late: it takes no part until one comes through in time. So who acknowledges nothing, or late, holds up the
   * others once.
   */
  late: boolean;
}

/** Sessions that take turns: what they have under way together, by what all of them measure. */
export class Turns {
  readonly #clock: Clock;
  readonly #pipe: Pipe;
  readonly #carries: () => number;
  readonly #waiting = new Set<Member>();
  /** Those of them with something small. */
  readonly #urgent = new Set<Member>();
  /** Turns that count, the oldest first. */
  readonly #turns = new Set<Turn>();
  #underWay = 0; // their bytes
  #members = 0; // that have any
  /** The least round trips of all their paths, of the last stretch of time and of this one, in milliseconds. */
  #least: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  #leastAt = 0;
  #base = 0; // what they are on average, as many messages as each has
  #urgently = false; // the last turn was of one with something small
  #granted: Member | null = null;
  #waking = false;
  #cancelLate: (() => void) | null = null;

  /** @param carries bytes a millisecond that the line has been seen to carry */
  constructor(clock: Clock, carries: () => number) {
    this.#clock = clock;
    this.#carries = carries;
    const turns = TurnMeter.of(clock);
    this.#pipe = new Pipe(clock.now(), undefined, () => turns.ms, FIRST_SHARED_BYTES);
  }

  /** Bytes that count as under way. */
  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Whether it is the member's turn to send a message; if not, it is called when it may be.
   * @param urgent it is small, or the beginning of something: of two turns one is of those
   */
  opens(member: Member, urgent: boolean): boolean {
    if (member === this.#granted || member.late) return true;
    const others = this.#members - (member.underWay > 0 ? 1 : 0) + this.#waiting.size;
    if (others === 0 || this.#turns.size === 0 || this.#carriesAll) return true;
    // What is small passes those who wait, if nothing of its session is under way.
    const passes = urgent && this.#urgent.size === 0 && member.underWay === 0;
    if (this.#roomy && (this.#waiting.size === 0 || passes)) return true;
    this.#pipe.full();
    this.#waiting.add(member);
    if (urgent) this.#urgent.add(member);
    this.#planLate();
    return false;
  }

  /** The member sends a message. */
  take(member: Member, departure: Departure): Turn {
    if (member === this.#granted) this.#granted = null;
    this.#leaveQueue(member);
    if (this.#underWay === 0) this.#pipe.begin(departure.at);
    const turn: Turn = { ...departure, member, counts: !member.late };
    if (member.late) return turn;
    this.#turns.add(turn);
    this.#underWay += turn.bytes;
    if (member.underWay++ === 0) this.#members++;
    return turn;
  }

  /**
   * A message of a turn came through.
   * @param told whether that tells how long it took
   * @param baseMs the least round trip of its path; 0 while that is not known
   * @param ownMs what its path takes for it, in milliseconds, as far as is known: the visitor's own line may be the slow one
   */
  came(turn: Turn, told: boolean, now: number, baseMs: number, ownMs = 0): void {
    const shared = this.#members > 1 || this.#waiting.size > 0;
    this.#drop(turn);
    const least = this.#baseOf(turn, baseMs, now);
    const base = least === 0 ? 0 : least + Math.min(OWN_MS, Math.max(0, ownMs - this.#pipe.takes(turn.bytes)));
    if (now - turn.at <= LATE_TURN_MS) turn.member.late = false;
    if (!shared) this.#pipe.renew(now);
    else this.#pipe.acknowledged(turn.bytes, told && base > 0 ? turn : null, now, base);
    this.#wake();
  }

  /** Whether the line is known to carry the least windows of all who have something under way or wait. */
  get #carriesAll(): boolean {
    const least = 2 * LEAST_MESSAGE_BYTES * (this.#members + this.#waiting.size);
    return this.#carries() * (this.#base + QUEUE_MS) > least;
  }

  /**
   * The least round trip of a turn's path, in milliseconds. Sessions that wait their turn measure it seldom, so that of several
   * on ways that are about as long the least one counts for all.
   */
  #baseOf({ bytes }: Turn, own: number, now: number): number {
    if (own === 0) return this.#base;
    if (now - this.#leastAt > LEAST_TRIP_MS) {
      this.#least = [this.#least[1], Number.POSITIVE_INFINITY];
      this.#leastAt = now;
    }
    this.#least[1] = Math.min(this.#least[1], own);
    const least = Math.min(...this.#least);
    const base = own > FARTHER * least + 2 * this.#pipe.takes(bytes) ? own : least;
    this.#base += (base - this.#base) * (this.#base === 0 ? 1 : BASE_SHARE);
    this.#pipe.baseIs(this.#base);
    return base;
  }

  /** A message of a turn is not waited for any more. */
  forget(turn: Turn): void {
    if (this.#drop(turn)) this.#wake();
  }

  /** The member has nothing to send any more. */
  leave(member: Member): void {
    this.#leaveQueue(member);
  }

  #leaveQueue(member: Member): void {
    this.#waiting.delete(member);
    this.#urgent.delete(member);
  }

  get #roomy(): boolean {
    return this.#underWay < this.#pipe.window;
  }

  #drop(turn: Turn): boolean {
    if (!turn.counts) return false;
    turn.counts = false;
    this.#turns.delete(turn);
    this.#underWay -= turn.bytes;
    if (--turn.member.underWay === 0) this.#members--;
    return true;
  }

  /** Each in its turn sends one message: the first of those with something small, and the first of all, by turns. */
  #wake(): void {
    if (this.#waking) return;
    this.#waking = true;
    for (let most = this.#waiting.size; most > 0 && this.#roomy; most--) {
      this.#urgently = !this.#urgently && this.#urgent.size > 0;
      const [member] = this.#urgently ? this.#urgent : this.#waiting;
      if (!member) break;
      this.#leaveQueue(member);
      this.#granted = member;
      member.wake();
    }
    this.#granted = null;
    this.#waking = false;
    if (this.#waiting.size === 0) {
      this.#cancelLate?.();
      this.#cancelLate = null;
    }
  }

  /** While somebody waits, a turn that is late is over: its message was lost, or its path broke. */
  #planLate(): void {
    if (this.#cancelLate) return;
    const [oldest] = this.#turns;
    if (!oldest) return;
    const ms = Math.min(MAX_LATE_TURN_MS, Math.max(LATE_TURN_MS, LATE_TURN_TRIPS * this.#pipe.emptiesMs));
    this.#cancelLate = this.#clock.after(Math.max(1, oldest.at + ms - this.#clock.now()), () => {
      this.#cancelLate = null;
      for (const turn of this.#turns) {
        if (this.#clock.now() - turn.at < ms) break;
        turn.member.late = true;
        this.#drop(turn);
      }
      this.#wake();
      if (this.#waiting.size > 0) this.#planLate();
    });
  }
}

/** What all sessions of a host send through. */
export class Uplink {
  /** Those that know nothing of their line yet: many may begin at once. */
  readonly starting: Turns;
  /** Those whose line is slow, be it this one or their own. */
  readonly slow: Turns;
  /** The most that was delivered, in two stretches of time, in bytes a millisecond. */
  #best: [number, number] = [0, 0];
  #bestAt = 0;
  #delivered = 0; // since #deliveredAt
  #deliveredAt = 0;

  constructor(clock: Clock) {
    const carries = (): number => Math.max(...this.#best);
    this.starting = new Turns(clock, carries);
    this.slow = new Turns(clock, carries);
  }

  /** Something came through, in a turn or not. */
  delivered(bytes: number, now: number): void {
    this.#delivered += bytes;
    const took = now - this.#deliveredAt;
    if (took < CARRIES_MS) return;
    if (now - this.#bestAt > CARRIED_MS) {
      this.#best = [this.#best[1], 0];
      this.#bestAt = now;
    }
    // After a pause it says nothing.
    if (took < 2 * CARRIES_MS) this.#best[1] = Math.max(this.#best[1], this.#delivered / took);
    this.#delivered = 0;
    this.#deliveredAt = now;
  }
}

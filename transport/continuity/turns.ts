// SPDX-License-Identifier: Apache-2.0
// Sessions that take turns: how much they have under way together, on a line too slow for all their least windows.
//
// A session's own window is never less than two messages (pipe.ts). On a slow uplink, as many of these as there are visitors fill
// any queue: packets are lost, and whoever loses one is silent for as long as TCP waits to send it again. So they have under way
// together what one session would have, by the same rule, from what all of them measure. It may be the visitors' own lines that are
// slow, and no queue of theirs tells that: a round shows the least that any message waited, less a little of what its session's
// messages take at least. Nobody is held back who is alone, on a line that carries more, or at a host that has been seen to deliver
// enough for all.

import type { Clock } from '../time/clock.ts';
import { TurnMeter } from '../time/turn.ts';
import {
  FIRST_SHARED_BYTES,
  LATE_TURN_MS,
  LATE_TURN_TRIPS,
  LEAST_MESSAGE_BYTES,
  LEAST_TRIP_MS,
  LOSSY_MS,
  MAX_LATE_TURN_MS,
  QUEUE_MS,
} from './limits.ts';
import type { Member } from './member.ts';
import { OfLate } from './of-late.ts';
import type { Departure } from './packets.ts';
import { Pipe } from './pipe.ts';

/** A way is longer than others, and not only less well measured, if its least round trip is so many times theirs. */
const FARTHER = 1.5;
/** What a message counts in the average of least round trips. */
const BASE_SHARE = 0.1;
/** So many times QUEUE_MS beyond what a queue can hold, a message did not wait, but was lost and sent again. */
const LOST_QUEUES = 2;

/** A message that is under way in its session's turn. */
export interface Turn extends Departure {
  readonly member: Member;
  /** Bytes of its session that were under way when it went out, its own among them. */
  readonly upTo: number;
  /** Whether it counts as under way; what is late was lost, or waits elsewhere. */
  counts: boolean;
}

/** Sessions that take turns: what they have under way together, by what all of them measure. */
export class Turns {
  readonly #clock: Clock;
  readonly #pipe: Pipe;
  readonly #carries: () => number;
  readonly #ownMs: number;
  readonly #waiting = new Set<Member>();
  /** Those of them with something small. */
  readonly #urgent = new Set<Member>();
  /** Turns that count, the oldest first. */
  readonly #turns = new Set<Turn>();
  #underWay = 0; // their bytes
  #members = 0; // that have any
  /** The least round trips of all their paths, of the last stretch of time and of this one, in milliseconds. */
  readonly #least = new OfLate(Math.min);
  #leastAt = 0;
  #base = 0; // what they are on average, as many messages as each has
  #urgently = false; // the last turn was of one with something small
  #granted: Member | null = null;
  /** The turn of one of whom nothing is known: it waits for nobody, so that it is soon known whether its line is slow. One at a time. */
  #first: Turn | null = null;
  #loser: Member | null = null; // one that lost something of late
  #loserAt = 0;
  #lossyUntil = Number.NEGATIVE_INFINITY;
  #waking = false;
  #cancelLate: (() => void) | null = null;

  /**
   * @param carries bytes a millisecond that the line has been seen to carry
   * @param ownMs milliseconds that a member's own line may take for a message and that are no queue
   */
  constructor(clock: Clock, carries: () => number, ownMs: number) {
    this.#clock = clock;
    this.#carries = carries;
    this.#ownMs = ownMs;
    const turns = TurnMeter.of(clock);
    this.#pipe = new Pipe(clock.now(), { turnMs: () => turns.ms, first: FIRST_SHARED_BYTES });
  }

  /** Members that have something under way or wait. */
  get busy(): number {
    return this.#members + this.#waiting.size;
  }

  /** Whether two of them lost something of late. */
  get lossy(): boolean {
    return this.#clock.now() < this.#lossyUntil;
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
    const others = this.busy - (member.underWay > 0 ? 1 : 0);
    if (others === 0 || this.#turns.size === 0 || this.#carriesAll) return true;
    if (this.#first === null && member.underWay === 0 && !member.isKnown) return true;
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
    const turn: Turn = { ...departure, member, upTo: member.bytes + departure.bytes, counts: !member.late };
    member.bytes += turn.bytes;
    if (member.late) return turn;
    if (this.#first === null && !member.isKnown) this.#first = turn;
    this.#turns.add(turn);
    this.#underWay += turn.bytes;
    if (member.underWay++ === 0) this.#members++;
    return turn;
  }

  /**
   * A message of a turn came through.
   * @param told whether that tells how long it took
   * @param baseMs the least round trip of its path; 0 while that is not known
   */
  came(turn: Turn, told: boolean, now: number, baseMs: number): void {
    const shared = this.#members > 1 || this.#waiting.size > 0;
    const counted = this.#drop(turn);
    turn.member.bytes -= turn.bytes;
    const base = this.#baseOf(turn, baseMs, now);
    const tells = told && base > 0;
    const own = tells ? this.#ownOf(turn, now - turn.at - base, counted) : 0;
    if (now - turn.at <= LATE_TURN_MS) turn.member.late = false;
    if (!shared) this.#pipe.renew(now);
    else this.#pipe.acknowledged(turn.bytes, tells ? turn : null, now, base + own);
    this.#wake();
  }

  /** What of the time that a message took beyond the least round trip is its session's own line's, in milliseconds. */
  #ownOf(turn: Turn, ms: number, counted: boolean): number {
    const { member, bytes } = turn;
    if (counted) this.#judge(turn, ms);
    member.took(ms, bytes);
    return Math.min(this.#ownMs, Math.max(0, (member.takes(bytes) as number) - this.#pipe.takes(bytes)));
  }

  /**
   * Whether a message was lost, which took so long beyond the least round trip: longer than its session's messages take, one after
   * the other, and than any queue can hold. One session that loses much has a bad line of its own; two at about the same time share it.
   */
  #judge({ member, upTo }: Turn, ms: number): void {
    const queueMs = LOST_QUEUES * QUEUE_MS;
    if (ms < queueMs) return;
    const own = member.takes(upTo);
    if (own === null || ms < own + this.#pipe.takes(this.#pipe.window) + queueMs) return;
    const now = this.#clock.now();
    const shared = this.#loser !== null && this.#loser !== member && now - this.#loserAt < LATE_TURN_MS;
    this.#loser = shared ? null : member;
    this.#loserAt = now;
    if (!shared) return;
    this.#pipe.lost();
    this.#lossyUntil = now + LOSSY_MS;
  }

  /** Whether the line is known to carry the least windows of all who have something under way or wait. */
  get #carriesAll(): boolean {
    const least = 2 * LEAST_MESSAGE_BYTES * this.busy;
    const base = Math.min(this.#base, this.#least.value);
    return this.#carries() * (base + QUEUE_MS) > least;
  }

  /**
   * The least round trip of a turn's path, in milliseconds. Sessions that wait their turn measure it seldom, so that of several
   * on ways that are about as long the least one counts for all.
   */
  #baseOf({ bytes }: Turn, own: number, now: number): number {
    if (own === 0) return this.#base;
    if (now - this.#leastAt > LEAST_TRIP_MS) {
      this.#least.next();
      this.#leastAt = now;
    }
    this.#least.note(own);
    const least = this.#least.value;
    const base = own > FARTHER * least + 2 * this.#pipe.takes(bytes) ? own : least;
    this.#base += (base - this.#base) * (this.#base === 0 ? 1 : BASE_SHARE);
    this.#pipe.baseIs(this.#base);
    return base;
  }

  /** A message of a turn is not waited for any more. */
  forget(turn: Turn): void {
    turn.member.bytes -= turn.bytes;
    if (this.#drop(turn)) this.#wake();
  }

  /** The member has nothing to send any more. */
  leave(member: Member): void {
    this.#leaveQueue(member);
    if (this.#loser === member) this.#loser = null;
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
    if (this.#first === turn) this.#first = null;
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
        this.#judge(turn, this.#clock.now() - turn.at - this.#base);
        this.#drop(turn);
      }
      this.#wake();
      if (this.#waiting.size > 0) this.#planLate();
    });
  }
}

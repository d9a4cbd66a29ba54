// SPDX-License-Identifier: Apache-2.0
// How much a path may have under way, and in what pieces: by the rate at which it delivers and its least round trip.
//
// What is under way beyond rate × round trip only waits in queues: a router's, the system's, a relay's. There it makes everything
// that comes later late, it is sent twice when the session moves, and it looks like silence. So a path is given what keeps it
// busy and a little more. One round at a time (from a message to its acknowledgement):
//
// | phase    | the round shows                    | the window                                                      |
// |----------|------------------------------------|-----------------------------------------------------------------|
// | starting | no queue                           | grows by what is acknowledged: doubles in a round trip          |
// | starting | a queue of twice QUEUE_MS          | becomes rate × (least round trip + QUEUE_MS); steady            |
// | steady   | a queue of more than QUEUE_MS      | goes down to rate × (least round trip + QUEUE_MS), by half at most |
// | steady   | a queue of less than half of that  | if it held the sender back: a quarter more, none twice a half, up to rate × QUEUE_MS or a message, doubled for each round with none |
// | steady   | much was sent again, as the carrier tells (`resent`), in it or the one before | none larger, and no higher rate; in it: rate × (least round trip + QUEUE_MS) at most |
// | any      | something was lost, as is told from elsewhere | half of it, once a round                         |
// | looking  | any                                | half of it, for one round in LEAST_TRIP_MS, so that queues run empty and the least round trip shows |
//
// The queue is what a round trip of the round has at least over the least one of late and what its own message takes: a round trip
// that took longer than others (a radio) is no queue, and where machines are busy it may last some turns of the event loop longer.
// It never has more than two round trips need, and a few messages.

import { MAX_DATA_BYTES, MAX_UNACKED_BYTES } from '../../proto/limits.ts';
import { FIRST_WINDOW_BYTES, LEAST_MESSAGE_BYTES, LEAST_TRIP_MS, MESSAGE_MS, SHARED_MESSAGES, URGENT_MESSAGES } from './limits.ts';
import { FIRST_MESSAGE_BYTES, LEAST_MESSAGES, Measures } from './measures.ts';
import { Pace } from './pace.ts';
import type { Departure } from './packets.ts';
import { Repairs } from './repairs.ts';

/** A round takes so many milliseconds at least: in less, what one turn of the event loop brings at once looks like a rate. */
const LEAST_ROUND_MS = 5;
/** So many times QUEUE_MS are a queue for certain; in less, the best of so many rounds counts. */
const LONG_QUEUES = 8;
const DOUBTFUL_ROUNDS = 5;
/** Rounds that show a look, and what follows it: half a window, its trips, and the queue that fills again. */
const LOOKING_ROUNDS = 3;
/** Rounds without a queue that are told apart: from there on a step is longer than any window. */
const MOST_IDLE = 20;
/** What a loss leaves of the window (RFC 5681 section 3.1). */
const LOSS_SHARE = 0.5;
const NEVER = Number.POSITIVE_INFINITY;

/** What a path is like. */
export interface PipeOptions {
  /** Bytes of a record that go in one packet, where that is known. */
  readonly packet?: number | undefined;
  /** How long a turn of the event loop takes of late, in milliseconds. */
  readonly turnMs?: () => number;
  /** Bytes that may be under way while nothing is known. */
  readonly first?: number;
  /** Packets that the carrier has sent again so far. */
  readonly resent?: () => number;
}

export class Pipe {
  readonly #measures: Measures;
  readonly #repairs: Repairs;
  #window = FIRST_WINDOW_BYTES;
  #starting = true;
  #looking = false;
  #answered = false; // something was acknowledged
  #anew = false; // the session comes to it from elsewhere: what began before was cut off
  #idle = 0; // rounds that showed no queue at all since one showed half of what may wait
  #skip = 0; // rounds to come that show what was before
  #lookedAt: number;
  #limited = false; // the window has held something back in this round
  #held = false; // the pace has
  #lossy = false; // something was lost in it
  #roundAt: number; // when this round began
  #bytes = 0; // acknowledged in it
  #leastQueue = NEVER; // that messages in it waited in
  readonly #pace = new Pace();

  /** @param now milliseconds */
  constructor(now: number, { packet, turnMs = () => 0, first = FIRST_WINDOW_BYTES, resent = () => 0 }: PipeOptions = {}) {
    this.#window = first;
    this.#measures = new Measures(packet, turnMs);
    this.#repairs = new Repairs(resent);
    this.#roundAt = now;
    this.#lookedAt = now;
  }

  /** Bytes that may be under way. */
  get window(): number {
    return this.#looking ? Math.max(this.#measures.least, this.#window / 2) : this.#window;
  }

  /** The same for heads and small content. */
  get urgentWindow(): number {
    return Math.min(MAX_UNACKED_BYTES, this.window + URGENT_MESSAGES * this.message);
  }

  /** Bytes a second that the path delivers; 0 while that is not known. */
  get rate(): number {
    return this.#measures.rates.best * 1000;
  }

  /** Bytes of a message that takes the path MESSAGE_MS. */
  get message(): number {
    return this.#measures.message;
  }

  /** How long the path takes for so many bytes, in milliseconds; 0 while that is not known. */
  takes(bytes: number): number {
    return this.#measures.takes(bytes);
  }

  /** A message goes out. */
  departs(bytes: number, now: number): void {
    if (this.#paced) this.#pace.departs(this.takes(bytes), this.#idle > 0, now, this.emptiesMs);
  }

  /** Milliseconds until the pace lets the next message go out; asked by who has one, which is then held back. */
  pauseMs(now: number): number {
    const ms = this.#paced ? this.#pace.waitMs(this.takes(this.message), now) : 0;
    this.#held ||= ms > 0;
    return ms;
  }

  /** Who waited for the pace was woken so many milliseconds late. */
  woken(lateMs: number): void {
    this.#pace.woken(lateMs);
  }

  /** On a fast path a message is a burst by itself, and on a narrow one sessions take turns. */
  get #paced(): boolean {
    return !this.#starting && this.#measures.rates.best > 0 && this.message < MAX_DATA_BYTES && !this.narrow;
  }

  /** Milliseconds in which what may be under way comes through. */
  get emptiesMs(): number {
    return this.baseMs + this.takes(this.window);
  }

  /** Whether it is not known yet what it carries. */
  get starting(): boolean {
    return this.#starting;
  }

  /** Whether it is slow, and a few messages keep it busy: then what others send over the same line counts. */
  get narrow(): boolean {
    const slow = this.#measures.rates.best * MESSAGE_MS <= LEAST_MESSAGE_BYTES;
    return !this.#starting && slow && SHARED_MESSAGES * this.message > this.#measures.fitting;
  }

  /** What has come in this round is of other times. */
  renew(now: number): void {
    this.#next(now);
  }

  /**
   * The session comes from another path: one of which nothing is known is no faster than that, at first.
   * @param unanswered whether something is under way there: if nothing was ever acknowledged, even the first message was too much
   */
  follow(other: Pipe, unanswered = false): void {
    this.#anew = true;
    if (other === this || this.#measures.rates.best > 0) return;
    if (other.#measures.rates.best > 0) {
      this.#measures.firstMessage = Math.min(FIRST_MESSAGE_BYTES, other.message);
      this.#window = Math.min(this.#window, Math.max(other.#window, LEAST_MESSAGES * LEAST_MESSAGE_BYTES));
    } else if (unanswered && !other.#answered) {
      this.#measures.firstMessage = LEAST_MESSAGE_BYTES;
      this.#window = LEAST_MESSAGES * LEAST_MESSAGE_BYTES;
    }
  }

  /** The window holds something back. */
  full(): void {
    this.#limited = true;
  }

  /** Something was lost: the window was too much for the queue. Once a round, as one flood loses several. */
  lost(): void {
    if (this.#lossy) return;
    this.#lossy = true;
    this.#starting = false;
    this.#window = Math.min(this.#window, Math.max(this.#measures.least, LOSS_SHARE * this.#window));
    this.#skip = Math.max(this.#skip, 1);
  }

  /** Something goes out, and nothing is under way: the time before was nobody's. */
  begin(now: number): void {
    if (this.#bytes > 0 && !this.#anew) return;
    this.#anew = false;
    this.#next(now);
  }

  /** A round trip was measured that waited behind nothing of ours, or little. */
  trip(ms: number): void {
    this.#measures.trips.note(ms);
  }

  /** The least round trip is this: of several paths, about what their bytes take. */
  baseIs(ms: number): void {
    this.#measures.trips.is(ms);
  }

  /**
   * Bytes were acknowledged.
   * @param departure of the last message among them; null when it went out twice, and so tells nothing
   * @param base the least round trip of what carried it, where that is told from elsewhere (`baseIs`)
   */
  acknowledged(bytes: number, departure: Departure | null, now: number, base?: number): void {
    this.#answered = true;
    this.#bytes += bytes;
    if (departure) {
      const trip = now - departure.at;
      if (base === undefined) this.trip(trip);
      const queue = trip - (base ?? this.baseMs) - this.takes(departure.bytes);
      this.#leastQueue = Math.min(this.#leastQueue, queue);
      if (this.#starting) this.#start(bytes, queue, now);
    }
    const took = now - this.#roundAt;
    if (took >= LEAST_ROUND_MS && (departure ? departure.at >= this.#roundAt : took > this.baseMs * 2)) this.#round(took, now);
  }

  /** The least round trip of late, in milliseconds. */
  get baseMs(): number {
    return this.#measures.baseMs;
  }

  /** The longer the way, the more bytes a part of the window is: in one step they would fill a long queue. */
  get #step(): number {
    return Math.max(this.message, this.#measures.rates.best * this.#measures.queueMs) * 2 ** this.#idle;
  }

  #start(bytes: number, queue: number, now: number): void {
    if (queue <= 2 * this.#measures.queueMs) {
      if (this.#limited) this.#window = Math.min(MAX_UNACKED_BYTES, this.#window + bytes);
      return;
    }
    this.#starting = false;
    this.#measures.rates.note(this.#bytes / Math.max(LEAST_ROUND_MS, now - this.#roundAt), true);
    this.#fit(this.#measures.fitting);
  }

  #round(took: number, now: number): void {
    const limited = this.#limited;
    const rate = this.#bytes / took;
    const repairs = this.#repairs.next(this.#bytes);
    const { best } = this.#measures.rates;
    this.#measures.rates.note(repairs && !this.#starting ? Math.min(rate, best) : rate, limited);
    const queue = this.#leastQueue === NEVER ? 0 : this.#leastQueue;
    const shown = this.#skip === 0;
    if (!shown) this.#skip--;
    if (!this.#starting) {
      const window = this.#window;
      if (queue > this.#measures.queueMs) this.#shrink(rate, queue);
      else if (!shown) {
        // What it shows is of a window that it does not have.
      } else if (repairs) {
        this.#idle = 0;
        if (repairs === 'now') this.#fit(Math.min(window, this.#measures.fitting));
      } else {
        const [none, short] = [queue < this.#measures.queueMs / 4, queue < this.#measures.queueMs / 2];
        if ((limited || this.#held) && short) this.#fit(Math.min((none && this.#idle > 0 ? 1.5 : 1.25) * window, window + this.#step));
        if (!short) this.#idle = 0;
        else if (none && this.#idle < MOST_IDLE) this.#idle++;
      }
    } else if (this.#measures.rates.known && limited) {
      // What it can carry is known by now.
      this.#starting = this.#window < this.#measures.most;
    }
    this.#looking = now - this.#lookedAt >= LEAST_TRIP_MS;
    if (this.#looking) {
      this.#skip = LOOKING_ROUNDS;
      this.#lookedAt = now;
      this.#measures.trips.next();
    }
    this.#next(now);
  }

  #next(now: number): void {
    this.#roundAt = now;
    this.#bytes = 0;
    this.#leastQueue = NEVER;
    this.#limited = false;
    this.#held = false;
    this.#lossy = false;
  }

  /**
   * Something waits in a queue: then what came of late is all that the line carries. Of one round, if it waits long; else of a few:
   * rounds that last longer now and then, on a radio or a busy machine, look like a queue, and each would make the next one shorter.
   */
  #shrink(rate: number, queue: number): void {
    if (queue > LONG_QUEUES * this.#measures.queueMs) this.#measures.rates.only(rate);
    else this.#measures.rates.last(DOUBTFUL_ROUNDS);
    this.#fit(Math.min(this.#window, Math.max(this.#window / 2, this.#measures.fitting)));
  }

  #fit(window: number): void {
    const fitted = Math.max(this.#measures.least, Math.min(this.#measures.most, window));
    // What is acknowledged in the next round went out before.
    if (fitted > this.#window) this.#skip = 1;
    this.#window = fitted;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Finds out whether a path still carries, in both directions, and how long its round trip is (SITE.md section 8).

import type { Clock } from '../time/clock.ts';
import { Gaps } from './gaps.ts';
import { ASK_BUSY_MS, FIRST_QUESTIONS, FRESH_MS, LULL_HALF_MS, MAX_BACKLOG_MS, QUICK_MS, SLEPT_MS } from './limits.ts';
import { type Pace, paceOf, type Watch } from './watch.ts';

/** Round trips, queues and all, that pass at most between two arrivals where the line is what they wait for. */
const NEWS_TRIPS = 4;
/** Questions that must have gone unanswered before a path is doubted, and before it is given up. */
const ASKED_TO_SUSPECT = 2;
const ASKED_TO_DIE = 3;
/** Questions that are remembered until they are answered: on a full line several are under way. */
const MAX_OPEN = 16;

/** What follows of what was heard and not heard. */
export interface Pulse {
  /** Milliseconds that what this end sent before takes the path. */
  backlogMs(): number;
  /** How many times as long as usual the session waits before it doubts. */
  patience(): number;
  /** Whether another path has answered, and soon, since this one was doubted. */
  alone(): boolean;
  /** A question was answered after so long. */
  measured(rttMs: number): void;
  /** Sends a question; `suspect`: this end hears nothing. */
  ask(id: number, suspect: boolean): void;
  /** A question went unanswered, so that others may be asked too. */
  doubt(): void;
  /** The path is suspect, with why in words; or, with null, no longer. */
  suspect(reason: string | null): void;
  /** The path is to be given up. Called once. */
  dead(quietMs: number): void;
}

export class Heartbeat {
  /** Milliseconds; it falls at once and rises slowly. 0 until the first answer. */
  rttMs = 0;
  heardAt: number;
  /** When the path was first doubted, if nothing was heard since; null otherwise. */
  doubtedAt: number | null = null;
  /** When a question was answered last about as fast as it can be: what waits long for its answer is on a line that is full. */
  quickAt = Number.NEGATIVE_INFINITY;
  readonly #clock: Clock;
  readonly #watch: () => Watch;
  readonly #pulse: Pulse;
  #askedAt = 0;
  #firstAskedAt = 0; // the first question since something was heard
  #asked = 0; // questions since something was heard
  #loadedMs = 0; // a round trip of late, queues and all: it rises at once and falls slowly
  #lullMs = 0;
  readonly #gaps = new Gaps();
  readonly #news = new Gaps();
  #heardBusy = false; // when something was heard last
  #newsBusy = false; // when content was
  #id = 0;
  /** When each of the last questions was asked that was not answered, by its id, the oldest first. */
  readonly #open = new Map<number, number>();
  #measured = 0; // answers, up to FIRST_QUESTIONS
  #silent = false; // this end hears nothing
  #unheard = false; // the other end says that it hears nothing
  #lookAt = 0;
  #cancel: (() => void) | null = null;
  #cancelProbe: () => void = () => {};

  constructor(clock: Clock, watch: () => Watch, pulse: Pulse) {
    this.#clock = clock;
    this.#watch = watch;
    this.#pulse = pulse;
    this.heardAt = clock.now();
  }

  /** A round trip of late, queues and all, in milliseconds. */
  get loadedMs(): number {
    return this.#loadedMs;
  }

  /**
   * What passes of late between two arrivals that brought or acknowledged content, in milliseconds; 0 while none come. On a line
   * that is not loaded that is no more than a few round trips: content that comes seldom is not held up there.
   */
  get newsMs(): number {
    return Math.min(this.#news.at(this.#clock.now()), NEWS_TRIPS * this.#loadedMs);
  }

  /** What came was content, or an acknowledgement of some. */
  news(): void {
    const busy = this.#watch() === 'busy';
    this.#news.came(this.#clock.now(), busy && this.#newsBusy);
    this.#newsBusy = busy;
  }

  get suspect(): boolean {
    return this.#silent || this.#unheard;
  }

  start(): void {
    this.#plan();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#cancelProbe();
  }

  /** Something came from the peer. */
  heard(): void {
    const now = this.#clock.now();
    const fades = 0.5 ** ((now - this.heardAt) / LULL_HALF_MS);
    // While nobody waits, nothing comes: that says nothing of the line.
    const busy = this.#watch() === 'busy';
    this.#gaps.came(now, busy && this.#heardBusy);
    this.#heardBusy = busy;
    const lull = this.#asked > 1 ? now - this.#firstAskedAt + ASK_BUSY_MS : 0;
    this.#lullMs = Math.max(lull, this.#lullMs * fades);
    this.heardAt = now;
    this.#asked = 0;
    this.doubtedAt = null;
    if (this.#silent) this.#judge({ silent: false }, '');
  }

  /** The peer asks, and says whether it hears this end. */
  questioned(suspect: boolean): void {
    if (suspect === this.#unheard) return;
    this.#judge({ unheard: suspect }, 'the other end hears nothing on it');
    // The answer to a question of our own shows that both directions carry.
    if (suspect) this.ask();
  }

  /** Asks now. */
  ask(): void {
    const now = this.#clock.now();
    this.#id = (this.#id % 0xffff) + 1;
    this.#open.set(this.#id, now);
    for (const id of this.#open.keys()) if (this.#open.size > MAX_OPEN) this.#open.delete(id);
    this.#askedAt = now;
    if (this.#asked++ === 0) this.#firstAskedAt = now;
    this.#pulse.ask(this.#id, this.#silent);
  }

  /** Asks now, and doubts the path when nothing comes within `withinMs`. */
  probe(withinMs: number): void {
    const since = this.#clock.now();
    this.ask();
    this.#cancelProbe();
    this.#cancelProbe = this.#clock.after(withinMs, () => {
      if (this.heardAt <= since) this.#judge({ silent: true }, `it gave no sign of life within ${withinMs} ms`);
    });
  }

  answered(id: number): void {
    const askedAt = this.#open.get(id);
    if (askedAt === undefined) return;
    for (const open of this.#open.keys())
      if (open !== id) this.#open.delete(open);
      else break;
    this.#open.delete(id);
    const rtt = this.#clock.now() - askedAt;
    // What waits in queues is not the path's own: a shorter one counts at once.
    this.rttMs = this.rttMs === 0 || rtt < this.rttMs ? rtt : this.rttMs * 0.875 + rtt * 0.125;
    this.took(rtt);
    if (rtt <= 2 * this.rttMs + QUICK_MS) this.quickAt = this.#clock.now();
    this.#pulse.measured(rtt);
    if (this.#unheard) this.#judge({ unheard: false }, '');
    // The first round trips hold more than the path's own: a handshake, code that runs for the first time.
    if (this.#measured < FIRST_QUESTIONS && ++this.#measured < FIRST_QUESTIONS) this.ask();
  }

  /** A round trip took no longer than this. */
  atMost(rttMs: number): void {
    if (rttMs < this.rttMs) this.rttMs = rttMs;
    this.took(rttMs);
  }

  /** Something took so long to go there and back, with all that it waited. */
  took(ms: number): void {
    this.#loadedMs = Math.max(Math.min(ms, MAX_BACKLOG_MS), this.#loadedMs * 0.875 + ms * 0.125);
  }

  /** Somebody begins to wait: a good time to measure, as nothing waits in queues yet. */
  freshen(): void {
    this.#heardBusy = false;
    this.#newsBusy = false;
    if (this.#clock.now() - this.#askedAt >= FRESH_MS) this.ask();
  }

  /** How closely the path is watched may have changed: the next look is not put off. */
  hurry(): void {
    if (this.#cancel && this.#lookAt > this.#dueAt()) this.#plan();
  }

  #pace(): Pace {
    const backlogMs = Math.min(MAX_BACKLOG_MS, this.#pulse.backlogMs());
    return paceOf(this.suspect ? 'busy' : this.#watch(), {
      rttMs: this.rttMs,
      loadedMs: this.#loadedMs,
      lullMs: this.#lullMs,
      gapMs: this.#gaps.ms,
      newsMs: this.newsMs,
      backlogMs,
      patience: this.#pulse.patience(),
      alone: this.#pulse.alone(),
    });
  }

  #dueAt(): number {
    const pace = this.#pace();
    if (this.#asked > 0) return this.#askedAt + pace.again;
    // What the round trip is under load shows how long to wait when nothing comes.
    return Math.min(this.heardAt + pace.ask, this.#askedAt + pace.measure);
  }

  #plan(): void {
    const now = this.#clock.now();
    this.#cancel?.();
    this.#lookAt = Math.max(this.#dueAt(), now + 1);
    this.#cancel = this.#clock.after(this.#lookAt - now, () => this.#look());
  }

  #look(): void {
    const now = this.#clock.now();
    // An end that slept has heard nothing because it did not listen.
    if (now - this.#lookAt > SLEPT_MS) this.#firstAskedAt = now;
    const pace = this.#pace();
    const quiet = now - this.heardAt;
    const unanswered = now - this.#firstAskedAt;
    if (this.#asked >= ASKED_TO_DIE && quiet >= pace.dead && unanswered >= pace.dead - pace.ask) {
      this.stop();
      return this.#pulse.dead(quiet);
    }
    if (this.#asked >= ASKED_TO_SUSPECT && quiet >= pace.suspect && unanswered >= pace.suspect - pace.ask) {
      this.#judge({ silent: true }, `nothing has come on it for ${(quiet / 1000).toFixed(1)} s`);
    }
    if (now >= this.#dueAt()) {
      if (this.#asked > 0) {
        this.doubtedAt ??= now;
        this.#pulse.doubt();
      }
      this.ask();
    }
    if (this.#cancel) this.#plan();
  }

  #judge(change: { silent?: boolean; unheard?: boolean }, reason: string): void {
    const before = this.suspect;
    this.#silent = change.silent ?? this.#silent;
    this.#unheard = change.unheard ?? this.#unheard;
    if (before === this.suspect) return;
    this.#pulse.suspect(this.suspect ? reason : null);
    this.hurry();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Knows whether the other end still answers, and how long a round trip takes.

import type { Clock } from '../clock.ts';

/** Quiet after which the peer is asked for a sign of life, in milliseconds, while streams are open. */
export const PING_BUSY_MS = 1500;
/** The same while nothing is asked. */
export const PING_IDLE_MS = 5000;
/** Questions in a row without a sign of life after which the path is given up. */
export const SILENT_AFTER_PINGS = 3;

export class Heartbeat {
  rttMs = 0;
  /** Resolves with the first answer: the path carries both ways. */
  readonly first: Promise<void>;
  #setFirst!: () => void;
  readonly #clock: Clock;
  readonly #ping: (id: number) => void;
  readonly #silent: (quietMs: number) => void;
  readonly #busy: () => boolean;
  #heardAt: number;
  #askedAt = 0;
  #unanswered = 0; // questions since something was heard
  #id = 0;
  #asked = 0; // the id that waits for its answer, 0: none
  #cancel: () => void = () => {};
  #cancelProbe: () => void = () => {};

  /**
   * @param ping sends a Ping with this id
   * @param silent called once, when the path is to be given up
   * @param busy whether streams are open
   */
  constructor(clock: Clock, ping: (id: number) => void, silent: (quietMs: number) => void, busy: () => boolean) {
    this.#clock = clock;
    this.#ping = ping;
    this.#silent = silent;
    this.#busy = busy;
    this.#heardAt = clock.now();
    this.first = new Promise((resolve) => {
      this.#setFirst = resolve;
    });
  }

  start(): void {
    this.ask();
    this.#look();
  }

  stop(): void {
    this.#cancel();
    this.#cancelProbe();
  }

  /** Something came from the peer. */
  heard(): void {
    this.#heardAt = this.#clock.now();
    this.#unanswered = 0;
  }

  /** Asks now. */
  ask(): void {
    this.#id = (this.#id % 0xffff) + 1;
    this.#asked = this.#id;
    this.#askedAt = this.#clock.now();
    this.#unanswered++;
    this.#ping(this.#id);
  }

  /** Asks now, and gives the path up when nothing comes within `withinMs`. */
  probe(withinMs: number): void {
    const since = this.#clock.now();
    this.ask();
    this.#cancelProbe();
    this.#cancelProbe = this.#clock.after(withinMs, () => {
      if (this.#heardAt < since) this.#silent(this.#clock.now() - this.#heardAt);
    });
  }

  answered(id: number): void {
    if (id !== this.#asked) return;
    this.#setFirst();
    this.#asked = 0;
    const rtt = this.#clock.now() - this.#askedAt;
    this.rttMs = this.rttMs === 0 ? rtt : this.rttMs * 0.875 + rtt * 0.125;
  }

  #look(): void {
    const every = this.#busy() ? PING_BUSY_MS : PING_IDLE_MS;
    this.#cancel = this.#clock.after(Math.min(every, PING_BUSY_MS), () => {
      const quiet = this.#clock.now() - this.#heardAt;
      const since = this.#clock.now() - this.#askedAt;
      // Questions count, not time: a machine that slept, or a path that was quiet because nothing was asked, is asked first.
      if (quiet >= every && since >= every) {
        if (this.#unanswered >= SILENT_AFTER_PINGS) return this.#silent(quiet);
        this.ask();
      }
      this.#look();
    });
  }
}

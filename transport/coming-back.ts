// SPDX-License-Identifier: Apache-2.0
// How an end comes back to its suite: it notices a connection that is dead without a sign, and hurries while something hangs on it.

import type { Socket } from 'socket.io-client';
import type { Clock } from './clock.ts';

/** The waits between tries to reach the suite again grow from the first to the second, in milliseconds, with chance. */
export const RETRY_MS = [300, 5000] as const;
/** How long one try may take, in milliseconds. */
export const OPENING_MS = 20_000;
/** The least wait before coming back to a suite that has ended the connection itself, in milliseconds; with chance, up to twice that. */
export const DISMISSED_MS = 1000;
/** How long the suite may take to give a sign of life, in milliseconds, and two round trips beside it. */
export const SIGN_MS = 1000;
/** After a check it is hurried for so long, in milliseconds: a session without a path is not kept for much longer. */
export const HURRY_MS = 45_000;
/** While it is hurried: the longest wait between tries, and how long one may take, or eight round trips; in milliseconds. */
export const HURRIED_RETRY_MS = 700;
export const HURRIED_OPENING_MS = 1500;
const HURRIED_OPENING_TRIPS = 8;

export interface ComingBackOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  /** Asks the suite something that it always answers. */
  readonly ask: (withinMs: number) => Promise<unknown>;
  /** The round trip to the suite, in milliseconds; null while it is not known. */
  readonly rttMs: () => number | null;
}

/**
 * Socket.IO comes back by itself once it knows that a connection is gone. Behind a NAT that was restarted, or a cable that was
 * pulled, it learns that from the suite's heartbeats alone, after half a minute.
 */
export class ComingBack {
  readonly #options: ComingBackOptions;
  #asking = false;
  #hurriedUntil = 0;
  #begunAt = Number.NEGATIVE_INFINITY; // the last try to come back
  #dismissed: (() => void) | null = null;

  constructor(options: ComingBackOptions) {
    this.#options = options;
    const { io } = options.socket;
    io.on('reconnect_attempt', () => {
      this.#begunAt = options.clock.now();
      if (this.#begunAt >= this.#hurriedUntil) this.#calm();
    });
  }

  /** The suite has ended the connection itself, and Socket.IO does not come back after that. */
  dismissed(): void {
    const { socket, clock } = this.#options;
    // Who is dismissed (for too many connections, say) and comes back at once would be dismissed again, as fast as the network goes.
    this.#dismissed = clock.after(DISMISSED_MS * (1 + Math.random()), () => {
      this.#dismissed = null;
      socket.connect();
    });
  }

  /**
   * Something hangs on the suite that shows signs of trouble: makes sure of the connection. One that gives no sign of life in
   * time is opened anew; while there is none, it is tried without long waits.
   * @param changed the network is another one: a try that is under way began in the one before
   */
  check(changed = false): void {
    const { socket } = this.#options;
    if (this.#dismissed) return;
    this.#hurry();
    if (socket.connected) void this.#ask();
    else if (changed || this.#options.clock.now() - this.#begunAt >= this.#openingMs) this.#anew();
  }

  stop(): void {
    this.#dismissed?.();
    this.#dismissed = null;
  }

  get #openingMs(): number {
    return Math.max(HURRIED_OPENING_MS, HURRIED_OPENING_TRIPS * (this.#options.rttMs() ?? 0));
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const { socket, ask, rttMs } = this.#options;
    const { id } = socket;
    try {
      await ask(SIGN_MS + 2 * (rttMs() ?? 0));
    } catch {
      if (socket.connected && socket.id === id) this.#anew();
    } finally {
      this.#asking = false;
    }
  }

  #anew(): void {
    const { socket, clock } = this.#options;
    this.#begunAt = clock.now();
    socket.disconnect();
    socket.connect();
  }

  #hurry(): void {
    const { socket, clock } = this.#options;
    this.#hurriedUntil = clock.now() + HURRY_MS;
    socket.io.reconnectionDelayMax(HURRIED_RETRY_MS);
    socket.io.timeout(this.#openingMs);
  }

  #calm(): void {
    const { io } = this.#options.socket;
    io.reconnectionDelayMax(RETRY_MS[1]);
    io.timeout(OPENING_MS);
  }
}

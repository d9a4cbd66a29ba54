// SPDX-License-Identifier: Apache-2.0
// How an end reconnects to its suite: it detects a connection that is dead without a sign, and hurries while a session needs the suite.

import type { ManagerOptions, Socket } from 'socket.io-client';
import { Patience } from '../continuity/patience.ts';
import type { Clock } from '../time/clock.ts';

/** The waits between tries to reach the suite again grow from the first to the second, in milliseconds, with chance. */
export const RETRY_MS = [300, 5000] as const;
/** How long one try may take, in milliseconds. */
export const OPENING_MS = 20_000;
/** The least wait before coming back to a suite that has ended the connection itself, in milliseconds; with chance, up to twice that. */
export const DISMISSED_MS = 1000;
/**
 * How long the suite may take to give a sign of life, in milliseconds, and two round trips beside it. Twice as long if a connection
 * was replaced for that within DOUBTS_MS, up to MAX_PATIENCE times as long.
 */
export const SIGN_MS = 1000;
/** After a check it is hurried for so long, in milliseconds: a session without a path is not kept for much longer. */
export const HURRY_MS = 45_000;
/** While it is hurried: the longest wait between tries, and how long one may take, or eight round trips; in milliseconds. */
export const HURRIED_RETRY_MS = 700;
export const HURRIED_OPENING_MS = 1500;
const HURRIED_OPENING_TRIPS = 8;

export interface ComingBackOptions {
  readonly clock: Clock;
  /** The connection that is in use, or is tried. */
  readonly socket: () => Socket;
  /** Puts another in its place. */
  readonly renew: () => void;
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
  #patience = new Patience();
  #hurriedUntil: number | null = null;
  #begunAt = Number.NEGATIVE_INFINITY; // the last try to come back
  #cancelDismissed: (() => void) | null = null;

  constructor(options: ComingBackOptions) {
    this.#options = options;
  }

  /** How a connection is tried that is dialled now. */
  get pace(): Pick<ManagerOptions, 'reconnectionDelay' | 'reconnectionDelayMax' | 'timeout'> {
    const hurried = this.#hurried;
    return {
      reconnectionDelay: RETRY_MS[0],
      reconnectionDelayMax: hurried ? HURRIED_RETRY_MS : RETRY_MS[1],
      timeout: hurried ? this.#openingMs : OPENING_MS,
    };
  }

  /** A connection is dialled: from now on it is tried at the pace that is called for. */
  dialled(socket: Socket): void {
    socket.io.on('reconnect_attempt', () => {
      this.#begunAt = this.#options.clock.now();
      if (!this.#hurried) calm(socket);
    });
  }

  /** The suite has ended the connection itself, and Socket.IO does not come back after that. */
  dismissed(socket: Socket): void {
    // Who is dismissed (for too many connections, say) and comes back at once would be dismissed again, as fast as the network goes.
    this.#cancelDismissed = this.#options.clock.after(DISMISSED_MS * (1 + Math.random()), () => {
      this.#cancelDismissed = null;
      socket.connect();
    });
  }

  /**
   * Something hangs on the suite that shows signs of trouble: makes sure of the connection. One that gives no sign of life in
   * time is replaced; while there is none, it is tried without long waits.
   * @param changed the network is another one: a try that is under way began in the one before
   */
  check(changed = false): void {
    if (this.#cancelDismissed) return;
    if (changed) this.#patience = new Patience();
    const { clock, socket } = this.#options;
    this.#hurriedUntil = clock.now() + HURRY_MS;
    this.#hurry(socket());
    if (socket().connected) void this.#ask();
    else if (changed || clock.now() - this.#begunAt >= this.#openingMs) this.#anew();
  }

  stop(): void {
    this.#cancelDismissed?.();
    this.#cancelDismissed = null;
  }

  get #hurried(): boolean {
    return this.#hurriedUntil !== null && this.#options.clock.now() < this.#hurriedUntil;
  }

  get #openingMs(): number {
    return Math.max(HURRIED_OPENING_MS, HURRIED_OPENING_TRIPS * (this.#options.rttMs() ?? 0));
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const { clock, socket, ask, rttMs } = this.#options;
    const asked = socket();
    try {
      await ask(SIGN_MS * this.#patience.at(clock.now()) + 2 * (rttMs() ?? 0));
    } catch {
      if (!asked.connected || asked !== socket()) return;
      // On a line that loses much another connection is no better, and costs more than this one's answer.
      this.#patience.doubted(clock.now());
      this.#anew();
    } finally {
      this.#asking = false;
    }
  }

  #anew(): void {
    this.#begunAt = this.#options.clock.now();
    this.#options.renew();
  }

  #hurry({ io }: Socket): void {
    io.reconnectionDelayMax(HURRIED_RETRY_MS);
    io.timeout(this.#openingMs);
  }
}

function calm({ io }: Socket): void {
  io.reconnectionDelayMax(RETRY_MS[1]);
  io.timeout(OPENING_MS);
}

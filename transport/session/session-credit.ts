// SPDX-License-Identifier: Apache-2.0
// The receiver's credit for a whole session: what all streams may have under way together, and when it is given back.

import type { Clock } from '../time/clock.ts';
import { ReceiveCredit } from './credit.ts';

/** What was taken and not given back is given back so soon after the last stream is over, in milliseconds. */
export const SETTLE_MS = 100;

/** What it needs of its session. */
export interface SessionCreditParts {
  readonly clock: Clock;
  /** Gives the other end credit. */
  readonly give: (bytes: number) => void;
  /** Whether no stream is open. */
  readonly idle: () => boolean;
}

export class SessionCredit {
  readonly #credit: ReceiveCredit;
  readonly #parts: SessionCreditParts;
  #growthLeft: number;
  #cancelSettling: (() => void) | null = null;
  #stopped = false;

  /** @param window bytes that the other end has to begin with */
  constructor(window: number, parts: SessionCreditParts) {
    this.#credit = new ReceiveCredit(window, parts.clock.now());
    this.#parts = parts;
    // Half is kept for the first credit of further streams, so that those nobody reads cannot starve them.
    this.#growthLeft = window / 2;
  }

  /** Bytes that came and that nobody has read. */
  get held(): number {
    return this.#credit.held;
  }

  /** @throws PortholeError CREDIT_EXCEEDED when the sender had no credit for these bytes */
  received(bytes: number): void {
    this.#credit.received(bytes);
  }

  took(bytes: number): void {
    this.#give(this.#credit.took(bytes, 0, 0));
    this.settle();
  }

  /** How much of a growth of a stream's window there is room for. */
  allow(bytes: number): number {
    const allowed = Math.min(bytes, this.#growthLeft);
    this.#growthLeft -= allowed;
    return allowed;
  }

  /** A stream that had grown so much is over. */
  shrank(grown: number): void {
    this.#growthLeft += grown;
  }

  /** With no stream open, the other end has all of its credit again. */
  settle(): void {
    const { clock, idle } = this.#parts;
    if (this.#stopped || !idle() || this.#credit.owed === 0) return;
    this.#cancelSettling ??= clock.after(SETTLE_MS, () => {
      this.#cancelSettling = null;
      if (idle()) this.#give(this.#credit.settle());
    });
  }

  /** The session has ended. */
  stop(): void {
    this.#stopped = true;
    this.#cancelSettling?.();
  }

  #give(bytes: number): void {
    if (bytes > 0) this.#parts.give(bytes);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Runs the handshake's steps one at a time: while cryptography is pending, messages that come are held, and handled in order.

import { PortholeError } from '../../proto/errors.ts';
import type { Soon } from './primitives.ts';
import { type Steps, take } from './steps.ts';

/** What goes on with what was held. */
export interface AfterStep {
  message(message: Uint8Array): void;
  ended(reason: Error | null): void;
  /** All of it is done. */
  idle(): void;
  /** A step failed, or more came than may be held. */
  failed(error: unknown): void;
}

export class OneStep {
  readonly #after: AfterStep;
  readonly #mostBytes: number;
  #held: Uint8Array[] | null = null; // while a step waits
  #bytes = 0;
  #end: { readonly reason: Error | null } | null = null;

  /** @param mostBytes that are held */
  constructor(mostBytes: number, after: AfterStep) {
    this.#after = after;
    this.#mostBytes = mostBytes;
  }

  /** Whether a step waits. */
  get waits(): boolean {
    return this.#held !== null;
  }

  /** Does a step, when none waits. */
  do(steps: Steps<void>): void {
    let done: Soon<void>;
    try {
      done = take(steps);
    } catch (error) {
      return this.#after.failed(error);
    }
    if (!(done instanceof Promise)) return;
    this.#held = [];
    const failed = (error: unknown): void => this.#after.failed(error);
    done
      .catch(failed)
      .then(() => this.#goOn())
      .catch(failed);
  }

  /** Holds a message, in memory of its own, if a step waits. */
  holds(message: Uint8Array): boolean {
    if (!this.#held) return false;
    this.#bytes += message.length;
    if (this.#bytes <= this.#mostBytes) this.#held.push(new Uint8Array(message));
    else this.#after.failed(new PortholeError('SEAL_BROKEN', 'the other end did not wait for the handshake'));
    return true;
  }

  /** Holds the end of the connection below, if a step waits. */
  holdsEnd(reason: Error | null): boolean {
    if (this.#held) this.#end = { reason };
    return this.#held !== null;
  }

  #goOn(): void {
    const [held, end] = [this.#held ?? [], this.#end];
    this.#held = null;
    this.#bytes = 0;
    // The first of them may begin another step: that one holds the rest.
    for (const message of held) this.#after.message(message);
    if (end) this.#after.ended(end.reason);
    this.#after.idle();
  }
}

// SPDX-License-Identifier: Apache-2.0
// An end that has come and is not yet joined with the other: its join is read, and what it sends behind it is kept, within bounds.

import { PortholeError } from '../../proto/errors.ts';
import { JoinReader } from './join.ts';
import type { Leg, LegHolder } from './leg.ts';
import { MAX_HELD_BYTES, MAX_HELD_PIECES } from './limits.ts';

/** Holds a leg from its first byte until the other end has come. */
export class Arrival implements LegHolder {
  readonly leg: Leg;
  readonly held: Uint8Array[] = [];
  /** The token of its RelayJoin; rejects when there will be none: MESSAGE_TOO_LONG, FRAME_MALFORMED, PATH_LOST, or as given to `fail`. */
  readonly token: Promise<string>;
  hasEnded = false;
  gone = false;
  /** Called when the leg goes while it is held. */
  onGone: () => void = () => {};
  /** Called by the relay when it waits no longer, for whatever reason. */
  leavePlace: () => void = () => {};
  readonly #settle: { resolve(token: string): void; reject(error: PortholeError): void };
  #reader: JoinReader | null = new JoinReader();
  #heldBytes = 0;

  constructor(open: (holder: LegHolder) => Leg) {
    const { promise, ...settle } = Promise.withResolvers<string>();
    // Whoever refuses it for another reason does not look at the token.
    promise.catch(() => {});
    this.token = promise;
    this.#settle = settle;
    this.leg = open(this);
  }

  /** Gives up waiting for a join. */
  fail(error: PortholeError): void {
    this.#settle.reject(error);
  }

  chunk(bytes: Uint8Array): void {
    if (!this.#reader) {
      this.#hold(bytes);
      return;
    }
    try {
      const join = this.#reader.push(bytes);
      if (!join) return;
      this.#reader = null;
      this.#hold(join.rest);
      this.#settle.resolve(join.token);
    } catch (error) {
      this.#settle.reject(error as PortholeError);
    }
  }

  ended(): void {
    this.hasEnded = true;
    this.fail(new PortholeError('FRAME_MALFORMED', 'the connection ended before a RelayJoin'));
  }

  drained(): void {}

  closed(): void {
    this.gone = true;
    this.fail(new PortholeError('PATH_LOST'));
    this.onGone();
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.held.push(new Uint8Array(bytes)); // a leg may use its memory again
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= MAX_HELD_BYTES || this.held.length >= MAX_HELD_PIECES) this.leg.pause();
  }
}

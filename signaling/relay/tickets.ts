// SPDX-License-Identifier: Apache-2.0
// The relay's tickets: random, single-use, for one end of one call, forgotten after a minute.

import { randomBytes } from 'node:crypto';
import { PortholeError } from '../../proto/errors.ts';
import type { Clock } from '../../transport/time/clock.ts';
import { MAX_TICKETS, TICKET_LIFE_MS } from './limits.ts';

/** Which end of a call. */
export type EndRole = 'caller' | 'callee';

interface Ticket {
  readonly call: string;
  readonly role: EndRole;
  readonly dies: number;
}

const TOKEN_BYTES = 32;

/** The tickets that are out. */
export class Tickets {
  readonly #clock: Clock;
  readonly #most: number;
  /** In the order of issue, which is the order of death. */
  readonly #byToken = new Map<string, Ticket>();
  readonly #byCall = new Map<string, Set<string>>();

  constructor(clock: Clock, most: number = MAX_TICKETS) {
    this.#clock = clock;
    this.#most = most;
  }

  /** How many are out. */
  get size(): number {
    this.#bury();
    return this.#byToken.size;
  }

  /**
   * A new ticket's token: 32 random bytes in base64url.
   * @throws PortholeError RATE_LIMITED when MAX_TICKETS are out
   */
  issue(call: string, role: EndRole): string {
    if (this.size >= this.#most) throw new PortholeError('RATE_LIMITED', 'the relay has too many tickets out');
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.#byToken.set(token, { call, role, dies: this.#clock.now() + TICKET_LIFE_MS });
    const tokens = this.#byCall.get(call) ?? new Set();
    this.#byCall.set(call, tokens.add(token));
    return token;
  }

  /** Uses a ticket up; null: unknown, used or dead. */
  use(token: string): { readonly call: string; readonly role: EndRole } | null {
    this.#bury();
    const ticket = this.#byToken.get(token);
    if (!ticket) return null;
    this.#forget(token, ticket.call);
    return ticket;
  }

  /** Makes a call's tickets worthless. */
  drop(call: string): void {
    for (const token of this.#byCall.get(call) ?? []) this.#byToken.delete(token);
    this.#byCall.delete(call);
  }

  #bury(): void {
    const now = this.#clock.now();
    for (const [token, ticket] of this.#byToken) {
      if (ticket.dies > now) return;
      this.#forget(token, ticket.call);
    }
  }

  #forget(token: string, call: string): void {
    this.#byToken.delete(token);
    const tokens = this.#byCall.get(call);
    tokens?.delete(token);
    if (tokens?.size === 0) this.#byCall.delete(call);
  }
}

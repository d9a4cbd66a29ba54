// SPDX-License-Identifier: Apache-2.0
// What is measured of a path, and what is computed from it: the length of messages, and the bounds of the window.

import { MAX_DATA_BYTES, MAX_UNACKED_BYTES } from '../../proto/limits.ts';
import { ACK_BYTES, ACK_MS, LEAST_MESSAGE_BYTES, MESSAGE_MS, QUEUE_MS, ROOMY_WINDOW_BYTES } from './limits.ts';
import { OfLate } from './of-late.ts';
import { fullPackets } from './packets.ts';
import { Rates } from './rates.ts';

/** Messages that may be under way however slow a path is; and beside what two round trips need. */
export const LEAST_MESSAGES = 2;
const SPARE_MESSAGES = 4;
/** Turns of the event loop that a round trip waits on a busy machine: to be taken up, to be answered, and to be told. */
const BUSY_TURNS = 3;
/** The first messages on a path, in bytes: little is known of it. */
export const FIRST_MESSAGE_BYTES = 4096;
const NEVER = Number.POSITIVE_INFINITY;

export class Measures {
  readonly rates = new Rates();
  readonly trips = new OfLate(Math.min);
  /** Bytes of a message while no rate is known. */
  firstMessage = FIRST_MESSAGE_BYTES;
  readonly #packet: number | undefined;
  readonly #turnMs: () => number;

  /**
   * @param packet bytes of a record that go in one packet, where that is known
   * @param turnMs how long a turn of the event loop takes of late
   */
  constructor(packet: number | undefined, turnMs: () => number) {
    this.#packet = packet;
    this.#turnMs = turnMs;
  }

  /** Bytes of a message that takes the path MESSAGE_MS. */
  get message(): number {
    const { best } = this.rates;
    if (best === 0) return this.firstMessage;
    return fullPackets(Math.round(Math.min(MAX_DATA_BYTES, Math.max(LEAST_MESSAGE_BYTES, best * MESSAGE_MS))), this.#packet);
  }

  /** How long the path takes for so many bytes, in milliseconds; 0 while that is not known. */
  takes(bytes: number): number {
    return this.rates.best === 0 ? 0 : bytes / this.rates.best;
  }

  /** The least round trip of late, in milliseconds. */
  get baseMs(): number {
    const base = this.trips.value;
    return base === NEVER ? 0 : base;
  }

  /** What may wait in queues, and what a round trip waits in any case where machines are busy, in milliseconds. */
  get queueMs(): number {
    return QUEUE_MS + BUSY_TURNS * this.#turnMs();
  }

  /** Bytes that keep the path busy, with a queue of `queueMs`: what it delivers in the round trip of a message that waits behind no other. */
  get fitting(): number {
    return this.rates.best * (this.baseMs + this.takes(this.message) + this.queueMs);
  }

  /** The least window. */
  get least(): number {
    return Math.max(LEAST_MESSAGES * this.message, Math.min(this.rates.best * this.queueMs, ROOMY_WINDOW_BYTES));
  }

  /** The largest. */
  get most(): number {
    const acks = Math.min(this.rates.best * ACK_MS, 2 * ACK_BYTES);
    return Math.min(MAX_UNACKED_BYTES, 2 * this.rates.best * this.baseMs + acks + SPARE_MESSAGES * this.message);
  }
}

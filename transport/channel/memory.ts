// SPDX-License-Identifier: Apache-2.0
// A pair of Connections in memory, whose wire can be held, released and cut: the network of the tests.

import { PortholeError } from '../../proto/errors.ts';
import { MAX_FRAMED_BYTES } from '../../proto/limits.ts';
import type { Connection, Receiver } from './connection.ts';
import { Delivery } from './delivery.ts';

/** Bytes that may wait at the receiver before there is no more room. */
const QUEUE_BYTES = 256 * 1024;

/** What a test does to the wire. */
export interface Wire {
  /** Nothing arrives from now on, in either direction; it is kept. */
  hold(): void;
  /** What was kept arrives, in order. */
  release(): void;
  /** The wire is cut: both ends learn it, what was under way is lost. */
  cut(): void;
  /** Messages sent so far, both directions: for counting flights. */
  readonly sent: number;
}

/**
 * Two ends of one pipe.
 * @param after runs what arrives; in the same order
 * @returns the ends `a` and `b`, and the wire between them
 */
export function memoryPair(
  via = 'memory',
  after: (run: () => void) => void = queueMicrotask,
): { a: Connection; b: Connection; wire: Wire } {
  const wire = new MemoryWire(after);
  const a = new MemoryEnd(via, wire);
  const b = new MemoryEnd(via, wire);
  a.peer = b;
  b.peer = a;
  wire.ends = [a, b];
  return { a, b, wire };
}

class MemoryWire implements Wire {
  ends: readonly MemoryEnd[] = [];
  sent = 0;
  #held: (() => void)[] | null = null;
  readonly #after: (run: () => void) => void;
  #isCut = false;

  constructor(after: (run: () => void) => void) {
    this.#after = after;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const arrive of held) arrive();
  }

  cut(): void {
    this.#held = this.#held && [];
    this.#isCut = true;
    for (const end of this.ends) end.broke(new PortholeError('PATH_LOST', 'the wire was cut'));
  }

  carry(arrive: () => void): void {
    this.#after(() => {
      // What is on its way when the wire is held or cut comes no further.
      if (this.#held) this.#held.push(arrive);
      else if (!this.#isCut) arrive();
    });
  }
}

class MemoryEnd implements Connection {
  readonly via: string;
  readonly maxMessage = MAX_FRAMED_BYTES;
  peer!: MemoryEnd;
  readonly resent = 0;
  readonly #wire: MemoryWire;
  readonly #delivery = new Delivery((bytes) => this.#makeRoom(bytes));
  #isOver = false;
  #unread = 0; // bytes sent by this end that its peer has not taken
  #full = false; // `drained` is owed

  constructor(via: string, wire: MemoryWire) {
    this.via = via;
    this.#wire = wire;
  }

  start(receiver: Receiver): void {
    this.#delivery.start(receiver);
  }

  pause(): void {
    this.#delivery.pause();
  }

  resume(): void {
    this.#delivery.resume();
  }

  send(message: Uint8Array): boolean {
    if (message.length > this.maxMessage || message.length === 0) {
      throw new PortholeError('MESSAGE_TOO_LONG', `a message has 1 to ${this.maxMessage} bytes, not ${message.length}`);
    }
    if (this.#isOver) return false;
    this.#unread += message.length;
    this.#wire.sent++;
    const own = new Uint8Array(message);
    this.#wire.carry(() => this.peer.#delivery.message(own, false));
    this.#full ||= this.#unread > QUEUE_BYTES;
    return !this.#full;
  }

  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#delivery.discard();
    this.#wire.carry(() => this.peer.ended());
  }

  abort(reason: Error): void {
    if (this.#isOver) return;
    this.broke(reason);
    this.#wire.carry(() => this.peer.broke(new PortholeError('PATH_LOST')));
  }

  /** The peer has closed. */
  ended(): void {
    this.#isOver = true;
    this.#delivery.end();
  }

  broke(reason: Error): void {
    this.#isOver = true;
    this.#delivery.fail(reason);
  }

  /** The reader here took something: the peer may send more. */
  #makeRoom(bytes: number): void {
    const { peer } = this;
    peer.#unread -= bytes;
    if (!peer.#full || peer.#unread > QUEUE_BYTES / 2) return;
    peer.#full = false;
    queueMicrotask(() => peer.#delivery.drained());
  }
}

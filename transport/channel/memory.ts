// SPDX-License-Identifier: Apache-2.0
// A pair of Connections in memory, whose wire can be held, released and cut: the network of the tests.

import { PortholeError } from '../../proto/errors.ts';
import { MAX_FRAMED_BYTES } from '../../proto/limits.ts';
import type { Connection } from './connection.ts';
import { Inbox } from './inbox.ts';

/** Messages that may wait at the receiver before `send` makes its caller wait. */
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
  readonly #wire: MemoryWire;
  readonly #inbox = new Inbox((bytes) => this.#makeRoom(bytes));
  #over: Error | null = null;
  #unread = 0; // bytes sent by this end that its peer has not taken
  #waiting: { resolve(): void; reject(reason: Error): void }[] = [];

  constructor(via: string, wire: MemoryWire) {
    this.via = via;
    this.#wire = wire;
  }

  send(message: Uint8Array): Promise<void> {
    if (this.#over) return Promise.reject(this.#over);
    if (message.length > this.maxMessage) {
      return Promise.reject(new PortholeError('MESSAGE_TOO_LONG', `${message.length} bytes are more than ${this.maxMessage}`));
    }
    this.#unread += message.length;
    this.#wire.sent++;
    this.#wire.carry(() => this.peer.#inbox.push(message));
    if (this.#unread <= QUEUE_BYTES) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  receive(): Promise<Uint8Array | null> {
    return this.#inbox.receive();
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#end(new PortholeError('SESSION_CLOSED', 'the connection is closed'));
    this.#inbox.discard();
    this.#wire.carry(() => this.peer.ended());
  }

  abort(reason: Error): void {
    if (this.#over) return;
    this.broke(reason);
    this.#wire.carry(() => this.peer.broke(new PortholeError('PATH_LOST')));
  }

  /** The peer has closed. */
  ended(): void {
    this.#inbox.end();
    this.#end(new PortholeError('SESSION_CLOSED', 'the peer has closed the connection'));
  }

  broke(reason: Error): void {
    this.#inbox.fail(reason);
    this.#end(reason);
  }

  #end(reason: Error): void {
    this.#over ??= reason;
    for (const one of this.#waiting.splice(0)) one.reject(reason);
  }

  /** The reader here took something: the peer may send more. */
  #makeRoom(bytes: number): void {
    const peer = this.peer;
    peer.#unread -= bytes;
    if (peer.#unread <= QUEUE_BYTES / 2) for (const one of peer.#waiting.splice(0)) one.resolve();
  }
}

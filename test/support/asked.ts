// SPDX-License-Identifier: Apache-2.0
// A connection as tests like to use one: what has come is asked for, and who sends waits for room.

import { PortholeError } from '../../proto/errors.ts';
import type { Connection } from '../../transport/channel/connection.ts';
import { ReceiveQueue } from '../../transport/channel/receive-queue.ts';

/** Bytes that may wait to be asked for before the connection is paused. */
const QUEUE_BYTES = 256 * 1024;

/** What is asked of: a Connection, or a session's, which takes all that is sent. */
type Askable = Pick<Connection, 'via' | 'start' | 'pause' | 'resume' | 'close' | 'abort'> & {
  send(head: Uint8Array, content?: Uint8Array): unknown;
};

export class Asked<C extends Askable = Connection> {
  readonly connection: C;
  readonly #inbox: ReceiveQueue;
  #over: Error | null = null;
  #room: PromiseWithResolvers<void> | null = null;

  constructor(connection: C) {
    this.connection = connection;
    this.#inbox = new ReceiveQueue(() => this.#inbox.bytes <= QUEUE_BYTES && connection.resume());
    connection.start({
      message: (message) => {
        this.#inbox.push(new Uint8Array(message));
        if (this.#inbox.bytes > QUEUE_BYTES) connection.pause();
      },
      heard() {},
      drained: () => this.#wake(),
      ended: (reason) => this.#ended(reason),
    });
  }

  get via(): string {
    return this.connection.via;
  }

  /** Resolves when there is room for the next; rejects once the connection is over, and with what `send` throws. */
  async send(head: Uint8Array, content?: Uint8Array): Promise<void> {
    const roomy = this.connection.send(head, content);
    if (this.#over) throw this.#over;
    if (roomy !== false) return;
    this.#room ??= Promise.withResolvers();
    await this.#room.promise;
  }

  /** The next message; null after an orderly end; rejects with why it broke. */
  receive(): Promise<Uint8Array | null> {
    return this.#inbox.receive();
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  abort(reason: Error): void {
    this.connection.abort(reason);
  }

  #wake(): void {
    this.#room?.resolve();
    this.#room = null;
  }

  #ended(reason: Error | null): void {
    this.#over = reason ?? new PortholeError('SESSION_CLOSED');
    this.#room?.reject(this.#over);
    if (reason) this.#inbox.fail(reason);
    else this.#inbox.end();
  }
}

const known = new WeakMap<object, Asked<never>>();

/** Takes a connection over; of one that was taken over already, the same again. */
export function asked<C extends Askable>(connection: C): Asked<C> {
  const one = (known.get(connection) as Asked<C> | undefined) ?? new Asked(connection);
  known.set(connection, one as Asked<never>);
  return one;
}

// SPDX-License-Identifier: Apache-2.0
// A seal without cryptography and without a handshake, for tests of what stands above it: it names keys, and gathers small messages.

import { PortholeError } from '../../proto/errors.ts';
import type { Connection, Receiver } from '../../transport/channel/connection.ts';
import { Delivery } from '../../transport/channel/delivery.ts';
import type { Proved, Sealed } from '../../transport/seal/sealed.ts';

/** Bytes that are not kept back for more of the same turn. */
const FLUSH_BYTES = 16 * 1024;

export const HASH = new Uint8Array(32).fill(7);

/** A key for tests. */
export const testKey = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** @param key the peer's, which it "proves" at once */
export function plainSealed(connection: Connection, key: Uint8Array): Sealed {
  return new PlainSealed(connection, key);
}

class PlainSealed implements Sealed {
  readonly via: string;
  readonly maxMessage = 65_500;
  readonly resent = 0;
  readonly proved: Proved;
  readonly ready: Promise<Proved>;
  readonly #connection: Connection;
  readonly #delivery = new Delivery();
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #roomy = true;
  #isOver = false;
  #rest = new Uint8Array(0);

  constructor(connection: Connection, key: Uint8Array) {
    this.#connection = connection;
    this.via = connection.via;
    this.proved = { key, hash: HASH };
    this.ready = Promise.resolve(this.proved);
    connection.start({
      message: (record) => this.#take(record),
      heard: () => this.#delivery.heard(),
      drained: () => {
        this.#roomy = true;
        this.#delivery.drained();
      },
      ended: (reason) => {
        this.#isOver = true;
        if (reason) this.#delivery.fail(reason);
        else this.#delivery.end();
      },
    });
  }

  start(receiver: Receiver): void {
    this.#delivery.start(receiver);
  }

  pause(): void {
    this.#delivery.pause();
    this.#connection.pause();
  }

  resume(): void {
    this.#delivery.resume();
    this.#connection.resume();
  }

  gather(): void {}

  send(head: Uint8Array, content?: Uint8Array): boolean {
    const length = head.length + (content?.length ?? 0);
    if (length > this.maxMessage || length === 0) throw new PortholeError('MESSAGE_TOO_LONG');
    if (this.#isOver) return false;
    const front = new Uint8Array(2 + head.length);
    front[0] = length >> 8;
    front[1] = length & 0xff;
    front.set(head, 2);
    this.#gathered.push(front);
    if (content) this.#gathered.push(content.slice());
    if (this.#gatheredBytes === 0) setImmediate(() => this.#flush());
    this.#gatheredBytes += 2 + length;
    if (this.#gatheredBytes >= FLUSH_BYTES) this.#flush();
    return this.#roomy;
  }

  async close(): Promise<void> {
    this.#flush();
    this.#isOver = true;
    this.#delivery.discard();
    await this.#connection.close();
  }

  abort(reason: Error): void {
    this.#isOver = true;
    this.#connection.abort(reason);
    this.#delivery.fail(reason);
  }

  #flush(): void {
    // Several records where one would be too long.
    let record: Uint8Array[] = [];
    let bytes = 0;
    const send = (): void => {
      if (bytes > 0) this.#roomy = this.#connection.send(Buffer.concat(record));
    };
    for (const piece of this.#gathered) {
      if (bytes + piece.length > 65_535) {
        send();
        record = [];
        bytes = 0;
      }
      record.push(piece);
      bytes += piece.length;
    }
    send();
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  #take(record: Uint8Array): void {
    this.#rest = new Uint8Array(Buffer.concat([this.#rest, record]));
    while (this.#rest.length >= 2) {
      const length = ((this.#rest[0] as number) << 8) | (this.#rest[1] as number);
      if (this.#rest.length < 2 + length) return;
      const message = this.#rest.subarray(2, 2 + length);
      this.#rest = this.#rest.subarray(2 + length);
      this.#delivery.message(message, false);
    }
  }
}

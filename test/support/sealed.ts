// SPDX-License-Identifier: Apache-2.0
// A seal without cryptography and without a handshake, for tests of what stands above it: it names keys, and gathers small messages.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import type { Connection, Flow, Receiver } from '../../transport/channel/connection.ts';
import { Inbox } from '../../transport/channel/inbox.ts';
import type { Proved, Sealed } from '../../transport/seal/sealed.ts';

/** Bytes that are not kept back for more of the same turn. */
const FLUSH_BYTES = 16 * 1024;
/** Bytes that may wait for the reader before the connection below is not read on. */
const QUEUE_BYTES = 1024 * 1024;

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
  readonly proved: Proved;
  readonly ready: Promise<Proved>;
  readonly #connection: Connection;
  readonly #inbox = new Inbox(() => this.#goOn?.());
  #goOn: (() => void) | null = null;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #flushed: PromiseWithResolvers<void> | null = null;
  #over: Error | null = null;

  constructor(connection: Connection, key: Uint8Array) {
    this.#connection = connection;
    this.via = connection.via;
    this.proved = { key, hash: HASH };
    this.ready = Promise.resolve(this.proved);
    void this.#readAll();
  }

  send(message: Uint8Array): Promise<void> {
    return this.sendPieces(message);
  }

  sendPieces(head: Uint8Array, content?: Uint8Array): Promise<void> {
    if (this.#over) return Promise.reject(this.#over);
    const length = head.length + (content?.length ?? 0);
    if (length > this.maxMessage || length === 0) return Promise.reject(new PortholeError('MESSAGE_TOO_LONG'));
    const front = new Uint8Array(2 + head.length);
    front[0] = length >> 8;
    front[1] = length & 0xff;
    front.set(head, 2);
    this.#gathered.push(front);
    if (content) this.#gathered.push(content.slice());
    this.#gatheredBytes += 2 + length;
    if (!this.#flushed) {
      this.#flushed = Promise.withResolvers();
      this.#flushed.promise.catch(() => {});
      setImmediate(() => this.#flush());
    }
    const { promise } = this.#flushed;
    if (this.#gatheredBytes >= FLUSH_BYTES) this.#flush();
    return promise;
  }

  deliver(receiver: Receiver): Flow {
    this.#inbox.deliver(receiver);
    return { pause() {}, resume() {} };
  }

  receive(): Promise<Uint8Array | null> {
    return this.#inbox.receive();
  }

  async close(): Promise<void> {
    this.#flush();
    this.#over ??= new PortholeError('SESSION_CLOSED');
    this.#inbox.discard();
    await this.#connection.close();
  }

  abort(reason: Error): void {
    this.#over ??= reason;
    this.#flushed?.reject(reason);
    this.#inbox.fail(reason);
    this.#connection.abort(reason);
  }

  #flush(): void {
    const flushed = this.#flushed;
    if (!flushed) return;
    this.#flushed = null;
    // Several records where one would be too long.
    const sent: Promise<void>[] = [];
    let record: Uint8Array[] = [];
    let bytes = 0;
    const send = (): void => void (bytes > 0 && sent.push(this.#connection.send(new Uint8Array(Buffer.concat(record)))));
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
    Promise.all(sent).then(() => flushed.resolve(), flushed.reject);
  }

  async #readAll(): Promise<void> {
    let rest = new Uint8Array(0);
    try {
      for (let record = await this.#connection.receive(); record; record = await this.#connection.receive()) {
        rest = rest.length === 0 ? new Uint8Array(record) : new Uint8Array(Buffer.concat([rest, record]));
        while (rest.length >= 2) {
          const length = ((rest[0] as number) << 8) | (rest[1] as number);
          if (rest.length < 2 + length) break;
          this.#inbox.push(rest.subarray(2, 2 + length));
          rest = rest.subarray(2 + length);
        }
        while (this.#inbox.bytes > QUEUE_BYTES) await new Promise<void>((resolve) => (this.#goOn = resolve));
      }
      this.#inbox.end();
    } catch (thrown) {
      const error = asPortholeError(thrown, 'PATH_LOST');
      this.#over ??= error;
      this.#inbox.fail(error);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// A Connection on a byte pipe: length framing, an end mark, bounded queues both ways.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { MAX_FRAMED_BYTES } from '../../proto/limits.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import type { BytePipe } from './byte-pipe.ts';
import type { Connection, Receiver } from './connection.ts';
import { Delivery } from './delivery.ts';
import { lengthPrefix, Unframer } from './framing.ts';

/** Bytes that may wait in the pipe before there is no more room. */
export const SEND_QUEUE_BYTES = 512 * 1024;
/** Messages of so many bytes wait for the end of the turn: several go out in one system call, which costs more than they wait. */
const LONG_BYTES = 16 * 1024;
/** Bytes that may wait for a receiver before the pipe is paused. */
export const RECEIVE_QUEUE_BYTES = 1024 * 1024;
/** How long `close` waits for the peer to end too before it breaks the pipe, in milliseconds. */
export const LINGER_MS = 3000;

/** Makes a Connection of a pipe nobody reads yet. `early`: bytes of the peer that were read already. */
export function framedConnection(
  via: string,
  pipe: BytePipe,
  options: { early?: Uint8Array; clock?: Clock; how?: string; packetBytes?: number } = {},
): Connection {
  return new FramedConnection(via, pipe, options);
}

class FramedConnection implements Connection {
  readonly via: string;
  readonly how: string | undefined;
  readonly packetBytes: number | undefined;
  readonly maxMessage = MAX_FRAMED_BYTES;
  readonly #pipe: BytePipe;
  readonly #clock: Clock;
  readonly #unframer = new Unframer();
  readonly #delivery = new Delivery();
  #isOver = false; // nothing can be sent any more
  #ended = false; // the peer's end mark has come
  #held = false; // the pipe is paused
  #full = false; // `drained` is owed
  readonly #gone = Promise.withResolvers<void>();

  constructor(via: string, pipe: BytePipe, options: { early?: Uint8Array; clock?: Clock; how?: string; packetBytes?: number }) {
    this.via = via;
    this.how = options.how;
    this.packetBytes = options.packetBytes;
    this.#pipe = pipe;
    this.#clock = options.clock ?? systemClock;
    if (options.early?.length) this.#data(options.early);
    pipe.start({
      data: (chunk) => this.#data(chunk),
      ended: () => this.#finished(),
      broken: (reason) => this.#broke(asPortholeError(reason, 'PATH_LOST')),
    });
  }

  start(receiver: Receiver): void {
    this.#delivery.start(receiver);
    if (this.#delivery.open) this.#flow();
  }

  pause(): void {
    this.#delivery.pause();
    this.#hold();
  }

  resume(): void {
    this.#delivery.resume();
    if (this.#delivery.open) this.#flow();
  }

  send(message: Uint8Array): boolean {
    const { length } = message;
    if (length > this.maxMessage || length === 0) {
      throw new PortholeError('MESSAGE_TOO_LONG', `a message has 1 to ${this.maxMessage} bytes, not ${length}`);
    }
    if (this.#isOver) return false;
    this.#pipe.write([lengthPrefix(length), message]);
    if (length < LONG_BYTES) this.#pipe.flush();
    if (this.#pipe.queued <= SEND_QUEUE_BYTES) return true;
    if (!this.#full) this.#pipe.onceDrained(() => this.#drained());
    this.#full = true;
    return false;
  }

  get resent(): number {
    return this.#pipe.resent;
  }

  async close(): Promise<void> {
    if (!this.#isOver) this.#finish();
    this.#delivery.discard();
    this.#flow();
    const cancel = this.#clock.after(LINGER_MS, () => this.#leave());
    await this.#gone.promise;
    cancel();
  }

  abort(reason: Error): void {
    this.#broke(reason);
  }

  #data(chunk: Uint8Array): void {
    this.#delivery.heard();
    try {
      this.#unframer.push(chunk, (message) => {
        if (message.length === 0) this.#endMark();
        else if (!this.#ended) this.#delivery.message(message, true);
        return true;
      });
    } catch (error) {
      this.#broke(asPortholeError(error));
      return;
    }
    if (this.#delivery.bytes > RECEIVE_QUEUE_BYTES) this.#hold();
  }

  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#pipe.pause();
  }

  #flow(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#pipe.resume();
  }

  #drained(): void {
    this.#full = false;
    if (!this.#isOver) this.#delivery.drained();
  }

  /** The peer has closed: end our direction too, after what is queued. */
  #endMark(): void {
    this.#ended = true;
    if (!this.#isOver) this.#finish();
    this.#delivery.end();
  }

  #finish(): void {
    this.#isOver = true;
    this.#pipe.write([lengthPrefix(0)]);
    this.#pipe.end();
  }

  /** The peer's direction is over: cleanly only if its end mark came first. */
  #finished(): void {
    if (this.#ended) this.#gone.resolve();
    else this.#broke(new PortholeError('PATH_LOST', 'the other end went away'));
  }

  #broke(reason: Error): void {
    this.#isOver = true;
    this.#leave();
    this.#delivery.fail(reason);
  }

  #leave(): void {
    this.#pipe.destroy();
    this.#gone.resolve();
  }
}

// SPDX-License-Identifier: Apache-2.0
// A Connection on a byte pipe: length framing, an end mark, bounded queues both ways.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { MAX_FRAMED_BYTES } from '../../proto/limits.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import type { BytePipe } from './byte-pipe.ts';
import type { Connection, Flow, Receiver } from './connection.ts';
import { lengthPrefix, Unframer } from './framing.ts';
import { Inbox } from './inbox.ts';

/** Bytes that may wait in the pipe before `send` makes its caller wait. */
export const SEND_QUEUE_BYTES = 512 * 1024;
/** Messages of so many bytes wait for the end of the turn: several go out in one system call, which costs more than they wait. */
const LONG_BYTES = 16 * 1024;
/** Bytes that may wait for `receive` before the pipe is paused. */
export const RECEIVE_QUEUE_BYTES = 1024 * 1024;
/** How long `close` waits for the peer to end too before it breaks the pipe, in milliseconds. */
export const LINGER_MS = 3000;

/** Makes a Connection of a pipe nobody reads yet. `early`: bytes of the peer that were read already. */
export function framedConnection(
  via: string,
  pipe: BytePipe,
  options: { early?: Uint8Array; clock?: Clock; how?: string; packetBytes?: number } = {},
): Connection {
  const connection = new FramedConnection(via, pipe, options);
  connection.start(options.early);
  return connection;
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

class FramedConnection implements Connection {
  readonly via: string;
  readonly how: string | undefined;
  readonly packetBytes: number | undefined;
  readonly maxMessage = MAX_FRAMED_BYTES;
  readonly #pipe: BytePipe;
  readonly #clock: Clock;
  readonly #unframer = new Unframer();
  readonly #inbox = new Inbox(() => this.#taken());
  #over: Error | null = null; // why nothing can be sent any more
  #ended = false; // the peer's end mark has come
  #paused = false;
  #waiting: { resolve(): void; reject(reason: Error): void }[] = [];
  #gone: Promise<void>;
  #setGone!: () => void;

  constructor(via: string, pipe: BytePipe, options: { clock?: Clock; how?: string; packetBytes?: number }) {
    this.via = via;
    this.how = options.how;
    this.packetBytes = options.packetBytes;
    this.#pipe = pipe;
    this.#clock = options.clock ?? systemClock;
    this.#gone = new Promise((resolve) => {
      this.#setGone = resolve;
    });
  }

  start(early?: Uint8Array): void {
    if (early?.length) this.#data(early);
    this.#pipe.start({
      data: (chunk) => this.#data(chunk),
      ended: () => this.#finished(),
      broken: (reason) => this.#broke(asPortholeError(reason, 'PATH_LOST')),
    });
  }

  send(message: Uint8Array): Promise<void> {
    return this.#send([message]);
  }

  sendAtOnce(pieces: readonly Uint8Array[]): Promise<void> {
    const sent = this.#send(pieces);
    if (lengthOf(pieces) < LONG_BYTES) this.#pipe.flush();
    return sent;
  }

  #send(pieces: readonly Uint8Array[]): Promise<void> {
    if (this.#over) return Promise.reject(this.#over);
    const length = lengthOf(pieces);
    if (length > this.maxMessage || length === 0) {
      return Promise.reject(new PortholeError('MESSAGE_TOO_LONG', `a message has 1 to ${this.maxMessage} bytes, not ${length}`));
    }
    this.#pipe.write([lengthPrefix(length), ...pieces]);
    if (this.#pipe.queued <= SEND_QUEUE_BYTES) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length === 1) this.#pipe.onceDrained(() => this.#drained());
    });
  }

  receive(): Promise<Uint8Array | null> {
    return this.#inbox.receive();
  }

  deliver(receiver: Receiver): Flow {
    this.#inbox.deliver(receiver);
    return { pause: () => this.#pause(), resume: () => this.#flow() };
  }

  async close(): Promise<void> {
    if (!this.#over) this.#finish(new PortholeError('SESSION_CLOSED', 'the connection is closed'));
    this.#inbox.discard();
    this.#flow();
    const cancel = this.#clock.after(LINGER_MS, () => this.#leave());
    await this.#gone;
    cancel();
  }

  abort(reason: Error): void {
    this.#broke(reason);
  }

  #data(chunk: Uint8Array): void {
    this.#inbox.heard();
    try {
      this.#unframer.push(chunk, (message) => {
        if (message.length === 0) this.#endMark();
        else if (!this.#ended) this.#inbox.push(this.#inbox.delivers ? message : new Uint8Array(message));
        return true;
      });
    } catch (error) {
      this.#broke(asPortholeError(error));
      return;
    }
    if (this.#inbox.bytes > RECEIVE_QUEUE_BYTES) this.#pause();
  }

  #taken(): void {
    if (this.#paused && this.#inbox.bytes <= RECEIVE_QUEUE_BYTES / 2) this.#flow();
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#pipe.pause();
  }

  #flow(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#pipe.resume();
  }

  #drained(): void {
    for (const one of this.#waiting.splice(0)) one.resolve();
  }

  /** The peer has closed: end our direction too, after what is queued. */
  #endMark(): void {
    this.#ended = true;
    this.#inbox.end();
    if (!this.#over) this.#finish(new PortholeError('SESSION_CLOSED', 'the peer has closed the connection'));
  }

  #finish(reason: PortholeError): void {
    this.#over = reason;
    this.#pipe.write([lengthPrefix(0)]);
    this.#pipe.end();
    for (const one of this.#waiting.splice(0)) one.reject(reason);
  }

  /** The peer's direction is over: cleanly only if its end mark came first. */
  #finished(): void {
    if (this.#ended) this.#setGone();
    else this.#broke(new PortholeError('PATH_LOST', 'the other end went away'));
  }

  #broke(reason: Error): void {
    this.#inbox.fail(reason);
    this.#over ??= reason;
    for (const one of this.#waiting.splice(0)) one.reject(reason);
    this.#leave();
  }

  #leave(): void {
    this.#pipe.destroy();
    this.#setGone();
  }
}

// SPDX-License-Identifier: Apache-2.0
// The sealed connection, on any Connection: first a Noise handshake, then records (SEAL.md). The way in to this folder.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { MAX_RECORD_BYTES } from '../../proto/limits.ts';
import type { Connection, Receiver } from '../channel/connection.ts';
import { Delivery } from '../channel/delivery.ts';
import { LINGER_MS } from '../channel/framed.ts';
import { joined } from '../channel/join.ts';
import { awaitedLater, systemClock } from '../time/clock.ts';
import { endOfTurn } from '../time/turn.ts';
import { type Agreed, SealHandshake } from './handshake.ts';
import { InOrder } from './in-order.ts';
import { OneStep } from './one-step.ts';
import { RecordCipher } from './record-cipher.ts';
import { RecordSender } from './record-sender.ts';
import { MAX_SEALED_MESSAGE_BYTES, unpack } from './records.ts';
import { type Steps, soon } from './steps.ts';
import type { Proved, Sealed, SealOptions } from './types.ts';

export type { Proved, Sealed, SealOptions } from './types.ts';

/** Milliseconds from the beginning until the peer has proved its key and that it is there now. */
export const SEAL_MS = 10_000;
/** Bytes that may wait for a receiver before the path is held back. */
export const RECEIVE_QUEUE_BYTES = 1024 * 1024;

/**
 * Seals a visitor's end. Its first message goes out at the end of this turn of the event loop.
 * @param options `site`: the site's X25519 key; `ready` rejects with KEY_WRONG when the peer has another
 */
export function sealAsVisitor(connection: Connection, options: SealOptions & { readonly site: Uint8Array }): Sealed {
  return new SealedConnection(connection, options, new SealHandshake(options));
}

/** Seals a host's end. */
export function sealAsHost(connection: Connection, options: SealOptions): Sealed {
  const { key, primitives } = options;
  return new SealedConnection(connection, options, new SealHandshake({ key, primitives }));
}

class SealedConnection implements Sealed {
  readonly via: string;
  readonly how: string | undefined;
  readonly maxMessage = MAX_SEALED_MESSAGE_BYTES;
  readonly packetBytes: number | undefined;
  readonly ready: Promise<Proved>;
  proved: Proved | null = null;
  readonly #connection: Connection;
  readonly #options: SealOptions;
  readonly #handshake: SealHandshake;
  readonly #ready = Promise.withResolvers<Proved>();
  readonly #delivery = new Delivery();
  readonly #sender: RecordSender;
  readonly #incoming: InOrder<Uint8Array | null>;
  readonly #step: OneStep;
  readonly #cancelDeadline: () => void;
  #receiving: RecordCipher | null = null;
  #over: Error | null = null; // why nothing can be sent any more
  #broken = false;
  #held = false; // the connection is paused
  #taking = false; // a record's messages are given
  #scheduled = false;
  #closing: Promise<void> | null = null;

  constructor(connection: Connection, options: SealOptions, handshake: SealHandshake) {
    this.via = connection.via;
    this.how = connection.how;
    this.packetBytes = connection.packetBytes;
    this.#connection = connection;
    this.#options = options;
    this.#handshake = handshake;
    this.ready = awaitedLater(this.#ready.promise);
    const fail = (reason: unknown): void => this.#fail(asPortholeError(reason));
    const drained = (): void => this.#delivery.drained();
    this.#sender = new RecordSender((record) => connection.send(record), drained, fail);
    this.#incoming = new InOrder((content) => this.#take(content), fail);
    this.#step = new OneStep(RECEIVE_QUEUE_BYTES, {
      message: (message) => this.#arrived(message),
      ended: (reason) => this.#ended(reason),
      idle: () => this.#handshake.ours && this.#schedule(),
      failed: fail,
    });
    const late = (): void => this.#fail(new PortholeError('TIMED_OUT', 'the other end did not finish the handshake in time'));
    this.#cancelDeadline = (options.clock ?? systemClock).after(SEAL_MS, late);
    if (handshake.ours) this.#schedule();
    connection.start({
      message: (message) => this.#arrived(message),
      ended: (reason) => this.#ended(reason),
      heard: () => this.#delivery.heard(),
      drained: () => this.#sender.drained(),
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

  send(head: Uint8Array, content?: Uint8Array): boolean {
    const length = head.length + (content?.length ?? 0);
    if (length > this.maxMessage || length === 0) {
      throw new PortholeError('MESSAGE_TOO_LONG', `a message has 1 to ${this.maxMessage} bytes, not ${length}`);
    }
    return this.#over === null && this.#sender.send(head, content);
  }

  gather(bytes: number): void {
    this.#sender.gather = bytes;
  }

  get resent(): number {
    return this.#connection.resent;
  }

  close(): Promise<void> {
    if (!this.#closing) {
      // Known before anybody is told of the end, who may close again.
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#closing = promise;
      resolve(this.#close());
    }
    return this.#closing;
  }

  abort(reason: Error): void {
    this.#fail(reason);
  }

  async #close(): Promise<void> {
    const closed = new PortholeError('SESSION_CLOSED', 'the connection is closed');
    const open = this.#over === null;
    this.#over ??= closed;
    this.#delivery.discard();
    this.#flow();
    // What was said before the handshake is over goes out behind it.
    if (open && !this.proved && (this.#sender.waits || this.#handshake.begun)) await this.#keyedOrLate();
    if (open && this.proved && !this.#broken) await this.#sender.end();
    this.#settle(closed);
    await this.#connection.close();
  }

  #keyedOrLate(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = (this.#options.clock ?? systemClock).after(LINGER_MS, resolve);
      void this.ready
        .catch(() => {})
        .then(() => {
          cancel();
          resolve();
        });
    });
  }

  // The handshake:

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    endOfTurn(() => {
      this.#scheduled = false;
      if (!this.#broken && !this.#step.waits && this.#handshake.ours) this.#step.do(this.#speak());
    });
  }

  /** Our next message of the handshake. */
  *#speak(): Steps<void> {
    const message = yield* soon(this.#handshake.write());
    if (this.#broken) return;
    this.#connection.send(joined(message));
    yield* this.#agree();
  }

  /** The peer's next message of the handshake. */
  *#hear(message: Uint8Array): Steps<void> {
    // Read later it has to be ours.
    yield* soon(this.#handshake.read(new Uint8Array(message)));
    if (this.#broken) return;
    yield* this.#agree();
    if (this.#handshake.ours) this.#schedule();
  }

  /** Begins with the records when the handshake is over. */
  *#agree(): Steps<void> {
    const agreed = this.#handshake.agreed();
    if (agreed) this.#keyed(yield* soon(agreed));
  }

  #keyed({ send, receive, key, hash }: Agreed): void {
    if (this.#broken) return;
    const { primitives, rekeyRecords } = this.#options;
    this.#receiving = new RecordCipher(primitives, receive, rekeyRecords);
    this.#cancelDeadline();
    this.proved = { key, hash };
    this.#ready.resolve(this.proved);
    this.#sender.keyed(new RecordCipher(primitives, send, rekeyRecords));
  }

  // Receiving:

  #arrived(message: Uint8Array): void {
    if (this.#broken || this.#step.holds(message)) return;
    try {
      if (message.length > MAX_RECORD_BYTES) throw new PortholeError('SEAL_BROKEN', `a record of ${message.length} bytes is none`);
      if (this.#receiving) {
        // After our own end only the peer's is waited for, below.
        if (!this.#over) this.#incoming.push(this.#receiving.open(message));
      } else this.#step.do(this.#hear(message));
    } catch (error) {
      this.#fail(asPortholeError(error));
    }
  }

  /** The content of the next record, null after the last. */
  #take(content: Uint8Array | null): void {
    if (this.#over) return;
    if (content === null) return this.#fail(new PortholeError('SEAL_BROKEN', 'the path was cut off before the end mark of its peer'));
    if (content.length === 0) return this.#peerEnded();
    this.#taking = true;
    try {
      unpack(content, (message) => this.#delivery.message(message, false));
    } catch (error) {
      this.#fail(asPortholeError(error));
    }
    this.#taking = false;
    if (this.#delivery.open) this.#flow();
    else if (this.#delivery.bytes > RECEIVE_QUEUE_BYTES) this.#hold();
  }

  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#connection.pause();
  }

  /** Not between the messages of a record: the next record comes behind all of them. */
  #flow(): void {
    if (!this.#held || this.#taking) return;
    this.#held = false;
    this.#connection.resume();
  }

  // Ending:

  /** The peer has closed, and said so. */
  #peerEnded(): void {
    const reason = new PortholeError('SESSION_CLOSED', 'the peer has closed the connection');
    this.#over = reason;
    this.#delivery.end();
    this.#settle(reason);
    void this.#connection.close();
  }

  /** The connection below has ended. */
  #ended(reason: Error | null): void {
    if (this.#broken || this.#step.holdsEnd(reason)) return;
    if (reason) this.#fail(reason);
    else if (this.#receiving) this.#incoming.push(null);
    else if (!this.#over) this.#fail(new PortholeError('PATH_LOST', 'the other end went away'));
  }

  #fail(reason: Error): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#over ??= reason;
    this.#incoming.stop();
    this.#settle(reason);
    this.#delivery.fail(reason);
    this.#connection.abort(reason);
  }

  #settle(reason: Error): void {
    this.#cancelDeadline();
    this.#sender.stop();
    this.#ready.reject(reason);
  }
}

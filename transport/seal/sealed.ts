// SPDX-License-Identifier: Apache-2.0
// The Sealed connection: a Noise handshake, then records, on any Connection (SEAL.md).

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { MAX_RECORD_BYTES } from '../../proto/limits.ts';
import type { Connection, Flow, Receiver } from '../channel/connection.ts';
import { deliverTo } from '../channel/deliver.ts';
import { LINGER_MS } from '../channel/framed.ts';
import { Inbox } from '../channel/inbox.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { endOfTurn } from '../time/turn.ts';
import { Direction } from './direction.ts';
import { type Agreed, SealHandshake } from './handshake.ts';
import { InOrder } from './in-order.ts';
import { joined } from './join.ts';
import { OneStep } from './one-step.ts';
import { Packer } from './packer.ts';
import type { KeyPair, Primitives } from './primitives.ts';
import { MAX_SEALED_MESSAGE_BYTES, unpack } from './records.ts';
import { type Steps, soon } from './steps.ts';

/** Milliseconds from the beginning until the peer has proved its key and that it is there now. */
export const SEAL_MS = 10_000;
/** Bytes that may wait for `receive` before the path is held back. */
export const RECEIVE_QUEUE_BYTES = 1024 * 1024;

/** What a peer has proved. */
export interface Proved {
  /** Its static key, X25519. */
  readonly key: Uint8Array;
  /** The handshake's hash: no other path has the same (Noise section 11.2). */
  readonly hash: Uint8Array;
}

/** A Connection whose messages nobody but the two ends can read, alter, repeat, move or cut unnoticed. */
export interface Sealed extends Connection {
  /**
   * Resolves when the peer has proved its key, and that it is there now, and the keys of both directions stand. What is sent before
   * waits for it. Rejects with KEY_WRONG, SEAL_BROKEN, PATH_LOST, TIMED_OUT.
   */
  readonly ready: Promise<Proved>;
  /** The same, once it is so: before anything that came is handed out. */
  readonly proved: Proved | null;
  /** As in Connection, but here the memory of a message is the receiver's to keep. */
  deliver(receiver: Receiver): Flow;
  /** `send` for a message in two pieces, without a copy that joins them. */
  sendPieces(head: Uint8Array, content: Uint8Array): Promise<void>;
  /** Has small messages share a record of no more than about so many bytes from now on: on a slow line a long record is late. */
  gather?(bytes: number): void;
}

/** What an end needs to seal a connection. */
export interface SealOptions {
  /** Our static key, X25519. */
  readonly key: KeyPair;
  /** This platform’s cryptography. */
  readonly primitives: Primitives;
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
  /** REKEY_RECORDS, except in tests; the same at both ends. */
  readonly rekeyRecords?: number;
}

/** A message that waits for the handshake, in one or two pieces. */
interface Unsent {
  readonly head: Uint8Array;
  readonly content: Uint8Array | undefined;
  readonly sent: PromiseWithResolvers<void>;
}

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
  readonly #inbox = new Inbox(() => this.#taken());
  readonly #packer = new Packer((pieces) => this.#seal(pieces));
  readonly #outgoing: InOrder<readonly Uint8Array[]>;
  readonly #incoming: InOrder<Uint8Array | null>;
  readonly #step: OneStep;
  readonly #flow: Flow | undefined;
  readonly #cancelDeadline: () => void;
  #sending: Direction | null = null;
  #receiving: Direction | null = null;
  #unsent: Unsent[] = []; // until the handshake is over
  #over: Error | null = null; // why nothing can be sent any more
  #broken = false;
  #paused = false;
  #scheduled = false;
  #room: Promise<void> | null = null; // while the connection below has none
  #closing: Promise<void> | null = null;

  constructor(connection: Connection, options: SealOptions, handshake: SealHandshake) {
    this.via = connection.via;
    this.how = connection.how;
    this.packetBytes = connection.packetBytes;
    this.#connection = connection;
    this.#options = options;
    this.#handshake = handshake;
    this.ready = this.#ready.promise;
    this.ready.catch(() => {}); // for those who do not ask
    const fail = (reason: unknown): void => this.#fail(asPortholeError(reason));
    this.#outgoing = new InOrder((pieces) => this.#put(pieces), fail);
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
    this.#flow = deliverTo(connection, {
      message: (message) => this.#arrived(message),
      ended: (reason) => this.#ended(reason),
      heard: () => this.#inbox.heard(),
    });
  }

  send(message: Uint8Array): Promise<void> {
    return this.sendPieces(message);
  }

  sendPieces(head: Uint8Array, content?: Uint8Array): Promise<void> {
    if (this.#over) return Promise.reject(this.#over);
    const length = head.length + (content?.length ?? 0);
    if (length > this.maxMessage || length === 0) {
      return Promise.reject(new PortholeError('MESSAGE_TOO_LONG', `a message has 1 to ${this.maxMessage} bytes, not ${length}`));
    }
    if (!this.#sending) return this.#later(head, content);
    this.#pack(head, content);
    return this.#outgoing.waits ? this.#encrypted() : (this.#room ?? Promise.resolve());
  }

  gather(bytes: number): void {
    this.#packer.gather = bytes;
  }

  #later(head: Uint8Array, content: Uint8Array | undefined): Promise<void> {
    const sent = Promise.withResolvers<void>();
    sent.promise.catch(() => {}); // for those who do not ask
    this.#unsent.push({ head, content, sent });
    return sent.promise;
  }

  /** Resolves when all that was sent is encrypted, where that takes time, and has room below. */
  async #encrypted(): Promise<void> {
    await this.#outgoing.idle();
    if (this.#broken) throw this.#over;
    await this.#room;
  }

  receive(): Promise<Uint8Array | null> {
    return this.#inbox.receive();
  }

  deliver(receiver: Receiver): Flow {
    this.#inbox.deliver(receiver);
    return { pause: () => this.#flow?.pause(), resume: () => this.#flow?.resume() };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  abort(reason: Error): void {
    this.#fail(reason);
  }

  async #close(): Promise<void> {
    const closed = new PortholeError('SESSION_CLOSED', 'the connection is closed');
    const open = this.#over === null;
    this.#over ??= closed;
    this.#inbox.discard();
    this.#flow?.resume();
    // What was said before the handshake is over goes out behind it.
    if (open && !this.#sending && (this.#unsent.length > 0 || this.#handshake.begun)) await this.#keyedOrLate();
    if (open && this.#sending && !this.#broken) {
      if (this.#packer.waiting > 0) this.#packer.flush();
      this.#seal([]);
      await this.#outgoing.idle();
    }
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

  // Sending:

  #pack(head: Uint8Array, content: Uint8Array | undefined): void {
    this.#packer.add(head, content);
    if (this.#packer.waiting > 0) this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    endOfTurn(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#broken || this.#step.waits) return;
    if (this.#handshake.ours) this.#step.do(this.#beginHandshake());
    else if (this.#sending && this.#packer.waiting > 0) this.#packer.flush();
  }

  /** Our next message of the handshake. */
  *#beginHandshake(): Steps<void> {
    const message = yield* soon(this.#handshake.write());
    if (this.#broken) return;
    this.#put(message);
    yield* this.#agree();
  }

  #seal(pieces: readonly Uint8Array[]): void {
    try {
      this.#outgoing.push((this.#sending as Direction).seal(pieces));
    } catch (error) {
      this.#fail(asPortholeError(error));
    }
  }

  #put(pieces: readonly Uint8Array[]): void {
    const sent = this.#connection.sendAtOnce?.(pieces) ?? this.#connection.send(joined(pieces));
    this.#room = sent;
    const done = (): void => {
      if (this.#room === sent) this.#room = null;
    };
    sent.then(done, done); // why it failed, receiving tells
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
    this.#sending = new Direction(primitives, send, rekeyRecords);
    this.#receiving = new Direction(primitives, receive, rekeyRecords);
    this.#cancelDeadline();
    this.proved = { key, hash };
    this.#ready.resolve(this.proved);
    for (const { head, content, sent } of this.#unsent.splice(0)) {
      this.#pack(head, content);
      sent.resolve();
    }
  }

  /** The content of the next record, null after the last. */
  #take(content: Uint8Array | null): void {
    if (this.#over) return;
    if (content === null) return this.#fail(new PortholeError('SEAL_BROKEN', 'the path was cut off before the end mark of its peer'));
    if (content.length === 0) return this.#peerEnded();
    try {
      this.#unpack(content);
    } catch (error) {
      this.#fail(asPortholeError(error));
    }
  }

  #unpack(content: Uint8Array): void {
    unpack(content, (message) => this.#inbox.push(message));
    if (this.#inbox.bytes > RECEIVE_QUEUE_BYTES && !this.#paused) {
      this.#paused = true;
      this.#flow?.pause();
    }
  }

  #taken(): void {
    if (!this.#paused || this.#inbox.bytes > RECEIVE_QUEUE_BYTES / 2) return;
    this.#paused = false;
    this.#flow?.resume();
  }

  // Ending:

  /** The peer has closed, and said so. */
  #peerEnded(): void {
    const reason = new PortholeError('SESSION_CLOSED', 'the peer has closed the connection');
    this.#over = reason;
    this.#inbox.end();
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
    this.#outgoing.stop();
    this.#incoming.stop();
    this.#inbox.fail(reason);
    this.#settle(reason);
    this.#connection.abort(reason);
  }

  #settle(reason: Error): void {
    this.#cancelDeadline();
    for (const { sent } of this.#unsent.splice(0)) sent.reject(reason);
    this.#ready.reject(reason);
  }
}

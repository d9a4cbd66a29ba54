// SPDX-License-Identifier: Apache-2.0
// The Sealed connection: a Noise handshake, then records, on any Connection (SEAL.md).

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { MAX_RECORD_BYTES } from '../../proto/limits.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Connection, Flow, Receiver } from '../connection.ts';
import { deliverTo } from '../deliver.ts';
import { Inbox } from '../inbox.ts';
import { endOfTurn } from '../turn.ts';
import { Direction } from './direction.ts';
import { Early } from './early.ts';
import { InOrder } from './in-order.ts';
import { joined } from './join.ts';
import { Handshake, type PatternName } from './noise.ts';
import { Packer } from './packer.ts';
import { KEY_BYTES, type KeyPair, type Primitives, TAG_BYTES } from './primitives.ts';
import { MAX_SEALED_MESSAGE_BYTES, unpack } from './records.ts';

/** Milliseconds from the beginning until the peer has proved its key and that it is there now. */
export const SEAL_MS = 10_000;
/** Bytes that may wait for `receive` before the path is held back. */
export const RECEIVE_QUEUE_BYTES = 1024 * 1024;
/** What both ends hash first: the name and the version of this protocol. */
export const PROLOGUE = new TextEncoder().encode('porthole seal 1');
/** The first byte of each handshake message. */
export const KINDS: Readonly<Record<PatternName, readonly number[]>> = { IK: [0x01, 0x02], XX: [0x11, 0x12, 0x13] };
/** Bytes of a handshake message beside its payload, at the most: kind, ephemeral key, static key, tags. */
const HANDSHAKE_BYTES = 1 + KEY_BYTES + KEY_BYTES + TAG_BYTES + TAG_BYTES;
const NOTHING = new Uint8Array(0);

/** What a peer has proved. */
export interface Proved {
  /** Its static key, X25519. */
  readonly key: Uint8Array;
  /** The handshake's hash: no other path has the same (Noise section 11.2). */
  readonly hash: Uint8Array;
}

/** A Connection whose messages nobody but the two ends can read, alter, repeat, move or cut unnoticed. */
export interface Sealed extends Connection {
  /** Resolves when the peer has proved its key and the keys of both directions stand. Rejects with KEY_WRONG, SEAL_BROKEN, PATH_LOST, TIMED_OUT. */
  readonly ready: Promise<Proved>;
  /**
   * The host's side: resolves with the first message that only this visitor can have made, and only now; until then its first message,
   * and what came in it, may be a repetition of an earlier one. At the visitor: with `ready`. Rejects when the path ends before.
   */
  readonly confirmed: Promise<void>;
  /** The peer's static key as soon as it is known: at a host of IK with the first message, before `ready`. */
  readonly peerKey: Uint8Array | null;
  /** As in Connection, but here the memory of a message is the receiver's to keep. */
  deliver(receiver: Receiver): Flow;
  sendPieces(head: Uint8Array, content: Uint8Array, release?: () => void): Promise<void>;
}

export interface SealOptions {
  /** Our static key, X25519. */
  readonly key: KeyPair;
  readonly primitives: Primitives;
  readonly clock?: Clock;
  /** REKEY_RECORDS, except in tests; the same at both ends. */
  readonly rekeyRecords?: number;
}

/**
 * Seals a visitor's end. Its first message goes out at the end of this turn of the event loop, with the messages sent by then.
 * @param options `site`: the site's X25519 key (`ready` then rejects with KEY_WRONG when the peer does not have it), or null when
 *   it is not known: then it is for the caller to look at the key that `ready` gives
 */
export function sealAsVisitor(connection: Connection, options: SealOptions & { readonly site: Uint8Array | null }): Sealed {
  const { site, key, primitives } = options;
  const pattern = site ? 'IK' : 'XX';
  const handshake = new Handshake({ primitives, pattern, initiator: true, prologue: PROLOGUE, key, remoteKey: site ?? undefined });
  return new SealedConnection(connection, options, { handshake, pattern });
}

/** Seals a host's end: it answers whichever handshake the visitor begins. */
export function sealAsHost(connection: Connection, options: SealOptions): Sealed {
  return new SealedConnection(connection, options, null);
}

class SealedConnection implements Sealed {
  readonly via: string;
  readonly maxMessage = MAX_SEALED_MESSAGE_BYTES;
  readonly ready: Promise<Proved>;
  readonly confirmed: Promise<void>;
  readonly #connection: Connection;
  readonly #options: SealOptions;
  readonly #visitor: boolean;
  readonly #ready = Promise.withResolvers<Proved>();
  readonly #confirmed = Promise.withResolvers<void>();
  readonly #inbox = new Inbox(() => this.#taken());
  readonly #early = new Early(MAX_RECORD_BYTES - HANDSHAKE_BYTES);
  readonly #packer = new Packer((pieces) => this.#seal(pieces));
  readonly #outgoing: InOrder<readonly Uint8Array[]>;
  readonly #incoming: InOrder<Uint8Array | null>;
  readonly #flow: Flow | undefined;
  readonly #cancelDeadline: () => void;
  #handshake: Handshake | null = null;
  #pattern: PatternName = 'IK';
  #messages = 0; // of the handshake, so far
  #peerKey: Uint8Array | null = null;
  #sending: Direction | null = null;
  #receiving: Direction | null = null;
  #isConfirmed = false;
  #over: Error | null = null; // why nothing can be sent any more
  #broken = false;
  #paused = false;
  #scheduled = false;
  #speak = false; // a record is due at the end of this turn, if only of padding
  #room: Promise<void> | null = null; // while the connection below has none
  #closing: Promise<void> | null = null;

  constructor(connection: Connection, options: SealOptions, begun: { handshake: Handshake; pattern: PatternName } | null) {
    this.via = connection.via;
    this.#connection = connection;
    this.#options = options;
    this.#visitor = begun !== null;
    this.ready = this.#ready.promise;
    this.confirmed = this.#confirmed.promise;
    this.ready.catch(() => {}); // for those who do not ask
    this.confirmed.catch(() => {});
    const fail = (reason: unknown): void => this.#fail(asPortholeError(reason));
    this.#outgoing = new InOrder((pieces) => this.#put(pieces), fail);
    this.#incoming = new InOrder((content) => this.#take(content), fail);
    const late = (): void => this.#fail(new PortholeError('TIMED_OUT', 'the other end did not finish the handshake in time'));
    this.#cancelDeadline = (options.clock ?? systemClock).after(SEAL_MS, late);
    if (begun) {
      this.#handshake = begun.handshake;
      this.#pattern = begun.pattern;
      this.#schedule();
    }
    this.#flow = deliverTo(connection, {
      message: (message) => this.#arrived(message),
      ended: (reason) => this.#ended(reason),
    });
  }

  get peerKey(): Uint8Array | null {
    return this.#peerKey;
  }

  send(message: Uint8Array): Promise<void> {
    return this.sendPieces(message);
  }

  sendPieces(head: Uint8Array, content?: Uint8Array, release?: () => void): Promise<void> {
    if (this.#over) return Promise.reject(this.#over);
    const length = head.length + (content?.length ?? 0);
    if (length > this.maxMessage || length === 0) {
      return Promise.reject(new PortholeError('MESSAGE_TOO_LONG', `a message has 1 to ${this.maxMessage} bytes, not ${length}`));
    }
    if (!this.#sending) return this.#early.add({ head, content, release });
    this.#pack(head, content, release);
    return this.#room ?? Promise.resolve();
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
    // What was said before the handshake is over goes out behind it.
    if (open && !this.#sending && (this.#early.bytes > 0 || this.#messages > 0)) await this.ready.catch(() => {});
    if (open && this.#sending && !this.#broken) {
      if (this.#packer.waiting > 0) this.#packer.flush();
      this.#seal([]);
      await this.#outgoing.idle();
    }
    this.#settle(closed);
    // A clean end would tell a visitor that waits for an answer that this end could not give one.
    if (!this.#sending && !this.#visitor) this.#connection.abort(closed);
    await this.#connection.close();
  }

  // Sending:

  #pack(head: Uint8Array, content: Uint8Array | undefined, release: (() => void) | undefined): void {
    this.#packer.add(head, content);
    release?.();
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
    if (this.#broken) return;
    if (this.#handshake) this.#say(this.#handshake);
    else if (this.#sending && (this.#packer.waiting > 0 || (this.#speak && !this.#over))) this.#packer.flush();
  }

  /** Our next message of the handshake. */
  #say(handshake: Handshake): void {
    const kind = KINDS[this.#pattern][this.#messages++] as number;
    const payload = kind === KINDS.XX[0] ? NOTHING : this.#early.take();
    let message: Uint8Array;
    try {
      message = handshake.write(payload);
    } catch (cause) {
      return this.#fail(keyWrong(cause)); // a key that is none: of a link, or sent by the peer
    }
    this.#put([Uint8Array.of(kind), message]);
    if (handshake.finished) this.#keyed(handshake);
  }

  #seal(pieces: readonly Uint8Array[]): void {
    this.#speak = false;
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
    if (this.#broken) return;
    try {
      if (this.#receiving) {
        // After our own end only the peer's is waited for, below.
        if (!this.#over) this.#incoming.push(this.#receiving.open(message));
      } else this.#hear(message);
    } catch (error) {
      this.#fail(asPortholeError(error));
    }
  }

  /** The peer's next message of the handshake. */
  #hear(message: Uint8Array): void {
    try {
      this.#handshake ??= this.#answering(message[0]);
      const handshake = this.#handshake;
      if (message[0] !== KINDS[this.#pattern][this.#messages])
        throw new PortholeError('SEAL_BROKEN', 'a handshake message is out of place');
      const payload = handshake.read(message.subarray(1));
      this.#messages++;
      this.#peerKey = handshake.remoteKey;
      if (handshake.finished) this.#keyed(handshake, true);
      else this.#schedule();
      if (payload.length > 0) this.#unpack(payload);
    } catch (cause) {
      if (!this.#visitor) return this.#refuse(asPortholeError(cause, 'SEAL_BROKEN'));
      throw this.#pattern === 'IK' ? keyWrong(cause) : cause;
    }
  }

  #answering(kind: number | undefined): Handshake {
    if (kind !== KINDS.IK[0] && kind !== KINDS.XX[0])
      throw new PortholeError('SEAL_BROKEN', 'the other end did not begin with a handshake');
    this.#pattern = kind === KINDS.IK[0] ? 'IK' : 'XX';
    const { primitives, key } = this.#options;
    return new Handshake({ primitives, pattern: this.#pattern, initiator: false, prologue: PROLOGUE, key });
  }

  /** The handshake is over. `heard`: its last message was the peer's, which then is there now and no repetition. */
  #keyed(handshake: Handshake, heard = false): void {
    const { primitives, rekeyRecords } = this.#options;
    const { send, receive } = handshake.split();
    this.#handshake = null;
    this.#sending = new Direction(primitives, send, rekeyRecords);
    this.#receiving = new Direction(primitives, receive, rekeyRecords);
    this.#ready.resolve({ key: handshake.remoteKey as Uint8Array, hash: handshake.hash });
    if (heard || this.#visitor) this.#confirm();
    // So that the host knows at once that this is no repetition.
    if (heard && this.#visitor) {
      this.#speak = true;
      this.#schedule();
    }
    for (const { head, content, release } of this.#early.rest()) this.#pack(head, content, release);
  }

  #confirm(): void {
    this.#isConfirmed = true;
    this.#cancelDeadline();
    this.#confirmed.resolve();
  }

  /** The content of the next record, null after the last. */
  #take(content: Uint8Array | null): void {
    if (this.#over) return;
    if (content === null) this.#fail(new PortholeError('SEAL_BROKEN', 'the path ended without the end mark of its peer'));
    else {
      if (!this.#isConfirmed) this.#confirm();
      if (content.length === 0) this.#peerEnded();
      else this.#unpack(content);
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
    if (this.#broken) return;
    if (reason) this.#fail(reason);
    else if (this.#receiving) this.#incoming.push(null);
    else if (!this.#over) this.#fail(this.#visitor ? keyWrong() : new PortholeError('PATH_LOST', 'the other end went away'));
  }

  /** The host's side: nothing is said, and nothing kept, for a message that nobody can have meant for us. */
  #refuse(reason: PortholeError): void {
    this.#end(reason);
    void this.#connection.close();
  }

  #fail(reason: Error): void {
    this.#end(reason);
    this.#connection.abort(reason);
  }

  #end(reason: Error): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#over ??= reason;
    this.#outgoing.stop();
    this.#incoming.stop();
    this.#inbox.fail(reason);
    this.#early.fail(reason);
    this.#settle(reason);
  }

  #settle(reason: Error): void {
    this.#cancelDeadline();
    this.#ready.reject(reason);
    this.#confirmed.reject(reason);
  }
}

function keyWrong(cause?: unknown): PortholeError {
  return new PortholeError('KEY_WRONG', "the other end could not prove that it has this site's key", { cause });
}

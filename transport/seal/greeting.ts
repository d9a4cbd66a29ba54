// SPDX-License-Identifier: Apache-2.0
// The handshake as it crosses a path: each Noise message behind one byte that names it (SEAL.md section 3).

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { Handshake, type PatternName } from './noise.ts';
import { KEY_BYTES, type KeyPair, type Primitives, type Soon, TAG_BYTES } from './primitives.ts';
import { type Steps, soon, take } from './steps.ts';

/** What both ends hash first: the name and the version of this protocol. */
export const PROLOGUE = new TextEncoder().encode('porthole seal 1');
/** The first byte of each handshake message. */
export const KINDS: Readonly<Record<PatternName, readonly number[]>> = { IK: [0x01, 0x02], XX: [0x11, 0x12, 0x13] };
/** Bytes of a handshake message beside its payload, at the most: kind, ephemeral key, static key, tags. */
export const GREETING_BYTES = 1 + KEY_BYTES + KEY_BYTES + TAG_BYTES + TAG_BYTES;

const NOTHING = new Uint8Array(0);

export interface GreetingOptions {
  readonly primitives: Primitives;
  readonly key: KeyPair;
  /** A visitor: the site's key, or null when it is not known. A host leaves it out. */
  readonly site?: Uint8Array | null;
}

/** What a handshake gives. */
export interface Agreed {
  /** The keys of the two directions. */
  readonly send: Uint8Array;
  readonly receive: Uint8Array;
  /** The peer's static key. */
  readonly key: Uint8Array;
  readonly hash: Uint8Array;
}

/** One end's part in the handshake of one path. It is of no use after an error. */
export class Greeting {
  readonly visitor: boolean;
  /** The peer's static key once it has come and is proved, or may be a repetition of an earlier proof. */
  peerKey: Uint8Array | null = null;
  readonly #options: GreetingOptions;
  #pattern: PatternName;
  #handshake: Handshake | null = null;
  #messages = 0;

  constructor(options: GreetingOptions) {
    const { site } = options;
    this.#options = options;
    this.visitor = site !== undefined;
    this.#pattern = site === null ? 'XX' : 'IK';
    if (this.visitor) this.#handshake = this.#begin();
  }

  /** Whether a message was written or read. */
  get begun(): boolean {
    return this.#messages > 0;
  }

  /** Whether the next message is ours. */
  get ours(): boolean {
    return this.#handshake !== null && (this.#messages % 2 === 0) === this.visitor;
  }

  /** What was agreed, once all messages have crossed, else null. The handshake with its secrets is forgotten then: ask once. */
  agreed(): Soon<Agreed> | null {
    const handshake = this.#handshake;
    if (!handshake?.finished) return null;
    this.#handshake = null;
    const { hash, remoteKey } = handshake;
    return take(
      (function* (): Steps<Agreed> {
        return { ...(yield* soon(handshake.split())), hash, key: remoteKey as Uint8Array };
      })(),
    );
  }

  /**
   * Our next message, in pieces.
   * @param payload asked for where the message can hide it
   * @throws PortholeError KEY_WRONG when the peer's key is none
   */
  write(payload: () => Uint8Array): Soon<Uint8Array[]> {
    return take(this.#write(payload));
  }

  *#write(payload: () => Uint8Array): Steps<Uint8Array[]> {
    const kind = KINDS[this.#pattern][this.#messages] as number;
    this.#messages++;
    try {
      const message = yield* soon((this.#handshake as Handshake).write(kind === KINDS.XX[0] ? NOTHING : payload()));
      return [Uint8Array.of(kind), message];
    } catch (cause) {
      throw keyWrong(cause);
    }
  }

  /**
   * Takes the peer's next message.
   * @returns its payload, in memory of its own
   * @throws PortholeError KEY_WRONG at a visitor who knows the site's key, else SEAL_BROKEN
   */
  read(message: Uint8Array): Soon<Uint8Array> {
    return take(this.#read(message));
  }

  *#read(message: Uint8Array): Steps<Uint8Array> {
    try {
      if (!this.#handshake && message[0] === KINDS.XX[0]) this.#pattern = 'XX';
      if (this.ours || message[0] !== KINDS[this.#pattern][this.#messages]) {
        throw new PortholeError('SEAL_BROKEN', 'a handshake message is out of place');
      }
      this.#handshake ??= this.#begin();
      const handshake = this.#handshake;
      const payload = yield* soon(handshake.read(message.subarray(1)));
      // Nothing hides or proves what comes with XX's first message.
      if (message[0] === KINDS.XX[0] && payload.length > 0) throw new PortholeError('SEAL_BROKEN', 'a handshake message is too long');
      this.#messages++;
      this.peerKey = handshake.remoteKey;
      return payload;
    } catch (cause) {
      throw this.visitor && this.#pattern === 'IK' ? keyWrong(cause) : asPortholeError(cause);
    }
  }

  #begin(): Handshake {
    const { primitives, key, site } = this.#options;
    return new Handshake({
      primitives,
      pattern: this.#pattern,
      initiator: this.visitor,
      prologue: PROLOGUE,
      key,
      remoteKey: site ?? undefined,
    });
  }
}

/** What a visitor is told whose peer did not show that it has the site's key. */
export function keyWrong(cause?: unknown): PortholeError {
  return new PortholeError('KEY_WRONG', "the other end could not prove that it has this site's key", { cause });
}

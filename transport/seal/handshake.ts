// SPDX-License-Identifier: Apache-2.0
// The handshake as it crosses a path: each Noise message behind one byte that names it (SEAL.md section 3).

import { PortholeError } from '../../proto/errors.ts';
import { Handshake } from './noise.ts';
import type { KeyPair, Primitives, Soon } from './primitives.ts';
import { type Steps, soon, take } from './steps.ts';

/** What both ends hash first: the name and the version of this protocol. */
export const PROLOGUE = new TextEncoder().encode('porthole seal 1');
/** The first byte of each handshake message. */
export const KINDS: readonly number[] = [0x01, 0x02, 0x03];

const NOTHING = new Uint8Array(0);

export interface SealHandshakeOptions {
  readonly primitives: Primitives;
  readonly key: KeyPair;
  /** A visitor: the site's key. A host leaves it out. */
  readonly site?: Uint8Array;
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
export class SealHandshake {
  readonly #site: Uint8Array | undefined;
  #handshake: Handshake | null;
  #messages = 0;

  constructor({ primitives, key, site }: SealHandshakeOptions) {
    this.#site = site;
    this.#handshake = new Handshake({ primitives, initiator: site !== undefined, prologue: PROLOGUE, key });
  }

  /** Whether a message was written or read. */
  get begun(): boolean {
    return this.#messages > 0;
  }

  /** Whether the next message is ours. */
  get ours(): boolean {
    return this.#messages < KINDS.length && (this.#messages % 2 === 0) === (this.#site !== undefined);
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
   * @throws PortholeError SEAL_BROKEN when the peer's key is none
   */
  write(): Soon<Uint8Array[]> {
    return take(this.#write());
  }

  *#write(): Steps<Uint8Array[]> {
    const kind = KINDS[this.#messages++] as number;
    try {
      return [Uint8Array.of(kind), yield* soon((this.#handshake as Handshake).write(NOTHING))];
    } catch (cause) {
      throw new PortholeError('SEAL_BROKEN', 'the key in a handshake message is none', { cause });
    }
  }

  /**
   * Takes the peer's next message.
   * @throws PortholeError SEAL_BROKEN; KEY_WRONG at a visitor to whom another key than the site's was proved
   */
  read(message: Uint8Array): Soon<void> {
    return take(this.#read(message));
  }

  *#read(message: Uint8Array): Steps<void> {
    if (this.ours || message[0] !== KINDS[this.#messages]) throw new PortholeError('SEAL_BROKEN', 'a handshake message is out of place');
    const handshake = this.#handshake as Handshake;
    const payload = yield* soon(handshake.read(message.subarray(1)));
    if (payload.length > 0) throw new PortholeError('SEAL_BROKEN', 'a handshake message is too long');
    this.#messages++;
    const { remoteKey } = handshake;
    if (this.#site && !this.#site.every((byte, at) => byte === remoteKey?.[at])) {
      throw new PortholeError('KEY_WRONG', "the other end has not this site's key");
    }
  }
}

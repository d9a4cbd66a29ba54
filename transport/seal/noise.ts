// SPDX-License-Identifier: Apache-2.0
// The Noise handshake (noiseprotocol.org, revision 34): pattern XX with 25519, AESGCM and SHA256.

import { PortholeError } from '../../proto/errors.ts';
import { joined } from '../channel/join.ts';
import { HASH_BYTES, KEY_BYTES, type KeyPair, NONCE_BYTES, type Primitives, type Soon, TAG_BYTES } from './primitives.ts';
import { type Steps, soon, take as taken } from './steps.ts';

type Token = 'e' | 's' | 'ee' | 'es' | 'se';

/** Section 7.5. The first message is the initiator's, they take turns. */
const MESSAGES: readonly (readonly Token[])[] = [['e'], ['e', 'ee', 's', 'es'], ['s', 'se']];
const PROTOCOL = 'Noise_XX_25519_AESGCM_SHA256';

const NOTHING = new Uint8Array(0);

/** A nonce of AESGCM (section 12.4): 32 bits of zeros, then the number, big-endian. */
export function putNonce(nonce: Uint8Array, n: number): void {
  const high = Math.floor(n / 2 ** 32);
  for (let at = 0; at < 4; at++) {
    nonce[4 + at] = high >>> (24 - 8 * at);
    nonce[8 + at] = n >>> (24 - 8 * at);
  }
}

/** The next key of a direction (section 4.2, REKEY): what encrypting zeros with the greatest nonce gives, without the tag. */
export function rekeyed(primitives: Primitives, key: Soon<Uint8Array>): Soon<Uint8Array> {
  return taken(
    (function* (): Steps<Uint8Array> {
      const nonce = new Uint8Array(NONCE_BYTES).fill(0xff, 4);
      const sealed = yield* soon(primitives.encrypt(yield* soon(key), nonce, NOTHING, new Uint8Array(HASH_BYTES)));
      return sealed.subarray(0, HASH_BYTES);
    })(),
  );
}

/** HKDF with two outputs (section 4.3; RFC 5869 without info). */
function* hkdf(primitives: Primitives, chainingKey: Uint8Array, input: Uint8Array): Steps<[Uint8Array, Uint8Array]> {
  const secret = yield* soon(primitives.hmac(chainingKey, input));
  const one = yield* soon(primitives.hmac(secret, Uint8Array.of(1)));
  return [one, yield* soon(primitives.hmac(secret, joined([one, Uint8Array.of(2)])))];
}

/** Section 5.2, with the CipherState of section 5.1 inside: during a handshake a key is used a few times at the most. */
class SymmetricState {
  readonly #primitives: Primitives;
  #chainingKey: Uint8Array;
  #hash: Uint8Array;
  #key: Uint8Array | null = null;
  #n = 0;

  constructor(primitives: Primitives) {
    this.#primitives = primitives;
    this.#hash = new Uint8Array(HASH_BYTES);
    this.#hash.set(new TextEncoder().encode(PROTOCOL)); // a longer name would be hashed
    this.#chainingKey = this.#hash;
  }

  get hash(): Uint8Array {
    return this.#hash;
  }

  *mixHash(data: Uint8Array): Steps<void> {
    this.#hash = yield* soon(this.#primitives.sha256(joined([this.#hash, data])));
  }

  *mixKey(input: Uint8Array): Steps<void> {
    [this.#chainingKey, this.#key] = yield* hkdf(this.#primitives, this.#chainingKey, input);
    this.#n = 0;
  }

  /** Bytes that encryption adds here. */
  get overhead(): number {
    return this.#key ? TAG_BYTES : 0;
  }

  *encryptAndHash(plaintext: Uint8Array): Steps<Uint8Array> {
    const ciphertext = this.#key ? yield* soon(this.#primitives.encrypt(this.#key, this.#nonce(), this.#hash, plaintext)) : plaintext;
    yield* this.mixHash(ciphertext);
    return ciphertext;
  }

  *decryptAndHash(ciphertext: Uint8Array): Steps<Uint8Array> {
    const plaintext = this.#key
      ? yield* soon(this.#primitives.decrypt(this.#key, this.#nonce(), this.#hash, ciphertext))
      : new Uint8Array(ciphertext);
    yield* this.mixHash(ciphertext);
    return plaintext;
  }

  split(): Steps<[Uint8Array, Uint8Array]> {
    return hkdf(this.#primitives, this.#chainingKey, NOTHING);
  }

  #nonce(): Uint8Array {
    const nonce = new Uint8Array(NONCE_BYTES);
    putNonce(nonce, this.#n++);
    return nonce;
  }
}

export interface HandshakeOptions {
  readonly primitives: Primitives;
  readonly initiator: boolean;
  readonly prologue: Uint8Array;
  /** Our static key. */
  readonly key: KeyPair;
  /** Made afresh when left out, which is what everybody but a test vector wants. */
  readonly ephemeral?: KeyPair;
}

/** One end of one handshake (section 5.3): one message at a time. It is of no use after an error. */
export class Handshake {
  readonly #options: HandshakeOptions;
  readonly #primitives: Primitives;
  readonly #symmetric: SymmetricState;
  readonly #initiator: boolean;
  readonly #key: KeyPair;
  #ephemeral: KeyPair | null = null; // made with the first message
  #remoteKey: Uint8Array | null = null;
  #remoteEphemeral: Uint8Array | null = null;
  #at = 0; // messages so far

  constructor(options: HandshakeOptions) {
    const { primitives, initiator, key } = options;
    this.#options = options;
    this.#primitives = primitives;
    this.#initiator = initiator;
    this.#key = key;
    this.#symmetric = new SymmetricState(primitives);
  }

  *#begin(): Steps<void> {
    const { prologue, ephemeral } = this.#options;
    this.#ephemeral = ephemeral ?? (yield* soon(this.#primitives.newKeyPair()));
    yield* this.#symmetric.mixHash(prologue);
  }

  /** Whether all messages have been written and read. */
  get finished(): boolean {
    return this.#at === MESSAGES.length;
  }

  /** The peer's static key; null while it has not come. */
  get remoteKey(): Uint8Array | null {
    return this.#remoteKey;
  }

  /** The handshake's hash: the same at both ends, and at no other two (section 11.2, channel binding). */
  get hash(): Uint8Array {
    return this.#symmetric.hash;
  }

  /** The next message, ours. */
  write(payload: Uint8Array): Soon<Uint8Array> {
    return taken(this.#write(payload, this.#next(true)));
  }

  *#write(payload: Uint8Array, tokens: readonly Token[]): Steps<Uint8Array> {
    if (!this.#ephemeral) yield* this.#begin();
    const ephemeral = this.#ephemeral as unknown as KeyPair;
    const parts: Uint8Array[] = [];
    for (const token of tokens) {
      if (token === 'e') {
        parts.push(ephemeral.publicKey);
        yield* this.#symmetric.mixHash(ephemeral.publicKey);
      } else if (token === 's') parts.push(yield* this.#symmetric.encryptAndHash(this.#key.publicKey));
      else yield* this.#mix(token);
    }
    parts.push(yield* this.#symmetric.encryptAndHash(payload));
    return joined(parts);
  }

  /**
   * Takes the peer's next message.
   * @returns its payload, in memory of its own
   * @throws PortholeError SEAL_BROKEN when it is cut short or not authentic
   */
  read(message: Uint8Array): Soon<Uint8Array> {
    return taken(this.#read(message, this.#next(false)));
  }

  *#read(message: Uint8Array, tokens: readonly Token[]): Steps<Uint8Array> {
    let rest = message;
    const take = (length: number): Uint8Array => {
      if (rest.length < length) throw new PortholeError('SEAL_BROKEN', 'a handshake message was cut short');
      const part = rest.subarray(0, length);
      rest = rest.subarray(length);
      return part;
    };
    try {
      if (!this.#ephemeral) yield* this.#begin();
      for (const token of tokens) {
        if (token === 'e') {
          this.#remoteEphemeral = new Uint8Array(take(KEY_BYTES));
          yield* this.#symmetric.mixHash(this.#remoteEphemeral);
        } else if (token === 's') this.#remoteKey = yield* this.#symmetric.decryptAndHash(take(KEY_BYTES + this.#symmetric.overhead));
        else yield* this.#mix(token);
      }
      if (rest.length < this.#symmetric.overhead) throw new PortholeError('SEAL_BROKEN', 'a handshake message was cut short');
      return yield* this.#symmetric.decryptAndHash(rest);
    } catch (cause) {
      if (cause instanceof PortholeError) throw cause;
      throw new PortholeError('SEAL_BROKEN', 'a handshake message is not authentic', { cause });
    }
  }

  /** The keys of the two directions, when finished (Split, section 5.2). */
  split(): Soon<{ readonly send: Uint8Array; readonly receive: Uint8Array }> {
    return taken(this.#split());
  }

  *#split(): Steps<{ readonly send: Uint8Array; readonly receive: Uint8Array }> {
    const [one, two] = yield* this.#symmetric.split();
    return this.#initiator ? { send: one, receive: two } : { send: two, receive: one };
  }

  #next(ours: boolean): readonly Token[] {
    const tokens = MESSAGES[this.#at];
    if (!tokens || (this.#at % 2 === 0) !== (ours === this.#initiator)) {
      throw new PortholeError('INTERNAL', 'it is not the turn of this handshake message');
    }
    this.#at++;
    return tokens;
  }

  /** The DH tokens of section 5.3: the first letter is the initiator's key, the second the responder's. */
  *#mix(token: 'ee' | 'es' | 'se'): Steps<void> {
    const [ours, theirs] = this.#initiator ? [token[0], token[1]] : [token[1], token[0]];
    const secret = (ours === 'e' ? (this.#ephemeral as KeyPair) : this.#key).secretKey;
    const remote = (theirs === 'e' ? this.#remoteEphemeral : this.#remoteKey) as Uint8Array; // a message before this one brought it
    yield* this.#symmetric.mixKey(yield* soon(this.#primitives.agree(secret, remote)));
  }
}

// SPDX-License-Identifier: Apache-2.0
// The seal's cryptography on node:crypto, synchronous; records by OpenSSL itself where koffi can call it. For Node only.

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hash,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MAX_RECORD_BYTES } from '../../proto/limits.ts';
import { type OpenSsl, openSsl } from './openssl.ts';
import { type Bulk, KEY_BYTES, type KeyPair, type PromptPrimitives, TAG_BYTES } from './primitives.ts';

const AES = 'aes-256-gcm';
const OPTIONS = { authTagLength: TAG_BYTES };
/** What stands before the 32 bytes of an X25519 key in DER (RFC 8410 sections 4 and 7). */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');

/** Bytes of records between two collections (`collectedPrimitives`). */
export const COLLECT_BYTES = 4 * 1024 * 1024;

/** Node’s own cryptography, which answers at once. */
export const nodePrimitives: PromptPrimitives = {
  newKeyPair: () => keyPair(randomBytes(KEY_BYTES)),
  keyPair,
  agree: (secretKey, publicKey) => diffieHellman({ privateKey: privateKey(secretKey), publicKey: keyOf(publicKey) }),
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  hmac: (key, bytes) => createHmac('sha256', key).update(bytes).digest(),
  encrypt(key, nonce, ad, plaintext) {
    const cipher = createCipheriv(AES, key, nonce, OPTIONS).setAAD(ad);
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  },
  decrypt: (key, nonce, ad, sealed) => opened(key, nonce, ad, sealed),
  bulk: (key) => bulkOf(openSsl(), key, () => {}),
};

/**
 * `nodePrimitives` that call `collect` after every COLLECT_BYTES of records that leave their memory behind: what is decrypted does,
 * and without OpenSSL's own calls what is encrypted. V8 is slow to notice, and memory that is new each time costs more than its
 * collection.
 * @param collect a quick one, as `youngCollector` gives it
 * @param direct OpenSSL's own calls, null without
 */
export function collectedPrimitives(collect: () => void, direct = openSsl()): PromptPrimitives {
  let left = 0;
  const count = (bytes: number): void => {
    left += bytes;
    if (left < COLLECT_BYTES) return;
    left = 0;
    collect();
  };
  return { ...nodePrimitives, bulk: (key) => bulkOf(direct, key, count) };
}

/** V8's collection of what was made lately, for `collectedPrimitives`: well under a millisecond. It switches on the flag that gives it. */
export function youngCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
  return () => collect({ type: 'minor' });
}

function keyPair(secretKey: Uint8Array): KeyPair {
  const der = createPublicKey(privateKey(secretKey)).export({ format: 'der', type: 'spki' });
  return { publicKey: new Uint8Array(der.subarray(SPKI.length)), secretKey: new Uint8Array(secretKey) };
}

function privateKey(secretKey: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, secretKey]), format: 'der', type: 'pkcs8' });
}

function keyOf(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
}

function opened(key: Uint8Array | KeyObject, nonce: Uint8Array, ad: Uint8Array | null, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(AES, key, nonce, OPTIONS).setAuthTag(sealed.subarray(end));
  if (ad) decipher.setAAD(ad);
  const plaintext = decipher.update(sealed.subarray(0, end));
  decipher.final();
  return plaintext;
}

function bulkOf(direct: OpenSsl | null, key: Uint8Array, count: (bytes: number) => void): Bulk {
  return direct ? new OpenSslBulk(direct, key, count) : new NodeBulk(createSecretKey(key), count);
}

class OpenSslBulk implements Bulk {
  readonly #openSsl: OpenSsl;
  readonly #key: Uint8Array;
  readonly #count: (bytes: number) => void;

  constructor(direct: OpenSsl, key: Uint8Array, count: (bytes: number) => void) {
    this.#openSsl = direct;
    this.#key = new Uint8Array(key);
    this.#count = count;
  }

  seal(nonce: Uint8Array, pieces: readonly Uint8Array[]): Uint8Array {
    return this.#openSsl.seal(this.#key, nonce, pieces);
  }

  open(nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
    this.#count(sealed.length);
    return this.#openSsl.open(this.#key, nonce, sealed);
  }
}

/** Where what is encrypted goes, each record in place of the one before. */
const record = new Uint8Array(MAX_RECORD_BYTES);

class NodeBulk implements Bulk {
  readonly #key: KeyObject;
  readonly #count: (bytes: number) => void;

  constructor(key: KeyObject, count: (bytes: number) => void) {
    this.#key = key;
    this.#count = count;
  }

  seal(nonce: Uint8Array, pieces: readonly Uint8Array[]): Uint8Array {
    const cipher = createCipheriv(AES, this.#key, nonce, OPTIONS);
    let bytes = 0;
    const put = (part: Uint8Array): void => {
      record.set(part, bytes);
      bytes += part.length;
    };
    for (const piece of pieces) put(cipher.update(piece));
    cipher.final();
    put(cipher.getAuthTag());
    this.#count(bytes);
    return record.subarray(0, bytes);
  }

  open(nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
    this.#count(sealed.length);
    return opened(this.#key, nonce, null, sealed);
  }
}

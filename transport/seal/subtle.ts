// SPDX-License-Identifier: Apache-2.0
// The seal's cryptography on WebCrypto, asynchronous: nothing has to be loaded for it.

import { joined } from '../channel/join.ts';
import { type Bulk, KEY_BYTES, type KeyPair, type Primitives, type Soon } from './primitives.ts';

const X25519 = { name: 'X25519' };
const HMAC = { name: 'HMAC', hash: 'SHA-256' };
/** What stands before the 32 bytes of a secret X25519 key in PKCS #8 (RFC 8410 section 7). */
const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20);
/** The point that public keys are multiples of (RFC 7748 section 4.1): u = 9. */
const BASE = Uint8Array.of(9, ...new Uint8Array(KEY_BYTES - 1));

export const subtlePrimitives: Primitives = {
  newKeyPair: () => keyPair(crypto.getRandomValues(new Uint8Array(KEY_BYTES))),
  keyPair,
  agree,
  sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))),
  async hmac(key, bytes) {
    const text = new Uint8Array(bytes);
    const imported = await crypto.subtle.importKey('raw', new Uint8Array(key), HMAC, false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign('HMAC', imported, text));
  },
  async encrypt(key, nonce, ad, plaintext) {
    const [algorithm, text] = [aesGcm(nonce, ad), new Uint8Array(plaintext)];
    return new Uint8Array(await crypto.subtle.encrypt(algorithm, await aesKey(key), text));
  },
  async decrypt(key, nonce, ad, sealed) {
    const [algorithm, text] = [aesGcm(nonce, ad), new Uint8Array(sealed)];
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, await aesKey(key), text));
  },
  bulk: (key) => new WebBulk(key),
};

/** Whether this platform's WebCrypto has X25519. The rest is as old as WebCrypto. */
export async function hasX25519(): Promise<boolean> {
  try {
    await agree(BASE, BASE);
    return true;
  } catch {
    return false;
  }
}

async function keyPair(secretKey: Uint8Array): Promise<KeyPair> {
  const own = new Uint8Array(secretKey);
  return { publicKey: await agree(own, BASE), secretKey: own };
}

async function agree(secretKey: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array> {
  const { subtle } = crypto;
  const [secret, peer] = await Promise.all([
    subtle.importKey('pkcs8', joined([PKCS8, secretKey]), X25519, false, ['deriveBits']),
    subtle.importKey('raw', new Uint8Array(publicKey), X25519, false, []),
  ]);
  const shared = new Uint8Array(await subtle.deriveBits({ ...X25519, public: peer }, secret, 8 * KEY_BYTES));
  // Not every platform has refused it by then.
  if (shared.every((byte) => byte === 0)) throw new Error('that public key makes the result zero');
  return shared;
}

/** WebCrypto answers later, and yet sooner than noble at any length: noble takes about 0.1 ms for the shortest record. */
export class WebBulk implements Bulk {
  readonly #imported: Promise<CryptoKey>;

  constructor(key: Soon<Uint8Array>) {
    this.#imported = aesKey(key);
    this.#imported.catch(() => {}); // each use tells
  }

  async seal(nonce: Uint8Array, pieces: readonly Uint8Array[]): Promise<Uint8Array> {
    // Copies, made before the first wait: what is lent is not ours afterwards.
    const [algorithm, plaintext] = [aesGcm(nonce), joined(pieces)];
    return new Uint8Array(await crypto.subtle.encrypt(algorithm, await this.#imported, plaintext));
  }

  async open(nonce: Uint8Array, sealed: Uint8Array): Promise<Uint8Array> {
    const [algorithm, kept] = [aesGcm(nonce), new Uint8Array(sealed)];
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, await this.#imported, kept));
  }
}

async function aesKey(key: Soon<Uint8Array>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(await key), 'AES-GCM', false, ['encrypt', 'decrypt']);
}

function aesGcm(nonce: Uint8Array, ad?: Uint8Array): AesGcmParams {
  return { name: 'AES-GCM', iv: new Uint8Array(nonce), ...(ad && { additionalData: new Uint8Array(ad) }) };
}

// SPDX-License-Identifier: Apache-2.0
// The seal's primitives for browsers: noble for the handshake and for small records, WebCrypto for large ones.

import { gcm } from '@noble/ciphers/aes.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { joined } from './join.ts';
import type { Bulk, KeyPair, Primitives, Soon } from './primitives.ts';

/** Bytes of a record from which WebCrypto, which answers later and elsewhere, beats noble, which answers at once. */
export const WEB_CRYPTO_BYTES = 2048;

export const webPrimitives: Primitives = {
  newKeyPair: () => keyPair(x25519.utils.randomSecretKey()),
  keyPair,
  agree: (secretKey, publicKey) => x25519.getSharedSecret(secretKey, publicKey),
  sha256: (bytes) => sha256(bytes),
  hmac: (key, bytes) => hmac(sha256, key, bytes),
  encrypt: (key, nonce, ad, plaintext) => gcm(key, nonce, ad).encrypt(plaintext),
  decrypt: (key, nonce, ad, sealed) => gcm(key, nonce, ad).decrypt(sealed),
  bulk: (key) => new WebBulk(key),
};

function keyPair(secretKey: Uint8Array): KeyPair {
  return { publicKey: x25519.getPublicKey(secretKey), secretKey: new Uint8Array(secretKey) };
}

class WebBulk implements Bulk {
  readonly #key: Uint8Array;
  readonly #imported: Promise<CryptoKey>;

  constructor(key: Uint8Array) {
    this.#key = key;
    this.#imported = crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, ['encrypt', 'decrypt']);
    this.#imported.catch(() => {}); // each use tells
  }

  seal(nonce: Uint8Array, pieces: readonly Uint8Array[]): Soon<readonly Uint8Array[]> {
    const plaintext = joined(pieces);
    if (plaintext.length < WEB_CRYPTO_BYTES) return [gcm(this.#key, nonce).encrypt(plaintext)];
    const algorithm = { name: 'AES-GCM', iv: new Uint8Array(nonce) };
    return this.#imported.then(async (key) => [new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plaintext))]);
  }

  open(nonce: Uint8Array, sealed: Uint8Array): Soon<Uint8Array> {
    if (sealed.length < WEB_CRYPTO_BYTES) return gcm(this.#key, nonce).decrypt(sealed);
    const algorithm = { name: 'AES-GCM', iv: new Uint8Array(nonce) };
    const kept = new Uint8Array(sealed); // what is lent to us is not ours by the time the key is there
    return this.#imported.then(async (key) => new Uint8Array(await crypto.subtle.decrypt(algorithm, key, kept)));
  }
}

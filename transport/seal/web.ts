// SPDX-License-Identifier: Apache-2.0
// The seal's cryptography for browsers whose WebCrypto has no X25519: noble for the handshake, WebCrypto for records.

import { gcm } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { KeyPair, PromptPrimitives } from './primitives.ts';
import { WebBulk } from './subtle.ts';
import { x25519 } from './x25519.ts';

export const webPrimitives: PromptPrimitives = {
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

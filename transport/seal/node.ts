// SPDX-License-Identifier: Apache-2.0
// The seal's primitives on node:crypto: everything at once, records without a copy. For Node only.

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
import { type Bulk, KEY_BYTES, type KeyPair, type Primitives, TAG_BYTES } from './primitives.ts';

const AES = 'aes-256-gcm';
const OPTIONS = { authTagLength: TAG_BYTES };
/** What stands before the 32 bytes of an X25519 key in DER (RFC 8410 sections 4 and 7). */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');

export const nodePrimitives: Primitives = {
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
  bulk: (key) => new NodeBulk(createSecretKey(key)),
};

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

class NodeBulk implements Bulk {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  seal(nonce: Uint8Array, pieces: readonly Uint8Array[]): readonly Uint8Array[] {
    const cipher = createCipheriv(AES, this.#key, nonce, OPTIONS);
    const sealed: Uint8Array[] = [];
    for (const piece of pieces) sealed.push(cipher.update(piece));
    cipher.final();
    sealed.push(cipher.getAuthTag());
    return sealed;
  }

  open(nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
    return opened(this.#key, nonce, null, sealed);
  }
}

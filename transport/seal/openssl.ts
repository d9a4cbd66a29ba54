// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM by the OpenSSL that Node carries, called through koffi: node:crypto allocates memory twice for each record, and copies it.

import { createRequire } from 'node:module';
import { MAX_RECORD_BYTES } from '../../proto/limits.ts';
import { KEY_BYTES, NONCE_BYTES, TAG_BYTES } from './primitives.ts';

type Koffi = typeof import('koffi');
type Call = (...args: (ArrayBufferView | object | number | null)[]) => number;

/** What is used of OpenSSL's EVP interface (its manual page EVP_EncryptInit). Each call returns 1 when it went well. */
const CALLS = {
  encryptInit: 'int EVP_EncryptInit_ex(void *context, const void *cipher, void *engine, const void *key, const void *nonce)',
  encrypt: 'int EVP_EncryptUpdate(void *context, void *out, void *length, const void *in, int bytes)',
  encryptFinal: 'int EVP_EncryptFinal_ex(void *context, void *out, void *length)',
  decryptInit: 'int EVP_DecryptInit_ex(void *context, const void *cipher, void *engine, const void *key, const void *nonce)',
  decrypt: 'int EVP_DecryptUpdate(void *context, void *out, void *length, const void *in, int bytes)',
  decryptFinal: 'int EVP_DecryptFinal_ex(void *context, void *out, void *length)',
  control: 'int EVP_CIPHER_CTX_ctrl(void *context, int type, int bytes, void *data)',
} as const;
/** EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG. */
const [GET_TAG, SET_TAG] = [0x10, 0x11];

/** Encrypts and decrypts records of any key. Its two contexts live as long as the process. */
export class OpenSsl {
  readonly #calls: Record<keyof typeof CALLS, Call>;
  readonly #sealing: object;
  readonly #opening: object;
  /** Where what is encrypted goes, each record in place of the one before. */
  readonly #sealed = new Uint8Array(MAX_RECORD_BYTES);
  readonly #length = new Int32Array(1);
  readonly #rest = new Uint8Array(TAG_BYTES);

  /** @throws what koffi throws where this Node has no such calls, and Error where they fail */
  constructor(koffi: Koffi) {
    const node = koffi.load(null); // the process itself
    const calls = Object.entries(CALLS).map(([name, declaration]) => [name, node.func(declaration)]);
    this.#calls = Object.fromEntries(calls) as Record<keyof typeof CALLS, Call>;
    const cipher: object = node.func('void *EVP_aes_256_gcm()')();
    const newContext = node.func('void *EVP_CIPHER_CTX_new()');
    this.#sealing = newContext();
    this.#opening = newContext();
    done(this.#calls.encryptInit(this.#sealing, cipher, null, null, null));
    done(this.#calls.decryptInit(this.#opening, cipher, null, null, null));
  }

  /** The ciphertext of the pieces as one message, then the tag: until the next call. @throws Error when it is too long for a record */
  seal(key: Uint8Array, nonce: Uint8Array, pieces: readonly Uint8Array[]): Uint8Array {
    check(key, nonce);
    const { encryptInit, encrypt, encryptFinal, control } = this.#calls;
    let at = 0;
    done(encryptInit(this.#sealing, null, null, key, nonce));
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      // Nothing checks lengths behind this line.
      if (at + piece.length + TAG_BYTES > this.#sealed.length) throw new Error('too long for a record');
      done(encrypt(this.#sealing, this.#sealed.subarray(at), this.#length, piece, piece.length));
      at += piece.length;
    }
    done(encryptFinal(this.#sealing, this.#rest, this.#length));
    done(control(this.#sealing, GET_TAG, TAG_BYTES, this.#rest));
    this.#sealed.set(this.#rest, at);
    return this.#sealed.subarray(0, at + TAG_BYTES);
  }

  /** The plaintext, in memory of its own. @throws Error when it is not authentic */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
    check(key, nonce);
    const bytes = sealed.length - TAG_BYTES;
    if (bytes < 0) throw new Error('too short for a record');
    const { decryptInit, decrypt, decryptFinal, control } = this.#calls;
    const opened = Buffer.allocUnsafeSlow(bytes);
    this.#rest.set(sealed.subarray(bytes));
    done(decryptInit(this.#opening, null, null, key, nonce));
    if (bytes > 0) done(decrypt(this.#opening, opened, this.#length, sealed, bytes));
    done(control(this.#opening, SET_TAG, TAG_BYTES, this.#rest));
    done(decryptFinal(this.#opening, this.#rest, this.#length));
    return opened;
  }
}

function check(key: Uint8Array, nonce: Uint8Array): void {
  if (key.length !== KEY_BYTES || nonce.length !== NONCE_BYTES) throw new Error('not a key and a nonce of AES-256-GCM');
}

function done(result: number): void {
  if (result !== 1) throw new Error('OpenSSL refused');
}

let found: OpenSsl | null | undefined;

/** OpenSSL, once it has shown that it does as it should; null where it cannot be called. */
export function openSsl(): OpenSsl | null {
  if (found === undefined) found = load(() => createRequire(import.meta.url)('koffi') as Koffi);
  return found;
}

/** The same, by a koffi that is brought by `bring`. */
export function load(bring: () => Koffi): OpenSsl | null {
  try {
    const one = new OpenSsl(bring());
    return works(one) ? one : null;
  } catch {
    return null;
  }
}

/** AES-256-GCM of nothing, and of 16 zero bytes, under a zero key and nonce: test cases 13 and 14 of the GCM specification (McGrew, Viega). */
const CASES = [
  ['', '530f8afbc74536b9a963b4f1c4cb738b'],
  ['00'.repeat(16), 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919'],
] as const;

function works(one: OpenSsl): boolean {
  const [key, nonce] = [new Uint8Array(KEY_BYTES), new Uint8Array(NONCE_BYTES)];
  for (const [text, wanted] of CASES) {
    const plaintext = Buffer.from(text, 'hex');
    const sealed = Buffer.from(one.seal(key, nonce, [plaintext]));
    if (sealed.toString('hex') !== wanted || !plaintext.equals(one.open(key, nonce, sealed))) return false;
    sealed[0] = (sealed[0] as number) ^ 1;
    try {
      one.open(key, nonce, sealed);
      return false;
    } catch {
      // As it should.
    }
  }
  return true;
}

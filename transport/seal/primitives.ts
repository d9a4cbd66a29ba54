// SPDX-License-Identifier: Apache-2.0
// The interface to a platform's cryptography: X25519, AES-256-GCM, SHA-256, and bulk encryption, which may be asynchronous.

/** X25519 (RFC 7748), 32 bytes each. */
export interface KeyPair {
  /** For others to know. */
  readonly publicKey: Uint8Array;
  /** For nobody else. */
  readonly secretKey: Uint8Array;
}

/** Bytes of an X25519 key, public or secret. */
export const KEY_BYTES = 32;
/** Bytes of SHA-256, and of a Noise symmetric key. */
export const HASH_BYTES = 32;
/** Bytes of an AES-GCM tag, which ends each sealed message. */
export const TAG_BYTES = 16;
/** Bytes of an AES-GCM nonce. */
export const NONCE_BYTES = 12;

/** What may come at once or later. Those who answer later still answer each call; the caller keeps their order. */
export type Soon<T> = T | Promise<T>;

/** A platform's cryptography. What is handed in is not changed, and may be the caller's again once the answer is there. */
export interface Primitives {
  /** A key pair of chance. */
  newKeyPair(): Soon<KeyPair>;
  /** The key pair of a secret key: any 32 bytes. */
  keyPair(secretKey: Uint8Array): Soon<KeyPair>;
  /** X25519. Throws, or rejects, for a public key that makes the result zero (RFC 7748 section 6.1). */
  agree(secretKey: Uint8Array, publicKey: Uint8Array): Soon<Uint8Array>;
  /** SHA-256 (FIPS 180-4), 32 bytes. */
  sha256(bytes: Uint8Array): Soon<Uint8Array>;
  /** HMAC-SHA256 (RFC 2104). */
  hmac(key: Uint8Array, bytes: Uint8Array): Soon<Uint8Array>;
  /** AES-256-GCM: the ciphertext, then the tag. */
  encrypt(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, plaintext: Uint8Array): Soon<Uint8Array>;
  /** The plaintext in memory of its own; throws, or rejects, when `sealed` is not authentic. */
  decrypt(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, sealed: Uint8Array): Soon<Uint8Array>;
  /** AES-256-GCM without additional data under one key, for many messages. The key comes later only where `encrypt` answers later. */
  bulk(key: Soon<Uint8Array>): Bulk;
}

/** A platform's cryptography that answers at once, except that `bulk` may answer later. */
export interface PromptPrimitives extends Primitives {
  newKeyPair(): KeyPair;
  keyPair(secretKey: Uint8Array): KeyPair;
  agree(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
  hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  encrypt(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, plaintext: Uint8Array): Uint8Array;
  decrypt(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, sealed: Uint8Array): Uint8Array;
  bulk(key: Uint8Array): Bulk;
}

/** Encrypts and decrypts the records of one key. All memory that is handed in is the caller's again after the call. */
export interface Bulk {
  /** Encrypts the pieces as one message, the tag at the end. What comes at once is in memory that the next call, of any Bulk, may use again. */
  seal(nonce: Uint8Array, pieces: readonly Uint8Array[]): Soon<Uint8Array>;
  /** The plaintext in memory of its own; throws, or rejects, when `sealed` is not authentic. */
  open(nonce: Uint8Array, sealed: Uint8Array): Soon<Uint8Array>;
}

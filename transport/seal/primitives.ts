// SPDX-License-Identifier: Apache-2.0
// What the seal needs of a platform's cryptography: X25519, AES-256-GCM, SHA-256, and bulk encryption that may answer later.

/** X25519 (RFC 7748), 32 bytes each. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
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

/** A platform's cryptography. All of it answers at once, except `bulk`, which may answer later. */
export interface Primitives {
  newKeyPair(): KeyPair;
  /** The key pair of a secret key: any 32 bytes. */
  keyPair(secretKey: Uint8Array): KeyPair;
  /** X25519. Throws for a public key that makes the result zero (RFC 7748 section 6.1). */
  agree(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
  /** HMAC-SHA256 (RFC 2104). */
  hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** AES-256-GCM: the ciphertext, then the tag. */
  encrypt(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** The plaintext in memory of its own; throws when `sealed` is not authentic. */
  decrypt(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, sealed: Uint8Array): Uint8Array;
  /** AES-256-GCM without additional data under one key, for many messages. */
  bulk(key: Uint8Array): Bulk;
}

/** What may come at once or later. Those who answer later still answer each call; the caller keeps their order. */
export type Soon<T> = T | Promise<T>;

/** Encrypts and decrypts the records of one key. All memory that is handed in is the caller's again after the call. */
export interface Bulk {
  /** Encrypts the pieces as one message: pieces that belong to the caller, the tag at the end. */
  seal(nonce: Uint8Array, pieces: readonly Uint8Array[]): Soon<readonly Uint8Array[]>;
  /** The plaintext in memory of its own; throws, or rejects, when `sealed` is not authentic. */
  open(nonce: Uint8Array, sealed: Uint8Array): Soon<Uint8Array>;
}

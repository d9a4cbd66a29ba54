// SPDX-License-Identifier: Apache-2.0
// Seals one message to a key whose owner is away: HPKE (RFC 9180), mode Base, with X25519, HKDF-SHA256 and ChaCha20-Poly1305. For Node.

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { PortholeError } from '../../proto/errors.ts';
import { nodePrimitives } from './node.ts';
import { HASH_BYTES, KEY_BYTES, type KeyPair, NONCE_BYTES, TAG_BYTES } from './primitives.ts';

/** Section 7: the numbers of the KEM, the KDF and the AEAD. */
const KEM_ID = 0x0020;
const KDF_ID = 0x0001;
const AEAD_ID = 0x0003;
const CIPHER = 'chacha20-poly1305';
const MODE_BASE = 0;

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const pair = (number: number): Uint8Array => Uint8Array.of(number >> 8, number & 0xff);
/** Sections 4.1 and 5.1: which algorithms, so that a key of one suite is of no use in another. */
const KEM_SUITE = Buffer.concat([ascii('KEM'), pair(KEM_ID)]);
const HPKE_SUITE = Buffer.concat([ascii('HPKE'), pair(KEM_ID), pair(KDF_ID), pair(AEAD_ID)]);
const NOTHING = new Uint8Array(0);

/** Bytes that a box has beyond its message: the ephemeral key and the tag. */
export const BOX_OVERHEAD_BYTES = KEY_BYTES + TAG_BYTES;

/** What a box is bound to: it opens for no other. */
export interface BoxBinding {
  /** What boxes of this kind are for; the same at both ends. */
  readonly info: Uint8Array;
  /** Which box this is; authenticated, not part of it. */
  readonly ad: Uint8Array;
}

/** Section 4: LabeledExtract. */
function extract(suite: Uint8Array, salt: Uint8Array, label: string, input: Uint8Array): Uint8Array {
  return nodePrimitives.hmac(salt, Buffer.concat([ascii('HPKE-v1'), suite, ascii(label), input]));
}

/** Section 4: LabeledExpand. No length here is over one block of HKDF-Expand (RFC 5869 section 2.3). */
function expand(suite: Uint8Array, secret: Uint8Array, label: string, info: Uint8Array, length: number): Uint8Array {
  const labelled = [pair(length), ascii('HPKE-v1'), suite, ascii(label), info, Uint8Array.of(1)];
  return nodePrimitives.hmac(secret, Buffer.concat(labelled)).subarray(0, length);
}

/** Sections 4.1 and 5.1: from what X25519 gives to the key and nonce of the first message, which is the only one. */
function schedule(
  agreed: Uint8Array,
  encapsulated: Uint8Array,
  recipient: Uint8Array,
  info: Uint8Array,
): { key: Uint8Array; nonce: Uint8Array } {
  const prk = extract(KEM_SUITE, NOTHING, 'eae_prk', agreed);
  const shared = expand(KEM_SUITE, prk, 'shared_secret', Buffer.concat([encapsulated, recipient]), HASH_BYTES);
  const context = Buffer.concat([
    Uint8Array.of(MODE_BASE),
    extract(HPKE_SUITE, NOTHING, 'psk_id_hash', NOTHING),
    extract(HPKE_SUITE, NOTHING, 'info_hash', info),
  ]);
  const secret = extract(HPKE_SUITE, shared, 'secret', NOTHING);
  return {
    key: expand(HPKE_SUITE, secret, 'key', context, KEY_BYTES),
    nonce: expand(HPKE_SUITE, secret, 'base_nonce', context, NONCE_BYTES),
  };
}

/**
 * Seals a message to a key (SealBase, section 6.1). Whoever has the public key can: a box does not say who made it.
 * @param recipient an X25519 public key
 * @param ephemeral made afresh when left out, which is what everybody but a test vector wants
 * @returns the ephemeral key, then the ciphertext with its tag
 */
export function sealBox(
  recipient: Uint8Array,
  { info, ad }: BoxBinding,
  message: Uint8Array,
  ephemeral: KeyPair = nodePrimitives.newKeyPair(),
): Uint8Array {
  const agreed = nodePrimitives.agree(ephemeral.secretKey, recipient);
  const { key, nonce } = schedule(agreed, ephemeral.publicKey, recipient, info);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(ad, { plaintextLength: message.length });
  return Buffer.concat([ephemeral.publicKey, cipher.update(message), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens a box (OpenBase, section 6.1).
 * @param own the key pair that it was sealed to
 * @throws PortholeError SEAL_BROKEN when it was altered or cut, is another one, or was sealed to another key
 */
export function openBox(own: KeyPair, { info, ad }: BoxBinding, box: Uint8Array): Uint8Array {
  try {
    if (box.length < BOX_OVERHEAD_BYTES) throw new RangeError('too short');
    const encapsulated = box.subarray(0, KEY_BYTES);
    const { key, nonce } = schedule(nodePrimitives.agree(own.secretKey, encapsulated), encapsulated, own.publicKey, info);
    const end = box.length - TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(ad, { plaintextLength: end - KEY_BYTES }).setAuthTag(box.subarray(end));
    return Buffer.concat([decipher.update(box.subarray(KEY_BYTES, end)), decipher.final()]);
  } catch (cause) {
    throw new PortholeError('SEAL_BROKEN', 'a box is not authentic, or is not for this key', { cause });
  }
}

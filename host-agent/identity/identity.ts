// SPDX-License-Identifier: Apache-2.0
// A site's Ed25519 key: made on first start, kept in a file only its owner can read.

import { createPrivateKey, generateKeyPairSync, hkdfSync, type KeyObject, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PortholeError } from '../../proto/errors.ts';
import { siteId } from '../../proto/rendezvous.ts';
import { sealKeyPair } from '../../transport/seal/host-keys.ts';
import type { KeyPair } from '../../transport/seal/primitives.ts';
import { readOrMake } from '../../transport/system/private-file.ts';

/** Bytes of a derived key. */
const DERIVED_BYTES = 32;

/** A site’s key, and what is done with it. The secret key does not leave it. */
export interface Identity {
  /** The site's id: its public key in base32. */
  readonly id: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The X25519 key pair of the same key, for `sealAsHost`. */
  readonly sealKey: KeyPair;
  /** An Ed25519 signature (RFC 8032), 64 bytes. */
  sign(text: Uint8Array): Uint8Array;
  /** A key for one use only: HKDF-SHA256 (RFC 5869) over the secret key, 32 bytes. */
  derive(use: string): Uint8Array;
}

/** A new identity that lives as long as this process. */
export function newIdentity(): Identity {
  return identityOf(generateKeyPairSync('ed25519').privateKey);
}

/**
 * The identity in this file (PKCS #8 PEM); made when there is none.
 * @throws PortholeError STORAGE_FAILED
 */
export async function loadIdentity(file: string): Promise<Identity> {
  try {
    return identityOf(createPrivateKey(await readOrMake(file, newKey)));
  } catch (error) {
    throw failed(file, error);
  }
}

/**
 * The identity in this file; null when there is none.
 * @throws PortholeError STORAGE_FAILED
 */
export async function findIdentity(file: string): Promise<Identity | null> {
  try {
    return identityOf(createPrivateKey(await readFile(file)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw failed(file, error);
  }
}

function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function identityOf(key: KeyObject): Identity {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new PortholeError('STORAGE_FAILED', `an Ed25519 key was expected, not ${key.asymmetricKeyType}`);
  const { x, d } = key.export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x as string, 'base64url'));
  const secret = Buffer.from(d as string, 'base64url'); // the 32 bytes of RFC 8032 section 5.1.5
  return {
    id: siteId(publicKey),
    publicKey,
    sealKey: sealKeyPair(secret),
    sign: (text) => sign(null, text, key),
    derive: (use) => new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), use, DERIVED_BYTES)),
  };
}

function failed(file: string, cause: unknown): PortholeError {
  return new PortholeError('STORAGE_FAILED', `the key in ${file} cannot be used: ${(cause as Error).message}`, { cause });
}

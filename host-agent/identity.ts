// SPDX-License-Identifier: Apache-2.0
// A site's Ed25519 key: made on first start, kept in a file only its owner can read.

import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PortholeError } from '../proto/errors.ts';
import { siteId } from '../proto/rendezvous.ts';
import { sealKeyPair } from '../transport/seal/keys.ts';
import type { KeyPair } from '../transport/seal/primitives.ts';

export interface Identity {
  /** The site's id: its public key in base32. */
  readonly id: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The X25519 key pair of the same key, for `sealAsHost`. */
  readonly sealKey: KeyPair;
  /** An Ed25519 signature (RFC 8032), 64 bytes. */
  sign(text: Uint8Array): Uint8Array;
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
    return await read(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw failed(file, error);
  }
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    // A link is made whole or not at all, and never over an older key: two processes may start at once.
    const fresh = `${file}.${process.pid}.new`;
    await writeFile(fresh, pem, { mode: 0o600 });
    try {
      await link(fresh, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(fresh);
    }
    return await read(file);
  } catch (error) {
    throw failed(file, error);
  }
}

async function read(file: string): Promise<Identity> {
  return identityOf(createPrivateKey(await readFile(file)));
}

function identityOf(key: KeyObject): Identity {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new PortholeError('STORAGE_FAILED', `an Ed25519 key was expected, not ${key.asymmetricKeyType}`);
  const { x, d } = key.export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x as string, 'base64url'));
  const sealKey = sealKeyPair(Buffer.from(d as string, 'base64url'));
  return { id: siteId(publicKey), publicKey, sealKey, sign: (text) => sign(null, text, key) };
}

function failed(file: string, cause: unknown): PortholeError {
  return new PortholeError('STORAGE_FAILED', `the key in ${file} cannot be used: ${(cause as Error).message}`, { cause });
}

// SPDX-License-Identifier: Apache-2.0
// A visitor's seed in a file only its owner can read; made on first use. For Node programs.

import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { PortholeError } from '../../proto/errors.ts';
import { nodePrimitives } from '../../transport/seal/node.ts';
import { readOrMake } from '../../transport/system/private-file.ts';
import { type KeyFor, keysOf } from './visitor-key.ts';

/**
 * The keys of the seed in this file (PKCS #8 PEM of X25519, RFC 8410); made when there is none.
 * @throws PortholeError STORAGE_FAILED
 */
export async function loadVisitorKeys(file: string): Promise<KeyFor> {
  try {
    const key = createPrivateKey(await readOrMake(file, newSeed));
    if (key.asymmetricKeyType !== 'x25519') throw new Error(`an X25519 key was expected, not ${key.asymmetricKeyType}`);
    return keysOf(Buffer.from(key.export({ format: 'jwk' }).d as string, 'base64url'), nodePrimitives);
  } catch (error) {
    throw new PortholeError('STORAGE_FAILED', `the visitor's key in ${file} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

function newSeed(): string {
  return generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

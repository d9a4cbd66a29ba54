// SPDX-License-Identifier: Apache-2.0
// A site's password as the host keeps it: salt and verifier in a file of its owner's, never the password itself.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PortholeError } from '../../proto/errors.ts';
import { MAX_CHALLENGE_COST } from '../../proto/limits.ts';
import {
  MAX_SALT_BYTES,
  MIN_PASSWORD_COST,
  PASSWORD_COST,
  passwordBytes,
  SALT_BYTES,
  VERIFIER_BYTES,
} from '../../transport/continuity/password.ts';
import { nodeSalting } from '../../transport/continuity/password-node.ts';
import { replaceFile } from '../../transport/system/private-file.ts';

/** What the host knows of its password. */
export interface PasswordVerifier {
  /** What it was salted with. */
  readonly salt: Uint8Array;
  /** N of scrypt. */
  readonly cost: number;
  /** The salted password, VERIFIER_BYTES. */
  readonly verifier: Uint8Array;
}

/**
 * Salts a password.
 * @throws PortholeError USAGE when it is empty or too long
 */
export async function newVerifier(password: string, salt: Uint8Array = new Uint8Array(randomBytes(SALT_BYTES))): Promise<PasswordVerifier> {
  return { salt, cost: PASSWORD_COST, verifier: await salted(password, salt, PASSWORD_COST) };
}

/**
 * The kept verifier; null when none was kept.
 * @throws PortholeError STORAGE_FAILED
 */
export async function readVerifier(file: string): Promise<PasswordVerifier | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw failed(file, error);
  }
  try {
    const { salt, cost, verifier } = JSON.parse(text) as Record<string, unknown>;
    const kept = { salt: bytesOf(salt), cost: Number(cost), verifier: bytesOf(verifier) };
    const isSalt = kept.salt.length >= SALT_BYTES && kept.salt.length <= MAX_SALT_BYTES;
    const isCost = Number.isInteger(Math.log2(kept.cost)) && kept.cost >= MIN_PASSWORD_COST && kept.cost <= MAX_CHALLENGE_COST;
    if (!isSalt || !isCost || kept.verifier.length !== VERIFIER_BYTES) throw new Error('it is damaged');
    return kept;
  } catch (error) {
    throw failed(file, error);
  }
}

/**
 * Keeps a password's verifier. The same password keeps its salt, so that visitors who hold its salted form need not be asked again.
 * @throws PortholeError STORAGE_FAILED; USAGE when the password is empty or too long
 */
export async function keepPassword(file: string, password: string): Promise<PasswordVerifier> {
  const kept = await readVerifier(file);
  if (kept && timingSafeEqual(await salted(password, kept.salt, kept.cost), kept.verifier)) return kept;
  const fresh = await newVerifier(password);
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  try {
    await replaceFile(file, `${JSON.stringify({ salt: text(fresh.salt), cost: fresh.cost, verifier: text(fresh.verifier) })}\n`);
  } catch (error) {
    throw failed(file, error);
  }
  return fresh;
}

function bytesOf(text: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(text), 'base64url'));
}

async function salted(password: string, salt: Uint8Array, cost: number): Promise<Uint8Array> {
  return nodeSalting(passwordBytes(password), salt, cost);
}

function failed(file: string, cause: unknown): PortholeError {
  return new PortholeError('STORAGE_FAILED', `the password's file ${file} cannot be used: ${(cause as Error).message}`, { cause });
}

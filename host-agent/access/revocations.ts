// SPDX-License-Identifier: Apache-2.0
// Invitations that were taken back: a list beside the site's key, which a host that runs reads anew when it changes.

import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';
import { replaceFile } from '../../transport/system/private-file.ts';

/** Bytes of a list: more is neither read nor written. */
export const MAX_REVOCATIONS_BYTES = 1024 * 1024;
/** Of the file, and of a folder made for it: only their owner's. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

interface Revocation {
  /** In hexadecimal. */
  readonly id: string;
  /** When the invitation would have run out, in milliseconds since 1970; null when that is not known. */
  readonly expires: number | null;
}

/**
 * The ids of invitations that were taken back; none when there is no list.
 * @throws PortholeError STORAGE_FAILED: a list that cannot be read is not taken for an empty one
 */
export async function readRevocations(file: string): Promise<ReadonlySet<string>> {
  return new Set((await revocationsIn(file)).map(({ id }) => id));
}

/**
 * Takes invitations back. Whole lines are put behind the others, so that two at once lose nothing.
 * @param now milliseconds since 1970
 * @throws PortholeError STORAGE_FAILED
 */
export async function revoke(file: string, revoked: readonly Revocation[], now: number): Promise<void> {
  const text = linesOf(revoked);
  try {
    await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
    if ((await sizeOf(file)) + text.length > MAX_REVOCATIONS_BYTES) {
      const rest = (await revocationsIn(file)).filter(({ expires }) => expires === null || expires > now);
      if (linesOf(rest).length + text.length > MAX_REVOCATIONS_BYTES)
        throw new Error(`it would be longer than ${MAX_REVOCATIONS_BYTES} bytes`);
      await replaceFile(file, linesOf(rest));
    }
    await appendFile(file, text, { mode: FILE_MODE, flush: true });
  } catch (error) {
    throw failed(file, error);
  }
}

async function revocationsIn(file: string): Promise<Revocation[]> {
  try {
    if ((await sizeOf(file)) > MAX_REVOCATIONS_BYTES) throw new Error(`it is longer than ${MAX_REVOCATIONS_BYTES} bytes`);
    const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
    return lines.map((line) => {
      const { id, expires } = JSON.parse(line) as Record<string, unknown>;
      return { id: String(id), expires: typeof expires === 'number' ? expires : null };
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw failed(file, error);
  }
}

const linesOf = (list: readonly Revocation[]): string => list.map(({ id, expires }) => `${JSON.stringify({ id, expires })}\n`).join('');

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function failed(file: string, cause: unknown): PortholeError {
  if (cause instanceof PortholeError) return cause;
  return new PortholeError('STORAGE_FAILED', `the list of revoked invitations ${file} cannot be used: ${(cause as Error).message}`, {
    cause,
  });
}

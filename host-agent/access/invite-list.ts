// SPDX-License-Identifier: Apache-2.0
// Whom each invitation was made for: a list beside the site's key, for the host's own logs. No token is on it.

import { readFile, stat } from 'node:fs/promises';
import { PortholeError } from '../../proto/errors.ts';
import { replaceFile } from '../../transport/system/private-file.ts';

/** An invitation that was made. */
export interface InviteNote {
  /** In hexadecimal. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly label: string;
}

/** Bytes of a list: what is longer is not read. */
export const MAX_INVITE_LIST_BYTES = 1024 * 1024;

/**
 * The invitations on a list; none when there is no list.
 * @throws PortholeError STORAGE_FAILED
 */
export async function readInvites(file: string): Promise<InviteNote[]> {
  try {
    const { size } = await stat(file);
    if (size > MAX_INVITE_LIST_BYTES) throw new Error(`it is longer than ${MAX_INVITE_LIST_BYTES} bytes`);
    const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
    return lines.map((line) => {
      const { id, expires, label } = JSON.parse(line) as Record<string, unknown>;
      return { id: String(id), expires: Number(expires), label: String(label) };
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw failed(file, error);
  }
}

/**
 * Puts an invitation on a list; those that have expired go.
 * @param now milliseconds since 1970
 * @throws PortholeError STORAGE_FAILED
 */
export async function noteInvite(file: string, note: InviteNote, now: number): Promise<void> {
  const notes = [...(await readInvites(file)).filter(({ expires }) => expires > now), note];
  try {
    await replaceFile(file, notes.map((one) => `${JSON.stringify(one)}\n`).join(''));
  } catch (error) {
    throw failed(file, error);
  }
}

function failed(file: string, cause: unknown): PortholeError {
  return new PortholeError('STORAGE_FAILED', `the list of invitations ${file} cannot be used: ${(cause as Error).message}`, { cause });
}

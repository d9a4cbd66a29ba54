// SPDX-License-Identifier: Apache-2.0
// The list of visitors' keys that a host lets in: one a line, or between commas; read anew when its file changes.

import { timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { PortholeError } from '../../proto/errors.ts';
import { isVisitorId, visitorId } from '../../proto/visitor.ts';
import { watchFile } from './watched-file.ts';

/** Bytes of a list's file. */
export const MAX_ALLOW_BYTES = 1024 * 1024;
/** Keys on one list. */
export const MAX_ALLOWED_KEYS = 10_000;
/** Characters of a key that logs show: enough to tell visitors apart. */
const SHOWN_CHARS = 8;

/** A visitor's key on a list. */
export interface AllowedKey {
  /** In base32, as visitorId writes it. */
  readonly id: string;
  /** What the list says beside it; empty when nothing. */
  readonly label: string;
}

/** A key in a log. */
export function shortKey(id: string): string {
  return `key ${id.slice(0, SHOWN_CHARS)}…`;
}

/**
 * Reads a list: lines `KEY [label]`; `#` begins a comment; in one line, keys between commas.
 * @throws PortholeError CONFIG_INVALID naming the line
 */
export function parseKeys(text: string): AllowedKey[] {
  const keys: AllowedKey[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    for (const item of line.replace(/#.*/, '').split(',')) {
      const [id = '', ...label] = item.trim().split(/\s+/);
      if (id === '') continue;
      if (!isVisitorId(id.toLowerCase())) {
        throw new PortholeError('CONFIG_INVALID', `the list of keys, line ${at + 1}: "${id.slice(0, 60)}" is not a visitor's key`);
      }
      if (keys.length === MAX_ALLOWED_KEYS) throw new PortholeError('CONFIG_INVALID', `more than ${MAX_ALLOWED_KEYS} keys are allowed`);
      keys.push({ id: id.toLowerCase(), label: label.join(' ') });
    }
  }
  return keys;
}

/** The entry of a key; null when it is not on the list. Looks at every entry, so that the time tells nothing. */
export function findKey(keys: readonly AllowedKey[], key: Uint8Array): AllowedKey | null {
  const wanted = Buffer.from(visitorId(key));
  let found: AllowedKey | null = null;
  for (const one of keys) {
    const id = Buffer.from(one.id);
    if (id.length === wanted.length && timingSafeEqual(id, wanted)) found = one;
  }
  return found;
}

/** A list in a file. */
export interface KeyFile {
  /** The list as the file is now; as it was, when it cannot be read now. */
  keys(): Promise<readonly AllowedKey[]>;
}

/**
 * Opens a list; later changes of the file count from the next visitor on, and for those who are here.
 * @param onError told when a changed file cannot be used
 * @throws PortholeError CONFIG_INVALID when it cannot be used now
 */
export async function openKeyFile(file: string, onError: (error: PortholeError) => void = () => {}): Promise<KeyFile> {
  return { keys: await watchFile<readonly AllowedKey[]>(file, () => load(file), onError) };
}

async function load(file: string): Promise<AllowedKey[]> {
  try {
    const { size } = await stat(file);
    if (size > MAX_ALLOW_BYTES) throw new PortholeError('CONFIG_INVALID', `${file} is longer than ${MAX_ALLOW_BYTES} bytes`);
    return parseKeys(await readFile(file, 'utf8'));
  } catch (thrown) {
    throw thrown instanceof PortholeError ? thrown : unreadable(file, thrown);
  }
}

function unreadable(file: string, cause: unknown): PortholeError {
  return new PortholeError('CONFIG_INVALID', `the list of keys cannot be read: ${(cause as Error).message} (${file})`, { cause });
}

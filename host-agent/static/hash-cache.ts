// SPDX-License-Identifier: Apache-2.0
// Which content hash belongs to which state of which file: kept in memory, and in a file so that a restart does not lose it.

import { open, readFile, rename, rm } from 'node:fs/promises';
import { type Clock, systemClock } from '../../transport/time/clock.ts';
import type { FileFacts } from './facts.ts';

/** Files whose hash is kept; the one that was learned first goes first. */
export const MAX_HASHES = 20_000;
/** Bytes of the file that are read: MAX_HASHES lines of the greatest length fit. */
export const MAX_CACHE_BYTES = 4 * 1024 * 1024;
/** Time between a new hash and its writing to disk, with those that came meanwhile, in milliseconds. */
export const SAVE_AFTER_MS = 1000;

const FIRST_LINE = 'porthole content hashes 1';
/** Device, inode, size, and times of the last write and the last change in nanoseconds, in base 16; SHA-256 in base64url. */
const LINE = /^([0-9a-f]{1,16}) ([0-9a-f]{1,16}) ([0-9a-f]{1,14}) ([0-9a-f]{1,16}) ([0-9a-f]{1,16}) ([\w-]{43})$/;

interface Entry extends FileFacts {
  readonly hash: string;
}

/** Hashes by file. What a file is goes by its numbers, not by its name. */
export class HashCache {
  /** By inode: files of two devices may be in each other's way, and are told apart all the same. */
  readonly #entries = new Map<number, Entry>();
  readonly #file: string | null;
  readonly #clock: Clock;
  #unsaved = false;
  #cancel = (): void => {};
  #saving: Promise<void> = Promise.resolve();

  /** @param file where to keep them; null keeps them for the life of this process */
  constructor(file: string | null = null, clock: Clock = systemClock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Takes in what the file holds. One that is missing, too long, or not understood gives less, or nothing. */
  async load(): Promise<this> {
    const text = this.#file === null ? '' : await readFile(this.#file, 'utf8').catch(() => '');
    for (const entry of readCache(text)) this.#put(entry);
    return this;
  }

  /** The hash of a file in this very state; null when it is not known. */
  get(facts: FileFacts): string | null {
    const entry = this.#entries.get(Number(facts.inode));
    return entry && isSameState(entry, facts) ? entry.hash : null;
  }

  set(facts: FileFacts, hash: string): void {
    const { device, inode, size, mtimeNs, ctimeNs } = facts;
    this.#put({ device, inode, size, mtimeNs, ctimeNs, hash });
    if (this.#file === null || this.#unsaved) return;
    this.#unsaved = true;
    this.#cancel = this.#clock.after(SAVE_AFTER_MS, () => void this.#save());
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.#cancel();
    if (this.#unsaved) await this.#save();
    await this.#saving;
  }

  #put(entry: Entry): void {
    const key = Number(entry.inode);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > MAX_HASHES) this.#entries.delete(this.#entries.keys().next().value as number);
  }

  #save(): Promise<void> {
    this.#unsaved = false;
    // What cannot be written is worked out again after a restart: nothing else depends on it.
    this.#saving = this.#saving.then(() => replace(this.#file as string, writeCache(this.#entries.values()))).catch(() => {});
    return this.#saving;
  }
}

/** Whether nothing that the system tells of a file has changed. */
export function isSameState(one: FileFacts, other: FileFacts): boolean {
  return (
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs &&
    one.size === other.size &&
    one.inode === other.inode &&
    one.device === other.device
  );
}

/** The text of a cache, the oldest first. */
export function writeCache(entries: Iterable<FileFacts & { readonly hash: string }>): string {
  const lines = [FIRST_LINE];
  for (const { device, inode, size, mtimeNs, ctimeNs, hash } of entries) {
    lines.push(`${[device, inode, size, mtimeNs, ctimeNs].map((number) => number.toString(16)).join(' ')} ${hash}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Reads a cache's text; lines that are none are passed over, and a text of another kind has none. */
export function readCache(text: string): Entry[] {
  if (text.length > MAX_CACHE_BYTES || !text.startsWith(`${FIRST_LINE}\n`)) return [];
  return text.split('\n').flatMap((line) => {
    const [, device, inode, size, mtime, ctime, hash] = LINE.exec(line) ?? [];
    if (!device || !inode || !size || !mtime || !ctime || !hash) return [];
    const bytes = Number.parseInt(size, 16);
    if (!Number.isSafeInteger(bytes)) return [];
    return [{ device: hex(device), inode: hex(inode), size: bytes, mtimeNs: hex(mtime), ctimeNs: hex(ctime), hash }];
  });
}

const hex = (text: string): bigint => BigInt(`0x${text}`);

/** Puts a file in the place of another, so that whoever reads finds one of them whole. */
async function replace(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  try {
    const file = await open(fresh, 'w', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (thrown) {
    await rm(fresh, { force: true });
    throw thrown;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Works content hashes out: of short files when they are read, of long ones while nothing else is done, or when a visitor names one.

import { createHash, hash } from 'node:crypto';
import { type Clock, sleep, systemClock } from '../../transport/time/clock.ts';
import type { FileFacts } from './facts.ts';
import type { Found } from './folder.ts';
import { HashCache, isSameState } from './hash-cache.ts';

/** How long nothing is asked and read before long files are hashed, in milliseconds. */
export const IDLE_MS = 1000;
/** How long an answer waits for a hash that its visitor named, in milliseconds. To hash is quicker than to send. */
export const HASH_WAIT_MS = 30_000;
/** Long files that wait to be hashed; of more nobody takes note. */
export const MAX_WAITING_FILES = 256;
/** Files that are hashed at once because visitors wait for it. */
export const MAX_URGENT = 4;
/** Bytes of a file that are hashed at once: a millisecond's work at the most. */
const SLICE_BYTES = 512 * 1024;
/**
 * A file that was changed a moment ago may be changed again without a new time: file systems count in steps, of up to 2 s.
 * Its hash is used, and not kept.
 */
export const SETTLED_MS = 2500;

/** Opens a file that is to be hashed. */
export type Reopen = () => Promise<Found>;

export interface ContentHashesOptions {
  /** Where hashes are kept; in memory when left out. */
  readonly cache?: HashCache;
  /** Whether long files are hashed beforehand, while nothing is asked; false when left out. */
  readonly ahead?: boolean;
  readonly clock?: Clock;
  /** Milliseconds since 1970, as file times are counted. */
  readonly wallClock?: () => number;
}

/** The content hashes of a site's files: SHA-256 in base64url. */
export class ContentHashes {
  readonly #cache: HashCache;
  readonly #ahead: boolean;
  readonly #clock: Clock;
  readonly #wallClock: () => number;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<bigint, { reopen: Reopen; facts: FileFacts }>();
  readonly #urgent = new Map<string, Promise<string | null>>();
  #touched: number;
  #working: Promise<void> | null = null;

  constructor({ cache = new HashCache(), ahead = false, clock = systemClock, wallClock = Date.now }: ContentHashesOptions = {}) {
    this.#cache = cache;
    this.#ahead = ahead;
    this.#clock = clock;
    this.#wallClock = wallClock;
    this.#touched = clock.now();
  }

  /** The hash of a file in this state; null when it is not known. */
  known(facts: FileFacts): string | null {
    return this.#cache.get(facts);
  }

  /** The hash of a file that was just read whole. */
  learn(facts: FileFacts, content: Uint8Array): string {
    const digest = hash('sha256', content, 'base64url');
    this.#keep(facts, digest);
    return digest;
  }

  /** Works the hash of a file out, now. Null when that takes too long, is asked too often at once, or the file changes. */
  async find(facts: FileFacts, reopen: Reopen): Promise<string | null> {
    const key = `${facts.device} ${facts.inode} ${facts.mtimeNs}`;
    let work = this.#urgent.get(key);
    if (!work) {
      if (this.#urgent.size >= MAX_URGENT || this.#stop.signal.aborted) return null;
      work = this.#hash(facts, reopen, async () => {}).finally(() => this.#urgent.delete(key));
      this.#urgent.set(key, work);
    }
    const late = new AbortController();
    const wait = sleep(this.#clock, HASH_WAIT_MS, AbortSignal.any([late.signal, this.#stop.signal])).then(
      () => null,
      () => null,
    );
    const found = await Promise.race([work, wait]);
    late.abort();
    return found;
  }

  /** Has a file hashed when there is time for it. */
  later(facts: FileFacts, reopen: Reopen): void {
    if (!this.#ahead || this.#stop.signal.aborted || this.#waiting.size >= MAX_WAITING_FILES) return;
    this.#waiting.set(facts.inode, { reopen, facts });
    this.#working ??= this.#work()
      .catch(() => {}) // stopped
      .finally(() => {
        this.#working = null;
      });
  }

  /** Something was asked or read: hashing ahead stands back. */
  touch(): void {
    this.#touched = this.#clock.now();
  }

  /** Stops, and writes what was learned. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#waiting.clear();
    await this.#working;
    await Promise.all(this.#urgent.values());
    await this.#cache.close();
  }

  async #work(): Promise<void> {
    for (;;) {
      await this.#calm();
      const [next] = this.#waiting;
      if (!next) return;
      this.#waiting.delete(next[0]);
      const { facts, reopen } = next[1];
      // Half of the time at the most, so that a small computer stays a pleasant one.
      const pace = async (began: number): Promise<void> => {
        await sleep(this.#clock, Math.max(1, this.#clock.now() - began), this.#stop.signal);
        await this.#calm();
      };
      if (this.known(facts) === null) await this.#hash(facts, reopen, pace);
    }
  }

  /** Waits until nothing was asked or read for a while. */
  async #calm(): Promise<void> {
    for (;;) {
      const left = this.#urgent.size > 0 ? IDLE_MS : IDLE_MS - (this.#clock.now() - this.#touched);
      if (left <= 0) return;
      await sleep(this.#clock, left, this.#stop.signal);
    }
  }

  /** Reads a file through. Null when it is gone, was changed, cannot be read, or the work was stopped. */
  async #hash(facts: FileFacts, reopen: Reopen, pace: (began: number) => Promise<void>): Promise<string | null> {
    const file = await reopen().catch(() => null);
    if (file === null || typeof file === 'string') return null;
    try {
      if (!isSameState(file.facts, facts)) return null;
      const digest = createHash('sha256');
      const slice = Buffer.allocUnsafe(SLICE_BYTES);
      for (let at = 0; at < facts.size; ) {
        if (this.#stop.signal.aborted) return null;
        const began = this.#clock.now();
        const read = await file.fd.read([slice], at);
        if (read === 0) return null;
        digest.update(slice.subarray(0, read));
        at += read;
        await pace(began);
      }
      if (!isSameState(file.fd.facts(), facts)) return null;
      const found = digest.digest('base64url');
      this.#keep(facts, found);
      return found;
    } catch {
      return null; // the disk failed, or all was stopped: the answer goes without
    } finally {
      file.fd.close();
    }
  }

  #keep(facts: FileFacts, digest: string): void {
    // Each write moves this time, and nobody can set it.
    if (this.#wallClock() - Number(facts.ctimeNs / 1_000_000n) >= SETTLED_MS) this.#cache.set(facts, digest);
  }
}

/**
 * The hashes of a host that keeps them in its data folder. Close it when the host has ended.
 * @param file where; it need not be there
 */
export async function openContentHashes(file: string): Promise<ContentHashes> {
  return new ContentHashes({ cache: await new HashCache(file).load(), ahead: true });
}

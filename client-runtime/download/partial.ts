// SPDX-License-Identifier: Apache-2.0
// A file being downloaded: a partial file and a note beside the final one, so that another run continues where this one stopped.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { PortholeError } from '../../proto/errors.ts';
import type { Clock } from '../../transport/time/clock.ts';
import { takeLock } from './lock.ts';
import { MAX_SIDECAR_BYTES, readSidecar, trusted, type Version, writeSidecar } from './sidecar.ts';
import type { Sink } from './transfer.ts';

/** How often what was written is put through to the disk, in milliseconds. */
export const SYNC_MS = 5000;
/** Bytes that are read at once to check the whole. */
const CHECK_BYTES = 1024 * 1024;

export interface PartialOptions {
  readonly clock: Clock;
  /** When this computer was started, in milliseconds since 1970. */
  readonly boot?: number;
}

/** The names of the files beside a target: its beginning, the note, and the lock. No other program's partial files are named so. */
export function beside(target: string): { part: string; note: string; lock: string } {
  const part = `${target}.porthole-part`;
  return { part, note: `${part}.json`, lock: `${part}.lock` };
}

export class Partial implements Sink {
  bytes = 0;
  version: Version | null = null;
  readonly #target: string;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #boot: number;
  readonly #file: FileHandle;
  readonly #unlock: () => Promise<void>;
  #syncAt: number;
  #syncing: Promise<void> = Promise.resolve();

  private constructor(target: string, url: string, file: FileHandle, unlock: () => Promise<void>, { clock, boot }: PartialOptions) {
    this.#target = target;
    this.#url = url;
    this.#clock = clock;
    this.#boot = boot ?? Math.round(Date.now() - uptime() * 1000);
    this.#file = file;
    this.#unlock = unlock;
    this.#syncAt = clock.now() + SYNC_MS;
  }

  /**
   * Opens the partial file of a target, with what an earlier run left of the same resource.
   * @throws PortholeError STORAGE_FAILED: it cannot be written, or another process writes it
   */
  static async open(target: string, url: string, options: PartialOptions): Promise<Partial> {
    const { part, lock } = beside(target);
    try {
      if (await stat(target).then((stats) => stats.isDirectory(), absent))
        throw new PortholeError('STORAGE_FAILED', `${target} is a folder`);
      const unlock = await takeLock(lock);
      try {
        const file = await open(part, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o666);
        const partial = new Partial(target, url, file, unlock, options);
        await partial.#pickUp().catch(async (thrown) => {
          await file.close();
          throw thrown;
        });
        return partial;
      } catch (thrown) {
        await unlock();
        throw thrown;
      }
    } catch (thrown) {
      throw unwritable(target, thrown);
    }
  }

  async #pickUp(): Promise<void> {
    const sidecar = readSidecar(await readStart(beside(this.#target).note));
    if (sidecar) this.bytes = trusted(sidecar, this.#url, (await this.#file.stat()).size, this.#boot);
    if (sidecar && this.bytes > 0) this.version = { etag: sidecar.etag, whole: sidecar.whole };
    await this.#file.truncate(this.bytes);
  }

  async begin(version: Version | null): Promise<void> {
    this.version = version;
    await this.#note(0);
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done, this.bytes);
        done += bytesWritten;
        this.bytes += bytesWritten;
      }
    } catch (thrown) {
      throw unwritable(this.#target, thrown);
    }
    if (this.#clock.now() < this.#syncAt) return;
    this.#syncAt = this.#clock.now() + SYNC_MS;
    this.#syncing = this.#syncing.then(() => this.#sync()).catch(() => {}); // a disk that fails will tell the next write
  }

  async restart(): Promise<void> {
    await this.#syncing;
    this.version = null;
    this.bytes = 0;
    try {
      await rm(beside(this.#target).note, { force: true });
      await this.#file.truncate(0);
    } catch (thrown) {
      throw unwritable(this.#target, thrown);
    }
  }

  /**
   * Puts the whole in its place.
   * @param digest SHA-256 in base64 that it must have; null when nobody said
   * @throws PortholeError CONTENT_CHANGED, and nothing is left of it; STORAGE_FAILED
   */
  async finish(digest: string | null): Promise<void> {
    const { part, note } = beside(this.#target);
    try {
      await this.#syncing;
      if (digest !== null && digest !== (await this.#digest())) {
        await this.#remove();
        throw new PortholeError('CONTENT_CHANGED', 'what came is not what the site says it is; nothing is kept of it');
      }
      await this.#file.sync();
      await rename(part, this.#target);
      await rm(note, { force: true });
    } catch (thrown) {
      throw unwritable(this.#target, thrown);
    }
  }

  /** Lets go: what can be gone on with stays. Returns how many bytes that are. */
  async leave(): Promise<number> {
    await this.#syncing;
    try {
      if (this.version && this.bytes > 0) await this.#sync();
      else await this.#remove();
    } catch {
      // The disk may be what failed: then less is kept.
    }
    await this.close();
    return this.version ? this.bytes : 0;
  }

  async close(): Promise<void> {
    try {
      await this.#file.close();
    } finally {
      await this.#unlock();
    }
  }

  async #remove(): Promise<void> {
    const { part, note } = beside(this.#target);
    this.version = null;
    this.bytes = 0;
    await rm(note, { force: true });
    await rm(part, { force: true });
  }

  /** Puts what is written through to the disk, and then says so. */
  async #sync(): Promise<void> {
    const { bytes, version } = this;
    await this.#file.datasync();
    if (this.version === version) await this.#note(bytes);
  }

  async #note(synced: number): Promise<void> {
    const { note } = beside(this.#target);
    if (!this.version) return rm(note, { force: true });
    const fresh = `${note}.new`;
    try {
      await writeFile(fresh, writeSidecar({ url: this.#url, ...this.version, synced, boot: this.#boot }), { mode: 0o600 });
      await rename(fresh, note);
    } catch (thrown) {
      await rm(fresh, { force: true });
      throw unwritable(this.#target, thrown);
    }
  }

  async #digest(): Promise<string> {
    const digest = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(CHECK_BYTES, Math.max(1, this.bytes)));
    for (let at = 0; at < this.bytes; ) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) break;
      digest.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    return digest.digest('base64');
  }
}

const absent = (): boolean => false;

async function readStart(path: string): Promise<string> {
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  return size === 0 || size > MAX_SIDECAR_BYTES ? '' : await readFile(path, 'utf8').catch(() => '');
}

function unwritable(target: string, thrown: unknown): PortholeError {
  if (thrown instanceof PortholeError) return thrown;
  return new PortholeError('STORAGE_FAILED', `${target} cannot be written: ${(thrown as Error).message}`, { cause: thrown });
}

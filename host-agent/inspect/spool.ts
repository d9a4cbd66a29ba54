// SPDX-License-Identifier: Apache-2.0
// Recorded bytes on disk: one log in files of a private temporary folder, written behind what passes, the oldest dropped at a limit.

import { close, type NoParamCallback, open, unlink, writev } from 'node:fs';
import { mkdtemp, open as openFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { LEAST_SPOOL_BYTES, MAX_BEHIND_BYTES, SPOOL_BYTES } from './limits.ts';

/** Files that the limit is made of: so much of it is dropped at once. */
const SEGMENTS = 16;
/** Shorter pieces are copied into a block, longer ones kept as they are until they are written. */
export const COPY_BYTES = 16 * 1024;
/** A block is written when it is full: a write costs more than what is in a few exchanges. */
const BLOCK_BYTES = 256 * 1024;
/** Pieces of one write: what systems take (IOV_MAX). */
const MAX_PIECES = 512;
/** After the disk has failed it is left alone for so long, in milliseconds. */
const PAUSE_MS = 5000;

const openAt = promisify(open);
const closed: NoParamCallback = () => {};

/** A piece on its way to the disk. */
interface Waiting {
  readonly at: number;
  readonly bytes: Uint8Array;
  /** Tells that the memory is free again. */
  readonly done?: () => void;
}

/** What a spool is given. */
export interface SpoolOptions {
  /** Bytes that are kept; SPOOL_BYTES when left out. */
  readonly limit?: number;
  /** Where the folder is made; the system's temporary one when left out. */
  readonly temporary?: string;
  /** Told when the disk fails, and null when it takes something again; each once. */
  readonly onTrouble?: (error: PortholeError | null) => void;
  /** Told when the oldest was dropped: what lies before `first` is gone. */
  readonly onDropped?: (first: number) => void;
}

/** A log of bytes. Places in it are counted from its beginning, whatever has been dropped since. */
export class Spool {
  readonly limit: number;
  readonly folder: string;
  readonly #options: SpoolOptions;
  readonly #segmentBytes: number;
  /** Of segments that are being written, by their number. */
  readonly #files = new Map<number, number>();
  /** Not on disk yet, in the order of their places. */
  #waiting: Waiting[] = [];
  #behind = 0;
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #blockUsed = 0;
  #writing: Promise<void> | null = null;
  #first = 0;
  #end = 0;
  #trouble: PortholeError | null = null;
  #pausedUntil = 0;
  /** Ranges that the disk did not take. */
  #holes: [from: number, to: number][] = [];
  #closed = false;

  private constructor(folder: string, options: SpoolOptions) {
    this.folder = folder;
    this.#options = options;
    this.limit = Math.max(LEAST_SPOOL_BYTES, options.limit ?? SPOOL_BYTES);
    this.#segmentBytes = Math.ceil(this.limit / SEGMENTS);
  }

  /**
   * Makes the folder, which nobody else can read.
   * @throws PortholeError STORAGE_FAILED
   */
  static async open(options: SpoolOptions = {}): Promise<Spool> {
    try {
      // Its mode is 0700, whatever the umask.
      return new Spool(await mkdtemp(join(options.temporary ?? tmpdir(), 'porthole-inspect-')), options);
    } catch (error) {
      throw asPortholeError(error, 'STORAGE_FAILED');
    }
  }

  /** Where the next byte goes. */
  get end(): number {
    return this.#end;
  }
  /** The first byte that is still kept. */
  get first(): number {
    return this.#first;
  }
  /** Why nothing is kept now; null when all is well. */
  get trouble(): PortholeError | null {
    return this.#trouble;
  }

  /**
   * Keeps a piece.
   * @param done given for memory that is somebody's: called once it is free again. Without it the bytes must not change any more
   * @returns where it lies; -1 when it is not kept: the disk fails, or is far behind
   */
  append(bytes: Uint8Array, done?: () => void): number {
    const { length } = bytes;
    if (this.#closed || this.#behind + length > MAX_BEHIND_BYTES || this.#isPaused()) return -1;
    if (length < COPY_BYTES) this.#copy(bytes, done);
    else {
      this.#sealBlock();
      this.#wait(this.#end, bytes, done);
    }
    return this.#grown(length);
  }

  /** So many bytes more are in memory. @returns where they lie */
  #grown(length: number): number {
    const at = this.#end;
    this.#end += length;
    this.#behind += length;
    if (this.#end - this.#first > this.limit) this.#drop();
    if (this.#waiting.length > 0) this.#writing ??= this.#write();
    return at;
  }

  /** Keeps a text, as UTF-8. @returns as `append` */
  appendText(text: string): number {
    // Written where it belongs, with no memory in between, where it has room in any case.
    if (this.#closed || this.#isPaused() || text.length * 3 > COPY_BYTES) return this.append(Buffer.from(text));
    if (this.#blockUsed + text.length * 3 > BLOCK_BYTES) this.#sealBlock();
    const length = this.#block.write(text, this.#blockUsed);
    this.#blockUsed += length;
    return this.#grown(length);
  }

  /**
   * Reads what was kept.
   * @returns null when some of it is gone
   */
  async read(at: number, length: number): Promise<Buffer<ArrayBuffer> | null> {
    const bytes = Buffer.allocUnsafeSlow(length);
    const to = at + length;
    const isGone = (): boolean => at < this.#first || this.#holes.some(([from, end]) => from < to && at < end);
    const fromMemory = this.#waiting.filter((piece) => piece.at < to && piece.at + piece.bytes.length > at);
    if (isGone()) return null;
    // Copied now: a piece may be written, and its memory used again, before the next turn.
    let memoryFrom = to;
    for (const piece of fromMemory) {
      memoryFrom = Math.min(memoryFrom, Math.max(at, piece.at));
      const start = Math.max(0, at - piece.at);
      bytes.set(piece.bytes.subarray(start, to - piece.at), piece.at + start - at);
    }
    const blockAt = this.#end - this.#blockUsed;
    if (this.#blockUsed > 0 && blockAt < to) {
      memoryFrom = Math.min(memoryFrom, Math.max(at, blockAt));
      const start = Math.max(0, at - blockAt);
      bytes.set(this.#block.subarray(start, to - blockAt), blockAt + start - at);
    }
    for (let here = at; here < memoryFrom; ) {
      const segment = Math.floor(here / this.#segmentBytes);
      const until = Math.min(memoryFrom, (segment + 1) * this.#segmentBytes);
      const part = bytes.subarray(here - at, until - at);
      if (!(await readWhole(this.#fileOf(segment), part, here - segment * this.#segmentBytes))) return null;
      here = until;
    }
    return isGone() ? null : bytes;
  }

  /** Writes what is in memory; resolves when all that was appended is on disk, or was given up. */
  async settled(): Promise<void> {
    this.#sealBlock();
    if (this.#waiting.length > 0) this.#writing ??= this.#write();
    while (this.#writing) await this.#writing;
  }

  /** Removes all of it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#blockUsed = 0; // it is of no use any more
    while (this.#writing) await this.#writing;
    for (const file of this.#files.values()) close(file, closed);
    this.#files.clear();
    await rm(this.folder, { recursive: true, force: true });
  }

  #isPaused(): boolean {
    return this.#trouble !== null && performance.now() < this.#pausedUntil;
  }

  #copy(bytes: Uint8Array, done?: () => void): void {
    if (this.#blockUsed + bytes.length > BLOCK_BYTES) this.#sealBlock();
    this.#block.set(bytes, this.#blockUsed);
    this.#blockUsed += bytes.length;
    done?.();
  }

  /** The block's bytes go to the disk, and the next ones into another block. */
  #sealBlock(): void {
    if (this.#blockUsed === 0) return;
    const block = this.#block;
    const bytes = block.subarray(0, this.#blockUsed);
    this.#blockUsed = 0;
    this.#block = this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#wait(this.#end - bytes.length, bytes, () => void (this.#spare.length < 4 && this.#spare.push(block)));
  }
  readonly #spare: Buffer<ArrayBuffer>[] = [];

  /** Puts a piece into the row, cut where a file ends. */
  #wait(at: number, bytes: Uint8Array, done?: () => void): void {
    const room = this.#segmentBytes - (at % this.#segmentBytes);
    if (bytes.length <= room) return void this.#waiting.push({ at, bytes, done });
    this.#waiting.push({ at, bytes: bytes.subarray(0, room) });
    this.#wait(at + room, bytes.subarray(room), done);
  }

  /** Writes until nothing waits. A turn later than what came first, so that what comes together is written together. */
  async #write(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      const [piece] = this.#waiting;
      if (!piece) break;
      const segment = Math.floor(piece.at / this.#segmentBytes);
      let count = 1;
      for (let end = piece.at + piece.bytes.length; count < MAX_PIECES; count++) {
        const next = this.#waiting[count];
        if (next?.at !== end || Math.floor(next.at / this.#segmentBytes) !== segment) break;
        end += next.bytes.length;
      }
      await this.#writeOut(segment, this.#waiting.slice(0, count));
      for (const { bytes, done } of this.#waiting.splice(0, count)) {
        this.#behind -= bytes.length;
        done?.();
      }
    }
    this.#writing = null;
  }

  async #writeOut(segment: number, pieces: readonly Waiting[]): Promise<void> {
    const from = pieces[0]?.at as number;
    const to = (pieces.at(-1) as Waiting).at + (pieces.at(-1) as Waiting).bytes.length;
    if (to <= this.#first) return; // dropped already
    try {
      let file = this.#files.get(segment);
      if (file === undefined) {
        file = await openAt(this.#fileOf(segment), 'w', 0o600);
        this.#files.set(segment, file);
      }
      await writeAll(
        file,
        pieces.map(({ bytes }) => bytes),
        from - segment * this.#segmentBytes,
      );
      // Nothing of the file is written any more once it is full: reading opens it anew.
      if (to === (segment + 1) * this.#segmentBytes) this.#release(segment);
      if (this.#trouble) this.#options.onTrouble?.(null);
      this.#trouble = null;
    } catch (thrown) {
      this.#holes.push([from, to]);
      this.#pausedUntil = performance.now() + PAUSE_MS;
      const first = this.#trouble === null;
      this.#trouble = asPortholeError(thrown, 'STORAGE_FAILED');
      if (first) this.#options.onTrouble?.(this.#trouble);
    }
  }

  /** Drops as many files as have to go. */
  #drop(): void {
    while (this.#end - this.#first > this.limit) {
      const segment = Math.floor(this.#first / this.#segmentBytes);
      this.#first = (segment + 1) * this.#segmentBytes;
      this.#release(segment);
      unlink(this.#fileOf(segment), closed); // one that was not written yet is written no more
    }
    this.#holes = this.#holes.filter(([, to]) => to > this.#first);
    this.#options.onDropped?.(this.#first);
  }

  #release(segment: number): void {
    const file = this.#files.get(segment);
    if (file === undefined) return;
    this.#files.delete(segment);
    close(file, closed);
  }

  #fileOf(segment: number): string {
    return join(this.folder, String(segment));
  }
}

/** Writes all of it. @throws the system's error */
async function writeAll(file: number, pieces: Uint8Array[], position: number): Promise<void> {
  let left = pieces;
  for (let at = position; left.length > 0; ) {
    const wrote = await new Promise<number>((resolve, reject) =>
      writev(file, left, at, (error, bytes) => (error ? reject(error) : resolve(bytes))),
    );
    if (wrote === 0) throw new PortholeError('STORAGE_FAILED', 'the disk takes nothing');
    at += wrote;
    left = after(left, wrote);
  }
}

/** What is left of pieces without their first bytes. */
function after(pieces: Uint8Array[], bytes: number): Uint8Array[] {
  let gone = bytes;
  const whole = pieces.findIndex((piece) => {
    if (piece.length > gone) return true;
    gone -= piece.length;
    return false;
  });
  if (whole < 0) return [];
  return [(pieces[whole] as Uint8Array).subarray(gone), ...pieces.slice(whole + 1)];
}

/** Fills `bytes` from a file; false when it is not there, or too short. */
async function readWhole(path: string, bytes: Uint8Array, position: number): Promise<boolean> {
  try {
    const file = await openFile(path, 'r');
    try {
      for (let have = 0; have < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, have, bytes.length - have, position + have);
        if (bytesRead === 0) return false;
        have += bytesRead;
      }
      return true;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

// SPDX-License-Identifier: Apache-2.0
// A file's bytes as a response body: read only when asked for, in chunks of one Data frame, and none of a file that has changed.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { MAX_DATA_BYTES } from '../../proto/limits.ts';
import { type Lender, type LentPiece, lendingStream } from '../../transport/session/lending.ts';
import type { FileFacts } from './facts.ts';
import type { OpenFile } from './folder.ts';
import type { ByteRange } from './range.ts';

/** Chunks that one read fetches once a body shows that it is long: the most that a body holds unasked. */
export const READ_AHEAD_CHUNKS = 4;

/** Called at each read, for those who stand back while there is work. */
export type OnRead = () => void;

/** What a body is made of, in order: bytes of the file, and bytes of ours between them. */
export type Piece = ByteRange | Uint8Array;

/**
 * A short piece of a file, at once. The caller keeps the file.
 * @returns null when the file is not what it was when it was opened
 * @throws PortholeError SITE_FAILED when the disk fails
 */
export async function readShort(file: OpenFile, { first, last }: ByteRange): Promise<Uint8Array<ArrayBuffer> | null> {
  // A buffer of its own, not of Node's pool: whoever gets a chunk may transfer its memory.
  const bytes = Buffer.allocUnsafeSlow(last - first + 1);
  let read = 0;
  try {
    if (bytes.length > 0) read = await file.fd.readSoon([bytes], first);
  } catch (thrown) {
    diskFailed(thrown);
  }
  return read === bytes.length && isUnchanged(file) ? bytes : null;
}

/** The first bytes of a file, one chunk at the most. As `readShort`. */
export async function readHead(file: OpenFile): Promise<{ bytes: Uint8Array<ArrayBuffer>; whole: boolean } | null> {
  const { size } = file.facts;
  const bytes = await readShort(file, { first: 0, last: Math.min(size, MAX_DATA_BYTES) - 1 });
  return bytes && { bytes, whole: bytes.length === size };
}

/** A body of bytes that are there already. */
export function streamBytes(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const source: UnderlyingDefaultSource<Uint8Array> = {
    pull(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  };
  let lent = bytes.length === 0;
  const lend = async (): Promise<LentPiece | null> => {
    if (lent) return null;
    lent = true;
    return { bytes };
  };
  return lendingStream(new ReadableStream(source, LAZY), { lend });
}

/**
 * A body from an open file. It owns the file: closes it at its end, when it is cancelled, and when it fails, which it does with
 * CONTENT_CHANGED when the file is changed meanwhile, SITE_FAILED when the disk fails, the signal's reason when that aborts.
 * @param pieces what to send; ranges must lie in the file
 */
export function streamFile(
  file: OpenFile,
  pieces: readonly Piece[],
  signal: AbortSignal,
  onRead: OnRead = () => {},
): ReadableStream<Uint8Array> {
  const body = new FileBody(file, pieces, signal, onRead);
  return lendingStream(new ReadableStream(body, LAZY), body);
}

/** Memory for whole chunks that was lent and has come back, for any body to use. */
const spare: Uint8Array[] = [];
/** Chunks that are kept: what a fast path has under way of a few bodies. */
export const MAX_SPARE_CHUNKS = 64;

/** Nothing is read before it is asked for. */
const LAZY = { highWaterMark: 0 };

class FileBody implements UnderlyingDefaultSource<Uint8Array>, Lender {
  readonly #file: OpenFile;
  readonly #pieces: Piece[];
  readonly #signal: AbortSignal;
  readonly #onRead: OnRead;
  /** Read, checked, not yet asked for. */
  readonly #ready: Uint8Array[] = [];
  #chunksPerRead = 1;
  #over = false;
  #abort = (): void => {};

  constructor(file: OpenFile, pieces: readonly Piece[], signal: AbortSignal, onRead: OnRead) {
    this.#file = file;
    this.#onRead = onRead;
    this.#pieces = [...pieces];
    this.#signal = signal;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#abort = () => {
      controller.error(this.#signal.reason);
      this.cancel();
    };
    if (this.#signal.aborted) this.#abort();
    else this.#signal.addEventListener('abort', this.#abort, { once: true });
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const chunk = await this.#next();
    if (this.#over) return;
    if (chunk) controller.enqueue(chunk);
    if (this.#ready.length === 0 && this.#pieces.length === 0) {
      controller.close();
      this.cancel();
    }
  }

  async lend(): Promise<LentPiece | null> {
    const bytes = await this.#next();
    if (bytes) return { bytes, release: () => takeBack(bytes) };
    this.#signal.throwIfAborted();
    this.cancel();
    return null;
  }

  /** The next chunk; null after the last, or when it is over. */
  async #next(): Promise<Uint8Array | null> {
    if (this.#over) return null;
    try {
      const next = this.#pieces[0];
      if (this.#ready.length === 0 && next !== undefined) {
        if (next instanceof Uint8Array) this.#ready.push(next);
        else await this.#read(next);
        if (this.#over) return null;
        if (next instanceof Uint8Array) this.#pieces.shift();
      }
      return this.#ready.shift() ?? null;
    } catch (thrown) {
      this.cancel();
      throw thrown;
    }
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#signal.removeEventListener('abort', this.#abort);
    this.#file.fd.close();
  }

  /** Fetches the next chunks of a range, which is the first of the pieces. */
  async #read({ first, last }: ByteRange): Promise<void> {
    const buffers: Uint8Array[] = [];
    let position = first;
    for (; buffers.length < this.#chunksPerRead && position <= last; position += MAX_DATA_BYTES) {
      // Each chunk has its own memory, so that it may be transferred without taking its neighbours along.
      buffers.push(memoryFor(Math.min(MAX_DATA_BYTES, last + 1 - position)));
    }
    this.#chunksPerRead = READ_AHEAD_CHUNKS;
    this.#onRead();
    let read = 0;
    try {
      read = await this.#file.fd.readSoon(buffers, first);
    } catch (thrown) {
      diskFailed(thrown);
    }
    if (this.#over) return;
    if (read === 0 || !isUnchanged(this.#file)) {
      throw new PortholeError('CONTENT_CHANGED', 'the file was changed while it was sent; ask for it again');
    }
    let left = read;
    for (const buffer of buffers) {
      if (left > 0) this.#ready.push(left < buffer.length ? buffer.subarray(0, left) : buffer);
      left -= buffer.length;
    }
    if (first + read > last) this.#pieces.shift();
    else this.#pieces[0] = { first: first + read, last };
  }
}

function memoryFor(length: number): Uint8Array {
  return (length === MAX_DATA_BYTES && spare.pop()) || Buffer.allocUnsafeSlow(length);
}

function takeBack(bytes: Uint8Array): void {
  if (bytes.buffer.byteLength === MAX_DATA_BYTES && bytes.length === MAX_DATA_BYTES && spare.length < MAX_SPARE_CHUNKS) spare.push(bytes);
}

function isUnchanged({ fd, facts }: OpenFile): boolean {
  const now: FileFacts = fd.facts();
  return now.size === facts.size && now.mtimeNs === facts.mtimeNs && now.inode === facts.inode && now.device === facts.device;
}

function diskFailed(thrown: unknown): never {
  throw asPortholeError(thrown, 'SITE_FAILED');
}

// SPDX-License-Identifier: Apache-2.0
// One recorded body: where its bytes lie in the spool, how many passed, and whether all of them are kept.

import { BEGINNING_BYTES, BODY_SHARE } from './limits.ts';
import type { Spool } from './spool.ts';

/** Shorter pieces that do not follow on the one before are gathered: so many bytes at least lie together. */
const GATHER_BYTES = 1024;

/** Why a body is not kept whole: it is longer than the limit; the disk failed or was far behind; it was dropped for newer ones. */
export type NotKept = 'limit' | 'disk' | 'dropped';

/** A body as it is recorded, and read again. */
export class Body {
  /** Bytes that passed. */
  size = 0;
  /** Whether no more comes. */
  ended = false;
  readonly #spool: Spool;
  readonly #most: number;
  /** Where it lies: place, length, place, length, …; pieces that follow on each other are one. */
  #extents: number[] = [];
  /** Bytes of the extents, and those before them that are gone. */
  #kept = 0;
  #gone = 0;
  #gathered: Uint8Array[] | null = null;
  #gatheredBytes = 0;
  #stopped: 'limit' | 'disk' | null = null;

  /**
   * @param announced its length, where that is known: of one that is too long only the beginning is kept
   * @param endless whether it has no length that counts: its oldest bytes go, and the newest are kept
   */
  constructor(spool: Spool, announced: number | null = null, endless = false) {
    this.#spool = spool;
    const limit = spool.limit * BODY_SHARE;
    this.#most = endless ? Number.POSITIVE_INFINITY : announced !== null && announced > limit ? BEGINNING_BYTES : limit;
  }

  /**
   * A piece passes. Bytes that somebody will change are copied.
   * @param release gives the memory back
   * @returns what is to be called in place of `release`
   */
  add(bytes: Uint8Array, release?: () => void): (() => void) | undefined {
    this.size += bytes.length;
    if (this.#stopped !== null || bytes.length === 0) return release;
    const room = this.#most - (this.size - bytes.length);
    const fits = bytes.length <= room ? bytes : bytes.subarray(0, room);
    const gathers =
      this.#gatheredBytes > 0 || (fits.length < GATHER_BYTES && this.#extents.length > 0 && this.#lastEnd !== this.#spool.end);
    let give = release;
    if (gathers) {
      this.#gathered ??= [];
      this.#gathered.push(fits.slice());
      this.#gatheredBytes += fits.length;
      if (this.#gatheredBytes >= GATHER_BYTES) this.#flush();
    } else if (fits.length > 0) give = this.#keep(fits, release);
    if (fits.length < bytes.length && this.#stopped === null) {
      this.#flush();
      this.#stopped ??= 'limit';
    }
    return give;
  }

  /** No more comes. */
  end(): void {
    if (this.ended) return;
    this.#flush();
    this.ended = true;
  }

  /** Why it is not all there; null when it is, as far as it has come. */
  get notKept(): NotKept | null {
    this.#forget();
    if (this.#stopped !== null) return this.#stopped;
    return this.#gone > 0 ? 'dropped' : null;
  }

  /** The bytes that can be read: from `from` up to `to` of all that passed. */
  get range(): { readonly from: number; readonly to: number } {
    this.#forget();
    return { from: this.#gone, to: this.#gone + this.#kept + this.#gatheredBytes };
  }

  /**
   * Reads what is kept.
   * @param from counted from the body's own beginning
   * @returns fewer bytes than asked for at its end; null when they are gone
   */
  async read(from: number, length: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const { from: first, to } = this.range;
    const end = Math.min(to, from + length);
    if (from < first) return null;
    if (end <= from) return new Uint8Array(0);
    const bytes = new Uint8Array(end - from);
    // As it is now: more may come, and some may go, while the disk is read.
    const places = [...this.#extents];
    const gathered = [...(this.#gathered ?? [])];
    let here = first;
    const put = (piece: Uint8Array): void => {
      const start = Math.max(0, from - here);
      if (here < end && here + piece.length > from) bytes.set(piece.subarray(start, end - here), here + start - from);
      here += piece.length;
    };
    for (let index = 0; index + 1 < places.length; index += 2) {
      const [at = 0, long = 0] = places.slice(index, index + 2);
      const start = Math.max(0, from - here);
      const stop = Math.min(long, end - here);
      if (start < stop) {
        const piece = await this.#spool.read(at + start, stop - start);
        if (!piece) return null;
        bytes.set(piece, here + start - from);
      }
      here += long;
    }
    for (const piece of gathered) put(piece);
    return bytes;
  }

  /** All of it, in pieces. Errors when some is gone. */
  async *pieces(pieceBytes = 256 * 1024): AsyncIterable<Uint8Array<ArrayBuffer>> {
    for (let at = this.range.from; at < this.range.to; ) {
      const piece = await this.read(at, pieceBytes);
      if (!piece || piece.length === 0) throw new Error('the recorded body is not kept any more');
      yield piece;
      at += piece.length;
    }
  }

  get #lastEnd(): number {
    const { length } = this.#extents;
    return length === 0 ? -1 : (this.#extents[length - 2] as number) + (this.#extents[length - 1] as number);
  }

  #keep(bytes: Uint8Array, release?: () => void): (() => void) | undefined {
    let give = release;
    let done: (() => void) | undefined;
    if (release) {
      let holders = 2; // whoever sends it, and the spool
      give = done = () => void (--holders === 0 && release());
    }
    const at = this.#spool.append(bytes, done);
    if (at < 0) {
      this.#stopped = 'disk';
      return release;
    }
    if (at === this.#lastEnd) this.#extents[this.#extents.length - 1] = (this.#extents.at(-1) as number) + bytes.length;
    else this.#extents.push(at, bytes.length);
    this.#kept += bytes.length;
    if (this.#extents.length > 64) this.#forget();
    return give;
  }

  #flush(): void {
    if (this.#gatheredBytes === 0) return;
    const bytes = Buffer.concat(this.#gathered ?? []);
    this.#gathered = null;
    this.#gatheredBytes = 0;
    this.#keep(bytes);
  }

  /** Leaves out what the spool has dropped. */
  #forget(): void {
    const { first } = this.#spool;
    let at = 0;
    for (; at < this.#extents.length; at += 2) {
      const [place = 0, length = 0] = this.#extents.slice(at, at + 2);
      if (place >= first) break;
      const gone = Math.min(length, first - place);
      this.#gone += gone;
      this.#kept -= gone;
      if (gone < length) {
        this.#extents[at] = first;
        this.#extents[at + 1] = length - gone;
        break;
      }
    }
    if (at > 0) this.#extents = this.#extents.slice(at);
  }
}

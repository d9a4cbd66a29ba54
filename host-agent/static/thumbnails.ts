// SPDX-License-Identifier: Apache-2.0
// Small pictures of large ones, for listings. Alone knows sharp, which is optional: without it small files stand for themselves.

import type { Sharp, SharpOptions } from 'sharp';
import { readShort } from './body.ts';
import type { FileFacts, OpenFile } from './folder.ts';
import { errorAnswer } from './pages.ts';
import { Places } from './places.ts';

/** Pixels of a thumbnail's longer side: tiles of a listing, on a screen of two pixels a point. */
const LONGER_SIDE = 320;
/** Bytes of a file of which a thumbnail is made: it is read whole. */
export const MAX_PICTURE_BYTES = 32 * 1024 * 1024;
/** Pixels of a picture of which a thumbnail is made, against files that are small and unfold to gigabytes. */
const MAX_PIXELS = 100_000_000;
/** Bytes of thumbnails that are kept. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** Thumbnails that are made at once: each takes a processor for some hundredths of a second. */
const MADE_AT_ONCE = 1;
/** Of a hundred: nobody looks at a thumbnail twice. */
const QUALITY = 60;

/** In the query of a picture's address: its thumbnail is meant. */
export const THUMBNAIL_QUERY = 'porthole=thumbnail';

/** Types of which thumbnails can be made. */
const TYPES = /^image\/(jpeg|png|webp|gif|avif|tiff)$/;

type MakeSharp = (input: Uint8Array, options: SharpOptions) => Sharp;

/** Makes thumbnails, and keeps those made last. */
export class Thumbnails {
  readonly #kept = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #places = new Places(MADE_AT_ONCE);
  #keptBytes = 0;
  #sharp: Promise<MakeSharp | null> | undefined;

  /** Whether thumbnails can be made here. */
  async able(): Promise<boolean> {
    return (await this.#load()) !== null;
  }

  /** The version of a file's thumbnail: an address with it may be kept for ever. */
  static version(modified: Date, size: number | null): string {
    return `${modified.getTime().toString(36)}-${(size ?? 0).toString(36)}`;
  }

  /** Whether a file of this type and size can have a thumbnail. */
  static fits(type: string, size: number): boolean {
    return TYPES.test(type) && size <= MAX_PICTURE_BYTES;
  }

  /**
   * Answers with the thumbnail of a picture. The file stays the caller's.
   * @returns 404 when it is no picture that can be read, or none can be made here
   */
  async answer(file: OpenFile, type: string, request: Request): Promise<Response> {
    const bytes = Thumbnails.fits(type, file.facts.size) ? await this.#of(file, request.signal) : null;
    if (bytes === null) return errorAnswer(404, request);
    return new Response(request.method === 'HEAD' ? null : bytes, {
      headers: {
        'content-type': 'image/webp',
        'content-length': String(bytes.length),
        'cache-control': 'private, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      },
    });
  }

  async #of(file: OpenFile, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
    const key = keyOf(file.facts);
    const kept = this.#kept.get(key);
    if (kept) {
      this.#kept.delete(key);
      this.#kept.set(key, kept); // the one asked for last stays longest
      return kept;
    }
    const made = await this.#places.run(async () => this.#kept.get(key) ?? (await this.#make(file)), signal);
    if (made) this.#keep(key, made);
    return made;
  }

  async #make(file: OpenFile): Promise<Uint8Array<ArrayBuffer> | null> {
    const sharp = await this.#load();
    const picture = sharp && (await readShort(file, { first: 0, last: file.facts.size - 1 }));
    if (!sharp || !picture) return null;
    try {
      const small = sharp(picture, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
        .autoOrient()
        .resize(LONGER_SIDE, LONGER_SIDE, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality: QUALITY });
      return new Uint8Array(await small.toBuffer());
    } catch {
      return null; // not a picture, a damaged one, or too large a one
    }
  }

  #keep(key: string, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#kept.has(key)) return;
    this.#kept.set(key, bytes);
    this.#keptBytes += bytes.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptBytes <= MAX_KEPT_BYTES) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= length;
    }
  }

  #load(): Promise<MakeSharp | null> {
    this.#sharp ??= import('sharp').then(
      ({ default: sharp }) => {
        sharp.concurrency(1); // what else the computer does goes first
        sharp.cache(false); // what is needed twice is kept here
        return sharp;
      },
      () => null, // not installed, or not made for this system
    );
    return this.#sharp;
  }
}

function keyOf({ device, inode, mtimeNs, ctimeNs, size }: FileFacts): string {
  return [device, inode, mtimeNs, ctimeNs, size].join(' ');
}

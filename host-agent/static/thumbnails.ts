// SPDX-License-Identifier: Apache-2.0
// Small pictures of large ones, for listings. Alone knows sharp, which is optional: without it small files stand for themselves.

import type { Sharp, SharpOptions } from 'sharp';
import type { FileFacts } from './facts.ts';
import { readShort } from './file-body.ts';
import type { Found, OpenFile, Refusal } from './folder.ts';
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
   * Answers with the thumbnail of a picture.
   * @param open opens its file, which is closed again in any case; nothing is open while others are made
   * @returns 404 when it is no picture that can be read, or none can be made here; the refusal when the file is not to be had
   */
  async answer(open: () => Promise<Found>, type: string, request: Request): Promise<Response | Refusal> {
    const bytes =
      (await withFile(open, async ({ facts }) => this.#take(facts))) ??
      (await this.#places.run(() => withFile(open, (file) => this.#of(file, type)), request.signal));
    if (typeof bytes === 'string') return bytes;
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

  async #of(file: OpenFile, type: string): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!Thumbnails.fits(type, file.facts.size)) return null;
    const kept = this.#take(file.facts);
    if (kept) return kept;
    const made = await this.#make(file);
    if (made) this.#keep(keyOf(file.facts), made);
    return made;
  }

  /** One that is kept; the one asked for last stays longest. */
  #take(facts: FileFacts): Uint8Array<ArrayBuffer> | null {
    const key = keyOf(facts);
    const kept = this.#kept.get(key);
    if (!kept) return null;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept;
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

async function withFile<T>(open: () => Promise<Found>, use: (file: OpenFile) => Promise<T>): Promise<T | Refusal> {
  const file = await open();
  if (typeof file === 'string') return file === 'folder' ? 'missing' : file;
  try {
    return await use(file);
  } finally {
    file.fd.close();
  }
}

function keyOf({ device, inode, mtimeNs, ctimeNs, size }: FileFacts): string {
  return [device, inode, mtimeNs, ctimeNs, size].join(' ');
}

// SPDX-License-Identifier: Apache-2.0
// Bodies without their content codings (RFC 9110 section 8.4), as they are shown.

import { Readable, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

/** Made so that they give what they have of a body that is cut off, or still comes. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }),
  'x-gzip': () => createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }),
  deflate: () => createInflate({ finishFlush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress({ finishFlush: constants.ZSTD_e_continue }),
};

/** A body that was decoded. */
export interface Decoded {
  readonly bytes: Buffer<ArrayBuffer>;
  /** Whether there is more than what was asked for. */
  readonly more: boolean;
  /** What could not be decoded, or broke off; null when nothing did. */
  readonly trouble: string | null;
}

/** Content codings, one in the other, that are undone: each takes memory of its own, and one field has room for thousands. */
export const MAX_CODINGS = 5;

/**
 * Reads pieces, without their codings.
 * @param coding Content-Encoding: several in the order in which they were applied; '' for none
 * @param most bytes that are wanted, of what comes out
 */
export async function decoded(pieces: AsyncIterable<Uint8Array>, coding: string, most: number): Promise<Decoded> {
  const names = coding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const unknown = names.length > MAX_CODINGS ? `${names.length} times` : names.find((name) => !Object.hasOwn(DECODERS, name));
  const decoders = unknown === undefined ? names.reverse().map((name) => (DECODERS[name] as () => Transform)()) : [];
  const source = Readable.from(pieces);
  let trouble: string | null = unknown === undefined ? null : `the content coding ${unknown} is not known here`;
  let last: Readable = source;
  for (const decoder of decoders) {
    last.on('error', (error) => decoder.destroy(error));
    last = last.pipe(decoder);
  }
  const found: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of last) {
      found.push(Buffer.from(piece));
      length += piece.length;
      if (length > most) break;
    }
  } catch (thrown) {
    trouble ??= `its coding breaks off: ${(thrown as Error).message}`;
  } finally {
    source.destroy();
    for (const decoder of decoders) decoder.destroy();
  }
  return { bytes: Buffer.from(Buffer.concat(found).subarray(0, most)), more: length > most, trouble };
}

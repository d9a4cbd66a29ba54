// SPDX-License-Identifier: Apache-2.0
// Which bytes are a picture that can be shown: told by what they begin with. SVG is text here, for it can hold scripts.

/** What stands where, of each type. */
const MAGIC: readonly (readonly [type: string, at: number, text: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
  ['image/avif', 4, 'ftypavis'],
  ['image/x-icon', 0, '\0\0\x01\0'],
];

/** The type of a picture; null for what is none. */
export function pictureType(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return MAGIC.find(([, at, text]) => start.startsWith(text, at))?.[0] ?? null;
}

// SPDX-License-Identifier: Apache-2.0
// Content for servers that are no part of Porthole: so many bytes, in pieces.

const PIECE = Buffer.alloc(64 * 1024, 0x5a);

export function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= PIECE.length) yield left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
}

// SPDX-License-Identifier: Apache-2.0
// Joins pieces of bytes into one, where a carrier or a platform takes no list of pieces.

/** All pieces, one behind the other, in new memory. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

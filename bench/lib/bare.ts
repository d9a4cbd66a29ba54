// SPDX-License-Identifier: Apache-2.0
// The least a file can be asked for with, on a peer's bare stream or channel: a name goes out, a length comes back, then the bytes.

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes in front of the answer: its length. */
export const LENGTH_BYTES = 8;
/** Bytes that are read from the disk at a time. */
const READ_BYTES = 1024 * 1024;

/** The length that goes in front. */
export function lengthHead(bytes: number): Uint8Array {
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeBigUInt64BE(BigInt(bytes));
  return head;
}

/**
 * A file in pieces, each of new memory, after its length.
 * @param most bytes of a piece
 */
export function* piecesOf(folder: string, name: string, most: number): Generator<Uint8Array> {
  const path = join(folder, name);
  yield lengthHead(statSync(path).size);
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const block = Buffer.allocUnsafeSlow(READ_BYTES);
      const read = readSync(file, block);
      if (read === 0) return;
      for (let at = 0; at < read; at += most) yield block.subarray(at, Math.min(read, at + most));
    }
  } finally {
    closeSync(file);
  }
}

/** Takes answers apart, one after the other, however they come in pieces. */
export class Answers {
  #head = Buffer.alloc(0);
  #left = 0;
  #take: (piece: Uint8Array) => void = () => {};
  #done: { resolve(): void; reject(reason: Error): void } | null = null;

  /** The next answer. Ask for it before it can come. */
  next(take: (piece: Uint8Array) => void): Promise<void> {
    this.#take = take;
    return new Promise((resolve, reject) => {
      this.#done = { resolve, reject };
    });
  }

  push(chunk: Uint8Array): void {
    if (this.#head.length < LENGTH_BYTES) {
      const missing = LENGTH_BYTES - this.#head.length;
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, missing)]);
      if (this.#head.length < LENGTH_BYTES) return;
      this.#left = Number(this.#head.readBigUInt64BE());
      chunk = chunk.subarray(missing);
    }
    if (chunk.length > 0) this.#take(chunk);
    this.#left -= chunk.length;
    if (this.#left > 0) return;
    this.#head = Buffer.alloc(0);
    this.#done?.resolve();
  }

  /** The path broke. */
  fail(reason: Error): void {
    this.#done?.reject(reason);
  }
}

// SPDX-License-Identifier: Apache-2.0
// The memory into which a leg is read: little while little comes, much while reads fill it.

/** Bytes of a read while little comes: what a leg holds that idles. */
export const LEAST_READ_BYTES = 16 * 1024;
/** Bytes of a read while much comes: half as many system calls as Node's own reads take, and no new memory for each. */
export const MOST_READ_BYTES = 128 * 1024;

export class ReadMemory {
  readonly #little = Buffer.allocUnsafeSlow(LEAST_READ_BYTES);
  #much: Uint8Array | null = null;
  #filled = false; // the last read filled its memory
  #used = false; // much came since `rest`

  /** Notes what a read brought. */
  read(bytes: number): void {
    this.#filled = bytes === (this.#filled ? MOST_READ_BYTES : LEAST_READ_BYTES);
  }

  /** For the next read. */
  next(): Uint8Array {
    if (!this.#filled) return this.#little;
    this.#used = true;
    this.#much ??= Buffer.allocUnsafeSlow(MOST_READ_BYTES);
    return this.#much;
  }

  /** Called now and then: what has not been used since the last time is given back. */
  rest(): void {
    if (!this.#used) this.#much = null;
    this.#used = false;
  }
}

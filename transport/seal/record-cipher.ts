// SPDX-License-Identifier: Apache-2.0
// Encrypts or decrypts the records of one direction of a sealed path: counts them for their nonces, and changes the key in time.

import { PortholeError } from '../../proto/errors.ts';
import { putNonce, rekeyed } from './noise.ts';
import { type Bulk, NONCE_BYTES, type Primitives, type Soon, TAG_BYTES } from './primitives.ts';

/** Records under one key of a direction; the next key follows from it (Noise section 11.3). */
export const REKEY_RECORDS = 65_536;
/** The greatest record number. Noise allows 2^64 - 2; numbers are exact up to here, and nobody gets here. */
export const MAX_RECORD_NUMBER = Number.MAX_SAFE_INTEGER - 1;

/** The transport CipherState of one direction (Noise section 5.1): a counter that only goes up, and keys that follow each other. */
export class RecordCipher {
  readonly #primitives: Primitives;
  readonly #rekeyRecords: number;
  readonly #nonce = new Uint8Array(NONCE_BYTES);
  #key: Soon<Uint8Array>;
  #bulk: Bulk;
  #n: number;

  /**
   * @param rekeyRecords REKEY_RECORDS, except in tests; the same at both ends
   * @param n the number of the first record: 0, except in tests
   */
  constructor(primitives: Primitives, key: Uint8Array, rekeyRecords = REKEY_RECORDS, n = 0) {
    this.#primitives = primitives;
    this.#rekeyRecords = rekeyRecords;
    this.#key = key;
    this.#bulk = primitives.bulk(key);
    this.#n = n;
  }

  /**
   * Encrypts the next record from its pieces. What comes at once is in memory that the next record may use again.
   * @throws PortholeError SEAL_BROKEN when the numbers are used up
   */
  seal(pieces: readonly Uint8Array[]): Soon<Uint8Array> {
    const bulk = this.#next();
    return bulk.seal(this.#nonce, pieces);
  }

  /**
   * Decrypts the next record.
   * @throws PortholeError SEAL_BROKEN, here or by the promise, when it is not the next record of the peer
   */
  open(record: Uint8Array): Soon<Uint8Array> {
    if (record.length < TAG_BYTES) throw broken();
    const bulk = this.#next();
    try {
      const opened = bulk.open(this.#nonce, record);
      return opened instanceof Promise ? opened.catch(failed) : opened;
    } catch (cause) {
      return failed(cause);
    }
  }

  #next(): Bulk {
    const n = this.#n;
    if (n > MAX_RECORD_NUMBER) throw new PortholeError('SEAL_BROKEN', 'the record numbers of this path are used up');
    if (n > 0 && n % this.#rekeyRecords === 0) {
      this.#key = rekeyed(this.#primitives, this.#key);
      this.#bulk = this.#primitives.bulk(this.#key);
    }
    this.#n = n + 1;
    putNonce(this.#nonce, n);
    return this.#bulk;
  }
}

function broken(cause?: unknown): PortholeError {
  return new PortholeError('SEAL_BROKEN', 'a sealed record was altered, repeated, moved or cut', { cause });
}

function failed(cause: unknown): never {
  throw broken(cause);
}

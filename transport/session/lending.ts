// SPDX-License-Identifier: Apache-2.0
// Bodies that lend their memory: a session gives each piece back once it is sent, so that a long body needs little memory.

/** A piece of a body. Whoever has it may keep it, or call `release`, if it has one, once and not touch the bytes again. */
export interface LentPiece {
  readonly bytes: Uint8Array;
  readonly release?: () => void;
}

/** What stands behind a stream, to be asked in its place. */
export interface Lender {
  /**
   * The next piece, null after the last; rejects as a read of the stream would. One caller at a time.
   * @param reader the caller's of the stream: for a lender that has nothing of its own to give
   */
  lend(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<LentPiece | null>;
}

/** Where a stream has it: a property costs less, also when memory is collected, than a table of streams. */
const LENDER = Symbol('lender');
type Lending = ReadableStream<Uint8Array> & { [LENDER]?: Lender };

/** Tells sessions that what a stream would give can be had of a lender. */
export function lendingStream(stream: ReadableStream<Uint8Array>, lender: Lender): ReadableStream<Uint8Array> {
  (stream as Lending)[LENDER] = lender;
  return stream;
}

/** The lender behind a stream, if it has one. Who asks it locks the stream, and cancels the stream to give it up. */
export function lenderOf(stream: ReadableStream<Uint8Array>): Lender | undefined {
  return (stream as Lending)[LENDER];
}

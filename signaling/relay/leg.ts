// SPDX-License-Identifier: Apache-2.0
// A leg: one end's connection to the relay as a stream of bytes, whatever carries it.

/** What a leg tells the one that holds it, in this order: chunks, perhaps `ended`, then `closed`. */
export interface LegHolder {
  /** Bytes from the end. Of a leg that `lends`, their memory is the leg's again with its next chunk: it is paused until then. */
  chunk(bytes: Uint8Array): void;
  /** The end has closed its direction: no chunk follows. */
  ended(): void;
  /** All that was written has left this process, also after a `write` that said no. */
  drained(): void;
  /** The connection has gone. Without `ended` before it, it broke. */
  closed(): void;
}

/** One end's connection. */
export interface Leg {
  /** The end's IP address, for limits. */
  readonly address: string;
  /** Who is told; set before anything can come, and again when the end has joined. */
  holder: LegHolder;
  /** Whether its chunks are in memory that it uses again. */
  readonly lends: boolean;
  /** Whether all that was written has left this process. */
  readonly flushed: boolean;
  /** Sends bytes, whose memory is the caller's again once they are `flushed`; false: wait for `drained` before the next. */
  write(bytes: Uint8Array): boolean;
  /** Closes the direction to the end, once what was written has gone out. May be called twice. */
  end(): void;
  /** `end`, and tells the end to leave, where the carrier has a word for that. */
  close(): void;
  /** Stops reading, soon: what has been read already still comes. */
  pause(): void;
  resume(): void;
  /** Breaks the connection now. */
  abort(): void;
  /** Asks the end for a sign of life; breaks the connection when it has given none for too long. */
  beat(): void;
}

/** Holds a leg of which only its going matters: its bytes are thrown away. */
export function deaf(closed: () => void): LegHolder {
  return { chunk() {}, ended() {}, drained() {}, closed };
}

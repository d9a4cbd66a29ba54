// SPDX-License-Identifier: Apache-2.0
// The Connection: what every way to a peer makes, and all that a session needs.

/** Who takes messages as they come. Neither is called after `ended`, and neither may throw. */
export interface Receiver {
  /** The next message. Its memory is the connection's again after the call, unless the connection says otherwise. */
  message(borrowed: Uint8Array): void;
  /** No more comes: null after an orderly end, or after our own `close`; else why it broke. */
  ended(reason: Error | null): void;
  /** Bytes have come, if only a part of a message: a sign of life. Before `message`, where a connection sees parts. */
  heard?(): void;
}

/** Holds back what a Receiver is given. A few more messages may still come after `pause`. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** An ordered, reliable pipe of messages to one peer. Nothing above it knows how it was made. */
export interface Connection {
  /** The way it was made: the name of its Strategy; what no strategy made has another one, as 'memory'. */
  readonly via: string;
  /** How it was made, in a word, where the way has several: a technique of punching. */
  readonly how?: string;
  /** Milliseconds of a round trip, where the connection measures it; 0 while it does not know. */
  readonly rttMs?: number;
  /** Bytes of a message that go in one packet, on a line so slow that each message has packets of its own; left out where that is not known. */
  readonly packetBytes?: number;
  /** Bytes; larger messages are refused by `send` with MESSAGE_TOO_LONG. Of a path: at least MAX_RECORD_BYTES, to be sealed. */
  readonly maxMessage: number;
  /**
   * Sends one message. The connection owns `message` from here on. Resolves when there is room for the next,
   * which is the only back-pressure; rejects when the connection is closed (SESSION_CLOSED) or broken (its reason).
   */
  send(message: Uint8Array): Promise<void>;
  /**
   * `send` for a message in two pieces, where a connection can spare the copy that joins them. `release` is called when
   * the memory of `content` is the caller's again: once at most, and never by a connection that keeps it.
   */
  sendPieces?(head: Uint8Array, content: Uint8Array, release?: () => void): Promise<void>;
  /**
   * `send` for one message in pieces that goes out at once, a long one with others of this turn of the event loop: for those above who gather messages themselves. Where a connection
   * leaves it out, `send` does. The pieces are the connection's from here on.
   */
  sendAtOnce?(pieces: readonly Uint8Array[]): Promise<void>;
  /**
   * The next message; null once the peer has closed and all it sent was received, or after our own `close`;
   * rejects with the reason when the connection broke. One caller at a time.
   */
  receive(): Promise<Uint8Array | null>;
  /** For connections that look for signs of life: whether somebody waits for the peer, so that they look closely. */
  attend?(closely: boolean): void;
  /** For the same: look now, and doubt whatever gives no sign of life within `withinMs`. */
  probe?(withinMs: number): void;
  /** Instead of `receive`, where a connection can spare a copy and a turn: all that has come, and will come, goes to the receiver. Once. */
  deliver?(receiver: Receiver): Flow;
  /** For connections that know their line: bytes of a message that takes it a few hundredths of a second. Content is better not cut larger. */
  readonly fitBytes?: number;
  /**
   * For the same: whether what is sent now goes out now; `urgent`: it is small, and there is a little more room for it. Who has a
   * choice of what to send asks, waits for room, and chooses then.
   */
  roomy?(urgent?: boolean): boolean;
  /** Calls back whenever there may be room again. One listener. */
  onRoom?(run: () => void): void;
  /** Sends what is queued, tells the peer, and ends. May be called twice; resolves even if the peer is gone. */
  close(): Promise<void>;
  /** Breaks now: waiting and later calls reject with the reason; the peer's `receive` rejects with PATH_LOST. */
  abort(reason: Error): void;
}

// SPDX-License-Identifier: Apache-2.0
// The Connection: what every strategy makes. And what a session stands on, which knows more of its line.

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
   * `send` for one message in pieces that goes out at once, a long one with others of this turn of the event loop: for those above
   * who gather messages themselves. Where a connection leaves it out, `send` does. The pieces are the connection's from here on.
   */
  sendAtOnce?(pieces: readonly Uint8Array[]): Promise<void>;
  /**
   * The next message; null once the peer has closed and all it sent was received, or after our own `close`;
   * rejects with the reason when the connection broke. One caller at a time.
   */
  receive(): Promise<Uint8Array | null>;
  /** Instead of `receive`, where a connection can spare a copy and a turn: all that has come, and will come, goes to the receiver. Once. */
  deliver?(receiver: Receiver): Flow;
  /** Sends what is queued, tells the peer, and ends. May be called twice; resolves even if the peer is gone. */
  close(): Promise<void>;
  /** Breaks now: waiting and later calls reject with the reason; the peer's `receive` rejects with PATH_LOST. */
  abort(reason: Error): void;
}

/** What a session stands on: a connection that knows its line, looks for signs of life, and spares copies. A resumable session is one. */
export interface SessionConnection extends Pick<Connection, 'via' | 'send' | 'receive' | 'close' | 'abort'> {
  /** Milliseconds of a round trip; 0 while it is not known. */
  readonly rttMs: number;
  /** Bytes of a message that takes the line a few hundredths of a second. Content is better not cut larger. */
  readonly fitBytes: number;
  /**
   * `send` for a message in two pieces, without a copy that joins them. `release` is called when the memory of `content` is the
   * caller's again, once at most.
   */
  sendPieces(head: Uint8Array, content: Uint8Array, release?: () => void): Promise<void>;
  /**
   * Whether what is sent now goes out now; `urgent`: it is small, and there is a little more room for it. Who has a choice of what to
   * send asks, waits for room, and chooses then.
   */
  roomy(urgent?: boolean): boolean;
  /** Calls back whenever there may be room again. One listener. */
  onRoom(run: () => void): void;
  /** Whether somebody waits for the peer, so that its signs of life are looked for closely. */
  attend(closely: boolean): void;
  /** Looks for signs of life now, and doubts whatever gives none within `withinMs`. */
  probe(withinMs: number): void;
}

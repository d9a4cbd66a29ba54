// SPDX-License-Identifier: Apache-2.0
// The Connection, which every strategy makes; and the SessionConnection, on which a session runs and which also knows its line.

/** Who takes what a connection brings. Nothing is called after `ended`, and nothing may throw. */
export interface Receiver {
  /** The next message. Its memory is the connection's again after the call, unless the connection says otherwise. */
  message(borrowed: Uint8Array): void;
  /** Bytes have come, perhaps of a message that is not whole yet: a sign of life. A connection that sees whole messages only need not say it. */
  heard(): void;
  /** There is room again after `send` has returned false. */
  drained(): void;
  /** No more comes, and nothing can be sent: null after an orderly end, or after our own `close`; else why it broke. */
  ended(reason: Error | null): void;
}

/** An ordered, reliable pipe of messages to one peer. Nothing above it knows how it was made. */
export interface Connection {
  /** The name of the strategy that made it; what none made has another one, as 'memory'. */
  readonly via: string;
  /** How it was made, in a word, where its strategy has several ways to: a technique of punching. */
  readonly how?: string;
  /** Bytes of a message that go in one packet, on a line so slow that each message has packets of its own; left out where that is not known. */
  readonly packetBytes?: number;
  /** Bytes; `send` refuses larger messages. Of a path: at least MAX_RECORD_BYTES, to be sealed. */
  readonly maxMessage: number;
  /** Packets that the carrier has sent again so far, as it lost them; 0 where it does not tell. */
  readonly resent: number;
  /** Gives all that has come, and will come, to a receiver. Once. What comes before waits, and its sender, where the carrier can hold it back. */
  start(receiver: Receiver): void;
  /** Gives the receiver no more messages, and holds the peer back, as far as the carrier can. */
  pause(): void;
  /** Gives it what has come, and goes on. */
  resume(): void;
  /**
   * Sends one message, whose memory is the caller's again after the call. A short one goes out at once, a long one may wait for others
   * of this turn of the event loop.
   * @returns whether there is room for the next; else it is taken as well, and `drained` tells when there is. After the end: false
   * @throws PortholeError MESSAGE_TOO_LONG for more than `maxMessage` bytes, and for none
   */
  send(message: Uint8Array): boolean;
  /** Sends what is queued, tells the peer, and ends. May be called twice; resolves even if the peer is gone. */
  close(): Promise<void>;
  /** Breaks now, for this reason; the peer's receiver is told PATH_LOST. */
  abort(reason: Error): void;
}

/** What a session stands on: a connection that knows its line, looks for signs of life, and spares copies. A resumable session is one. */
export interface SessionConnection extends Pick<Connection, 'via' | 'pause' | 'resume' | 'close' | 'abort'> {
  /** Milliseconds of a round trip; 0 while it is not known. */
  readonly rttMs: number;
  /** Bytes of a message that takes the line a few hundredths of a second. Content is better not cut larger. */
  readonly fitBytes: number;
  /** Messages that were sent and wait for room. */
  readonly unsent: number;
  /** As in Connection, but here the memory of a message is the receiver's to keep, and it is `onRoom` that tells of room. */
  start(receiver: Pick<Receiver, 'message' | 'ended'>): void;
  /**
   * Sends one message in one or two pieces, which are the connection's from here on. It is taken whether there is room or not.
   * @param release called when the memory of `content` is the caller's again, once at most
   * @throws PortholeError MESSAGE_TOO_LONG, or why nothing can be sent any more
   */
  send(head: Uint8Array, content?: Uint8Array, release?: () => void): void;
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

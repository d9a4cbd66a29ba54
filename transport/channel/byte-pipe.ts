// SPDX-License-Identifier: Apache-2.0
// The BytePipe: what a TCP socket and a WebSocket have in common, for framing to stand on.

/** Where a pipe's events go. Each is called at most until `ended` or `broken`, one of which is the last. */
export interface PipeEvents {
  /** The chunk's memory is the pipe's again after the call. */
  data(chunk: Uint8Array): void;
  /** The peer has finished its direction (FIN). */
  ended(): void;
  /** Both directions are over, and why. */
  broken(reason: Error): void;
}

/** An ordered, reliable stream of bytes in two directions, each of which can be finished by itself. */
export interface BytePipe {
  /** Starts delivery; called again, the events go to the new owner from then on. */
  start(events: PipeEvents): void;
  /**
   * Queues pieces of one message, which may wait until the end of this turn of the event loop for more. Their memory is the caller's
   * again after the call.
   */
  write(pieces: readonly Uint8Array[]): void;
  /** Sends what is queued now, as far as the carrier takes it. */
  flush(): void;
  /** Bytes that are queued and not yet with the system. */
  readonly queued: number;
  /** Packets that the carrier has sent again so far, as it lost them; 0 where it does not tell. */
  readonly resent: number;
  /** Calls back once, when `queued` is low. */
  onceDrained(run: () => void): void;
  /** Stops the peer's direction, as far as the carrier can. */
  pause(): void;
  /** Starts it again. */
  resume(): void;
  /** Finishes our direction after what is queued (FIN). */
  end(): void;
  /** Breaks both directions now. Nothing is called afterwards. */
  destroy(): void;
}

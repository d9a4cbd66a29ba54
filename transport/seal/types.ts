// SPDX-License-Identifier: Apache-2.0
// Types of the seal: the sealed connection (made in sealed.ts), what its peer has proved, and what an end needs for it.

import type { Connection, Receiver } from '../channel/connection.ts';
import type { Clock } from '../time/clock.ts';
import type { KeyPair, Primitives } from './primitives.ts';

/** What a peer has proved. */
export interface Proved {
  /** Its static key, X25519. */
  readonly key: Uint8Array;
  /** The handshake's hash: no other path has the same (Noise section 11.2). */
  readonly hash: Uint8Array;
}

/** A Connection whose messages nobody but the two ends can read, alter, repeat, move or cut unnoticed. */
export interface Sealed extends Connection {
  /**
   * Resolves when the peer has proved its key, and that it is there now, and the keys of both directions stand. What is sent before
   * waits for it. Rejects with KEY_WRONG, SEAL_BROKEN, PATH_LOST, TIMED_OUT.
   */
  readonly ready: Promise<Proved>;
  /** The same, once it is so: before anything that came is handed out. */
  readonly proved: Proved | null;
  /** As in Connection, but here the memory of a message is the receiver's to keep. */
  start(receiver: Receiver): void;
  /** As in Connection, for a message in one or two pieces. What is sent before the keys stand waits for them. */
  send(head: Uint8Array, content?: Uint8Array): boolean;
  /** Has small messages share a record of no more than about so many bytes from now on: on a slow line a long record is late. */
  gather(bytes: number): void;
}

/** What an end needs to seal a connection. */
export interface SealOptions {
  /** Our static key, X25519. */
  readonly key: KeyPair;
  /** This platform’s cryptography. */
  readonly primitives: Primitives;
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
  /** REKEY_RECORDS, except in tests; the same at both ends. */
  readonly rekeyRecords?: number;
}

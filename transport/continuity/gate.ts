// SPDX-License-Identifier: Apache-2.0
// Who may open a session: what a host asks before it serves one, and what a visitor has to answer.

import type { PortholeError } from '../../proto/errors.ts';
import type { Challenge, Proof } from '../../proto/path.ts';

export type { Challenge, Proof } from '../../proto/path.ts';

/** Who a visitor is to the host, in words: 'anyone', 'key ab12…', 'password', 'invite 7f3c'. */
export interface Authorization {
  /** For logs, and for the site (`Visitor.who`). */
  readonly who: string;
}

/** What a visitor has shown when it asks for a new session. */
export interface Applicant {
  /** Its static X25519 key, proved by the seal. */
  readonly key: Uint8Array;
  /** The hash of the handshake, which proofs are bound to. */
  readonly hash: Uint8Array;
  /** An invitation; empty without one. */
  readonly token: Uint8Array;
}

/** Judges a visitor that was let in: null where what let it in still does, else the refusal that ends its session. */
export type Judgement = (authorization: Authorization) => PortholeError | null;

/** The host's. Sessions that go on over another path show nothing anew, for they are bound to the visitor's key; but they are judged. */
export interface Gate {
  /**
   * Resolves with who it is, or rejects with the refusal (a PortholeError: NOT_ALLOWED, PASSWORD_WRONG, TOKEN_EXPIRED,
   * RATE_LIMITED), which the visitor is told.
   * @param ask sends a challenge and resolves with the visitor's proof; may be called again when that is wrong. Rejects when
   *   the visitor goes away (its path's reason) or does not answer in time (TIMED_OUT).
   */
  authorize(visitor: Applicant, ask: (challenge: Challenge) => Promise<Proof>): Promise<Authorization>;
  /**
   * Reads the rules as they are now, for all whom they have let in. Called every JUDGE_MS while there are sessions, and when one goes
   * on over another path. A gate without it takes back nothing.
   */
  judge?(): Promise<Judgement>;
}

/** The visitor's. */
export interface Credentials {
  /** An invitation: it goes with the first message of a session, which only the host can open. */
  readonly token?: Uint8Array;
  /**
   * Answers a challenge of the host's; rejects to give up.
   * @param hash of the handshake, which the proof is bound to
   */
  answer?(challenge: Challenge, hash: Uint8Array): Promise<Proof>;
}

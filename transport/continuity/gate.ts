// SPDX-License-Identifier: Apache-2.0
// Who may have a session: the host's gate, and the credentials a visitor shows it (SITE.md section 11). Interfaces only.

/** What the host asks for before it lets a new session in. */
export interface Challenge {
  /** PASSWORD_NEEDED, PASSWORD_WRONG. */
  readonly code: string;
  /** A sentence for a person. */
  readonly message: string;
  /** Of scrypt. */
  readonly salt: Uint8Array;
  /** N of scrypt; r = 8, p = 1. */
  readonly cost: number;
}

/** The visitor's answer to a Challenge. */
export interface Proof {
  /** HMAC-SHA256 over the handshake's hash, keyed by the salted password. */
  readonly password: Uint8Array;
}

/** Who asks to be let in, as the seal proved it. */
export interface Applicant {
  /** The visitor's static X25519 key, 32 bytes. */
  readonly key: Uint8Array;
  /** The handshake's hash (Noise section 11.2): what a proof is bound to. */
  readonly hash: Uint8Array;
  /** The invitation of its Join; empty when there is none. */
  readonly token: Uint8Array;
}

/** Who was let in. */
export interface Admission {
  /** For logs and for the site: 'anyone', 'key ab12…', 'password', 'invite 7f3c…'. */
  readonly who: string;
}

/** The host's: decides about each new session. */
export interface Gate {
  /**
   * Resolves with who it is, or rejects with the refusal (NOT_ALLOWED, TOKEN_INVALID, TOKEN_EXPIRED, RATE_LIMITED …).
   * @param ask sends a Challenge on the visitor's path and resolves with its Proof; may be called again (wrong password)
   */
  admit(visitor: Applicant, ask: (challenge: Challenge) => Promise<Proof>): Promise<Admission>;
}

/** The visitor's: what it shows a gate. */
export interface Credentials {
  /** An invitation; sent in the first Join, sealed to the host. */
  readonly token?: Uint8Array;
  /**
   * Answers a Challenge; rejects to give up.
   * @param hash the handshake's hash
   */
  answer?(challenge: Challenge, hash: Uint8Array): Promise<Proof>;
}

// SPDX-License-Identifier: Apache-2.0
// The gate of a site that is not for everyone: a key on the list, an invitation or the password opens it (ACCESS.md).

import { timingSafeEqual } from 'node:crypto';
import { PortholeError } from '../../proto/errors.ts';
import { visitorId } from '../../proto/visitor.ts';
import { rateLimited } from '../../proto/wait.ts';
import type { Admission, Applicant, Challenge, Gate, Proof } from '../../transport/continuity/gate.ts';
import { MAX_WAITING_SESSIONS } from '../../transport/continuity/limits.ts';
import { passwordProof } from '../../transport/continuity/password.ts';
import { GUESS_LIMITS, Guesses, type GuessLimits } from './guesses.ts';
import { checkInvite, shortInvite } from './invites.ts';
import { type AllowedKey, findKey, shortKey } from './keys.ts';
import type { PasswordVerifier } from './password.ts';

/** Visitors that may be thinking about their password at once: fewer than may wait for admission, so that the others get in. */
export const MAX_ASKED = MAX_WAITING_SESSIONS / 2;
/** What a visitor over MAX_ASKED is told to wait, in milliseconds. */
const CROWD_MS = 10_000;

/** What opens a site. Each is enough. */
export interface AccessRules {
  /** Visitors' keys; asked for each visitor. */
  readonly keys?: () => Promise<readonly AllowedKey[]>;
  readonly password?: PasswordVerifier;
  /** Checks invitations: derived from the site's identity for INVITE_KEY_LABEL. */
  readonly inviteKey: Uint8Array;
  /** Whom an invitation was made for, where that is known. */
  readonly inviteLabel?: (id: string) => Promise<string>;
}

export interface GateOptions {
  readonly limits?: GuessLimits;
  /** Milliseconds since 1970. */
  readonly time?: () => number;
  /** Told of each wrong password and of each visitor that was turned away, by its whole key: the owner may want to let it in. */
  readonly onRefused?: (key: string, error: PortholeError) => void;
}

/** Makes the gate of a site. */
export function createGate(rules: AccessRules, options: GateOptions = {}): Gate {
  return new SiteGate(rules, options);
}

class SiteGate implements Gate {
  readonly #rules: AccessRules;
  readonly #options: GateOptions;
  readonly #guesses: Guesses;
  #asked = 0;

  constructor(rules: AccessRules, options: GateOptions) {
    this.#rules = rules;
    this.#options = options;
    this.#guesses = new Guesses(options.limits ?? GUESS_LIMITS);
  }

  async admit(visitor: Applicant, ask: (challenge: Challenge) => Promise<Proof>): Promise<Admission> {
    const { keys, password, inviteKey, inviteLabel } = this.#rules;
    const id = visitorId(visitor.key);
    const listed = keys && findKey(await keys(), visitor.key);
    if (listed) return { who: named(shortKey(listed.id), listed.label) };
    let refusal = new PortholeError('NOT_ALLOWED', 'the owner of this site has not let this visitor in');
    if (visitor.token.length > 0) {
      const invite = checkInvite(inviteKey, visitor.token, (this.#options.time ?? Date.now)());
      if (invite.state === 'good') return { who: named(shortInvite(invite.id), await inviteLabel?.(invite.id)) };
      refusal = new PortholeError(invite.state === 'expired' ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
    }
    if (!password) throw this.#refused(id, refusal);
    // The password also opens the site to those whose invitation does not.
    const words = refusal.code === 'NOT_ALLOWED' ? 'the site asks for a password' : `${refusal.message}; the password opens the site too`;
    await this.#askPassword(password, visitor.hash, id, words, ask);
    return { who: 'password' };
  }

  /** Asks until the password is right, the visitor gives up, or there were too many wrong ones. */
  async #askPassword(
    { salt, cost, verifier }: PasswordVerifier,
    hash: Uint8Array,
    id: string,
    words: string,
    ask: (challenge: Challenge) => Promise<Proof>,
  ): Promise<void> {
    const right = passwordProof(verifier, hash);
    let challenge: Challenge = { code: 'PASSWORD_NEEDED', message: words, salt, cost };
    for (;;) {
      await this.#guesses.check(id).catch((error) => Promise.reject(this.#refused(id, error)));
      const { password: proof } = await this.#inTurn(id, () => ask(challenge));
      const wasRight = await this.#guesses.spend(id).catch((error) => Promise.reject(this.#refused(id, error)));
      if (proof.length === right.length && timingSafeEqual(proof, right)) return wasRight();
      const wrong = this.#refused(id, new PortholeError('PASSWORD_WRONG'));
      challenge = { code: wrong.code, message: wrong.message, salt, cost };
    }
  }

  /** Asks no more than MAX_ASKED visitors at once. */
  async #inTurn(id: string, ask: () => Promise<Proof>): Promise<Proof> {
    if (this.#asked >= MAX_ASKED) {
      throw this.#refused(id, rateLimited('too many visitors are being asked for the password at once', CROWD_MS));
    }
    this.#asked++;
    try {
      return await ask();
    } finally {
      this.#asked--;
    }
  }

  /** Tells the owner; what a path or the visitor's own end says is not for them. */
  #refused(id: string, error: PortholeError): PortholeError {
    this.#options.onRefused?.(id, error);
    return error;
  }
}

function named(what: string, label: string | undefined): string {
  return label ? `${what} (${label})` : what;
}

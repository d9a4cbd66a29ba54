// SPDX-License-Identifier: Apache-2.0
// The gate of a site that is not for everyone: a key on the list, an invitation or the password opens it (ACCESS.md).

import { timingSafeEqual } from 'node:crypto';
import { type ErrorCode, PortholeError } from '../../proto/errors.ts';
import { visitorId } from '../../proto/visitor.ts';
import { rateLimited } from '../../proto/wait.ts';
import { type Clock, systemClock } from '../../transport/clock.ts';
import type { Admission, Applicant, Challenge, Gate, Proof } from '../../transport/continuity/gate.ts';
import { passwordProof } from '../../transport/continuity/password.ts';
import { GUESS_LIMITS, Guesses, type GuessLimits } from './guesses.ts';
import { checkInvite, shortInvite } from './invites.ts';
import { type AllowedKey, findKey, shortKey } from './keys.ts';
import type { PasswordVerifier } from './password.ts';

/** How long a person may take over one password, in milliseconds. */
export const ANSWER_MS = 300_000;
/** Visitors that may be thinking about their password at once. */
export const MAX_ASKED = 256;
/** What a visitor over MAX_ASKED is told to wait, in milliseconds. */
const CROWD_MS = 10_000;
/** What this gate says, and no path. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['NOT_ALLOWED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'RATE_LIMITED']);

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
  readonly clock?: Clock;
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
    try {
      return { who: await this.#who(visitor, ask) };
    } catch (thrown) {
      if (thrown instanceof PortholeError && REFUSALS.has(thrown.code)) this.#options.onRefused?.(visitorId(visitor.key), thrown);
      throw thrown;
    }
  }

  async #who(visitor: Applicant, ask: (challenge: Challenge) => Promise<Proof>): Promise<string> {
    const { keys, password, inviteKey } = this.#rules;
    const listed = keys && findKey(await keys(), visitor.key);
    if (listed) return named(shortKey(listed.id), listed.label);
    let refusal = new PortholeError('NOT_ALLOWED', 'the owner of this site has not let this visitor in');
    if (visitor.token.length > 0) {
      const invite = checkInvite(inviteKey, visitor.token, (this.#options.time ?? Date.now)());
      if (invite.state === 'good') return named(shortInvite(invite.id), await this.#rules.inviteLabel?.(invite.id));
      refusal = new PortholeError(invite.state === 'expired' ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
    }
    // The password also opens the site to those whose invitation does not.
    if (password) return this.#askPassword(password, visitor, ask, visitor.token.length > 0 ? refusal : null);
    throw refusal;
  }

  /** Asks until the password is right, the visitor gives up, or there were too many wrong ones. */
  async #askPassword(
    { salt, cost, verifier }: PasswordVerifier,
    { key, hash }: Applicant,
    ask: (challenge: Challenge) => Promise<Proof>,
    before: PortholeError | null,
  ): Promise<string> {
    const id = visitorId(key);
    const right = passwordProof(verifier, hash);
    let challenge: Challenge = {
      code: 'PASSWORD_NEEDED',
      message: before ? `${before.message}; the password opens the site too` : 'the site asks for a password',
      salt,
      cost,
    };
    for (;;) {
      await this.#guesses.check(id);
      const { password: proof } = await this.#answer(() => ask(challenge));
      const wasRight = await this.#guesses.spend(id);
      if (proof.length === right.length && timingSafeEqual(proof, right)) {
        await wasRight();
        return 'password';
      }
      const wrong = new PortholeError('PASSWORD_WRONG');
      this.#options.onRefused?.(id, wrong);
      challenge = { code: wrong.code, message: wrong.message, salt, cost };
    }
  }

  /** An answer within ANSWER_MS, from no more than MAX_ASKED visitors at once. */
  async #answer(ask: () => Promise<Proof>): Promise<Proof> {
    if (this.#asked >= MAX_ASKED) throw rateLimited('too many visitors are being asked for the password at once', CROWD_MS);
    this.#asked++;
    let cancel = (): void => {};
    try {
      return await Promise.race([
        ask(),
        new Promise<never>((_, reject) => {
          const clock = this.#options.clock ?? systemClock;
          cancel = clock.after(ANSWER_MS, () => reject(new PortholeError('TIMED_OUT', 'no password was given in time')));
        }),
      ]);
    } finally {
      cancel();
      this.#asked--;
    }
  }
}

function named(what: string, label: string | undefined): string {
  return label ? `${what} (${label})` : what;
}

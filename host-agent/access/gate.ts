// SPDX-License-Identifier: Apache-2.0
// The gate of a site that is not for everyone: a key on the list, an invitation or the password opens it (ACCESS.md).

import { timingSafeEqual } from 'node:crypto';
import { PortholeError } from '../../proto/errors.ts';
import { visitorId } from '../../proto/visitor.ts';
import { rateLimited } from '../../proto/wait.ts';
import type { Applicant, Authorization, Challenge, Gate, Judgement, Proof } from '../../transport/continuity/gate.ts';
import { MAX_WAITING_SESSIONS } from '../../transport/continuity/limits.ts';
import { passwordProof } from '../../transport/continuity/password.ts';
import { GUESS_LIMITS, Guesses, type GuessLimits } from './guesses.ts';
import { checkInvite, shortInvite } from './invites.ts';
import { type AllowedKey, findKey, shortKey } from './keys.ts';
import type { PasswordVerifier } from './password.ts';

/** Visitors that may be thinking about their password at once: fewer than may wait for authorization, so that the others get in. */
export const MAX_ASKED = MAX_WAITING_SESSIONS / 2;
/** What a visitor over MAX_ASKED is told to wait, in milliseconds. */
const CROWD_MS = 10_000;

/** What opens a site. Each is enough. */
export interface AccessRules {
  /** Visitors' keys; asked for each visitor. */
  readonly keys?: () => Promise<readonly AllowedKey[]>;
  /** The password; asked for again each time where it may change while the host runs. */
  readonly password?: PasswordVerifier | (() => Promise<PasswordVerifier>);
  /** Checks invitations: derived from the site's identity for INVITE_KEY_LABEL. */
  readonly inviteKey: Uint8Array;
  /** Whom an invitation was made for, where that is known. */
  readonly inviteLabel?: (id: string) => Promise<string>;
  /** The ids of invitations that were taken back. */
  readonly revoked?: () => Promise<ReadonlySet<string>>;
}

/** What let a visitor in. */
type Grant =
  | { readonly by: 'key'; readonly id: string }
  | { readonly by: 'invite'; readonly id: string; readonly expires: number }
  | { readonly by: 'password'; readonly verifier: Uint8Array };

/** What a gate may be told beside its rules. */
export interface GateOptions {
  /** How often the password may be guessed; GUESS_LIMITS when left out. */
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
  /** What let in those who were; it goes with them. */
  readonly #grants = new WeakMap<Authorization, Grant>();
  #asked = 0;

  constructor(rules: AccessRules, options: GateOptions) {
    this.#rules = rules;
    this.#options = options;
    this.#guesses = new Guesses(options.limits ?? GUESS_LIMITS);
  }

  async authorize(visitor: Applicant, ask: (challenge: Challenge) => Promise<Proof>): Promise<Authorization> {
    const { keys, password, inviteKey, inviteLabel, revoked } = this.#rules;
    const id = visitorId(visitor.key);
    const listed = keys && findKey(await keys(), visitor.key);
    if (listed) return this.#granted(named(shortKey(listed.id), listed.label), { by: 'key', id: listed.id });
    let refusal = new PortholeError('NOT_ALLOWED', 'the owner of this site has not let this visitor in');
    if (visitor.token.length > 0) {
      const invite = checkInvite(inviteKey, visitor.token, this.#now);
      const takenBack = invite.state === 'good' && (await revoked?.())?.has(invite.id);
      if (invite.state === 'good' && !takenBack) {
        const { id, expires } = invite;
        return this.#granted(named(shortInvite(id), await inviteLabel?.(id)), { by: 'invite', id, expires });
      }
      refusal = takenBack ? takenBackError() : new PortholeError(invite.state === 'expired' ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
    }
    if (!password) throw this.#refused(id, refusal);
    // The password also opens the site to those whose invitation does not.
    const words = refusal.code === 'NOT_ALLOWED' ? 'the site asks for a password' : `${refusal.message}; the password opens the site too`;
    const { verifier } = await this.#askPassword(visitor.hash, id, words, ask);
    return this.#granted('password', { by: 'password', verifier });
  }

  async judge(): Promise<Judgement> {
    const { keys, revoked } = this.#rules;
    const listed = keys && new Set((await keys()).map(({ id }) => id));
    const takenBack = await revoked?.();
    const password = await this.#password();
    const now = this.#now;
    return (authorization) => {
      const grant = this.#grants.get(authorization);
      switch (grant?.by) {
        case 'key':
          return listed?.has(grant.id)
            ? null
            : new PortholeError('NOT_ALLOWED', 'the owner of this site does not let this visitor in any more');
        case 'invite':
          if (takenBack?.has(grant.id)) return takenBackError();
          return now < grant.expires ? null : new PortholeError('TOKEN_EXPIRED');
        case 'password':
          return password && isSame(password.verifier, grant.verifier)
            ? null
            : new PortholeError('PASSWORD_NEEDED', 'the site has another password now');
        default:
          return new PortholeError('NOT_ALLOWED');
      }
    };
  }

  get #now(): number {
    return (this.#options.time ?? Date.now)();
  }

  #granted(who: string, grant: Grant): Authorization {
    const authorization = { who };
    this.#grants.set(authorization, grant);
    return authorization;
  }

  async #password(): Promise<PasswordVerifier | undefined> {
    const { password } = this.#rules;
    return typeof password === 'function' ? password() : password;
  }

  /** Asks until the password is right, the visitor gives up, or there were too many wrong ones. @returns what was right */
  async #askPassword(
    hash: Uint8Array,
    id: string,
    words: string,
    ask: (challenge: Challenge) => Promise<Proof>,
  ): Promise<PasswordVerifier> {
    let question: Pick<Challenge, 'code' | 'message'> = { code: 'PASSWORD_NEEDED', message: words };
    for (;;) {
      const password = (await this.#password()) as PasswordVerifier;
      const { salt, cost } = password;
      const { code, message } = question;
      await this.#guesses.check(id).catch((error) => Promise.reject(this.#refused(id, error)));
      const { password: proof } = await this.#inTurn(id, () => ask({ code, message, salt, cost }));
      // Changed while somebody typed: what was answered is the answer to another question.
      if (!isSame(((await this.#password()) as PasswordVerifier).verifier, password.verifier)) continue;
      const wasRight = await this.#guesses.spend(id).catch((error) => Promise.reject(this.#refused(id, error)));
      if (isSame(proof, passwordProof(password.verifier, hash))) {
        await wasRight();
        return password;
      }
      question = this.#refused(id, new PortholeError('PASSWORD_WRONG'));
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

const takenBackError = (): PortholeError => new PortholeError('TOKEN_INVALID', 'the invitation was taken back');

function isSame(x: Uint8Array, y: Uint8Array): boolean {
  return x.length === y.length && timingSafeEqual(x, y);
}

function named(what: string, label: string | undefined): string {
  return label ? `${what} (${label})` : what;
}

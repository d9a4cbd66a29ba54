// SPDX-License-Identifier: Apache-2.0
// What a visitor shows a restricted site: an invitation, and the answer to a question for the password.

import { errorFromWire } from '../../proto/errors.ts';
import type { Challenge, Credentials } from '../../transport/continuity/gate.ts';
import { checkChallenge, passwordBytes, passwordProof, type Salting } from '../../transport/continuity/password.ts';

/** Salted passwords, kept so that a person is asked once. What is kept opens this one site, as long as its password stays. */
export interface SaltedStore {
  get(salt: string): Uint8Array | null;
  keep(salt: string, verifier: Uint8Array): void;
  drop(salt: string): void;
}

/** Where the password comes from, and where its salted form is kept. */
export interface PasswordOptions {
  /**
   * Gives the password; null gives up.
   * @param question `code`: PASSWORD_NEEDED, or PASSWORD_WRONG when the last one was
   */
  ask(question: { readonly code: string; readonly message: string }): Promise<string | null>;
  /** Salts a password on this platform: `nodeSalting`. */
  readonly salting: Salting;
  /** In memory when left out. */
  readonly store?: SaltedStore;
}

/** Keeps salted passwords for as long as the program runs. */
export function memoryStore(): SaltedStore {
  const kept = new Map<string, Uint8Array>();
  return {
    get: (salt) => kept.get(salt) ?? null,
    keep: (salt, verifier) => void kept.set(salt, verifier),
    drop: (salt) => void kept.delete(salt),
  };
}

/**
 * Answers questions for the password. The password itself is not kept, and neither it nor its salted form leaves this end.
 * `answer` rejects with PASSWORD_NEEDED or PASSWORD_WRONG when `ask` gives up, with PROTOCOL_VIOLATED for a question
 * that is not safe to answer, with USAGE for a password that can be none.
 */
export function passwordCredentials({ ask, salting, store = memoryStore() }: PasswordOptions): Required<Pick<Credentials, 'answer'>> {
  return {
    async answer(challenge, hash) {
      checkChallenge(challenge);
      const salt = saltName(challenge);
      if (challenge.code === 'PASSWORD_WRONG') store.drop(salt);
      let verifier = store.get(salt);
      if (!verifier) {
        const question = errorFromWire(challenge.code, challenge.message);
        const password = await ask(question);
        if (password === null) throw question;
        verifier = await salting(passwordBytes(password), challenge.salt, challenge.cost);
        store.keep(salt, verifier);
      }
      return { password: passwordProof(verifier, hash) };
    },
  };
}

/** One password that is not asked for again: from a file, or the environment. */
export function onePassword(password: string, salting: Salting): Required<Pick<Credentials, 'answer'>> {
  return passwordCredentials({ ask: async ({ code }) => (code === 'PASSWORD_WRONG' ? null : password), salting });
}

function saltName({ salt, cost }: Challenge): string {
  return `${cost}:${Array.from(salt, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

// SPDX-License-Identifier: Apache-2.0
// Passes the host's question for the password to the windows: asks all of them, and takes the first answer.

import type { Challenge, Proof } from '../../../transport/continuity/gate.ts';
import type { VisitState } from '../../visit/visit.ts';
import type { SaltedStore } from '../../visitor/credentials.ts';
import { loadPart } from '../shared/parts.ts';
import type { Tab, Tabs } from './tabs.ts';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export class SessionDoor implements SaltedStore {
  readonly #tabs: Tabs;
  readonly #salted = new Map<string, Uint8Array>();
  /** What a person gave, and has not opened the site yet. */
  #untried: { readonly salt: string; readonly verifier: Uint8Array; readonly tab: Tab | null } | null = null;
  #asked: { readonly wrong: boolean; readonly settle: (password: string | null) => void } | null = null;
  #answered: Tab | null = null;

  constructor(tabs: Tabs) {
    this.#tabs = tabs;
  }

  /** Answers the host's question. */
  async answer(challenge: Challenge, hash: Uint8Array): Promise<Proof> {
    const { pageSalting, passwordCredentials } = await loadPart(() => import('./password-part.ts'));
    const ask = ({ code }: { readonly code: string }) => this.#ask(code === 'PASSWORD_WRONG');
    return passwordCredentials({ store: this, salting: pageSalting, ask }).answer(challenge, hash);
  }

  /** A window came: it may know a salted password, and shows the question that is open. */
  came(tab: Tab): void {
    for (const text of tab.pass.salted) {
      const at = text.lastIndexOf('=');
      const salt = text.slice(0, at);
      if (!this.#salted.has(salt)) this.#salted.set(salt, bytesOf(text.slice(at + 1)));
    }
    if (this.#asked) tab.tell({ porthole: 'ask', wrong: this.#asked.wrong });
  }

  /** Whether a window brings every salted password that is known here. */
  isKnownTo({ pass }: Tab): boolean {
    return [...this.#salted].every(([salt, verifier]) => pass.salted.includes(`${salt}=${hex(verifier)}`));
  }

  /** Forgets what the windows brought. */
  forget(): void {
    this.#salted.clear();
    this.#untried = null;
    this.#settle(null);
  }

  /** A person answered. */
  given(password: string, tab: Tab): void {
    this.#answered = tab;
    this.#settle(password);
  }

  /** The visit stands differently: the question is over, and what was tried is kept or forgotten. */
  follow({ state }: VisitState): void {
    if (state === 'connected' && this.#untried) {
      const { salt, verifier, tab } = this.#untried;
      this.#salted.set(salt, verifier);
      tab?.tell({ porthole: 'salted', salt, verifier: hex(verifier) });
    }
    if (state !== 'connected' && state !== 'offline' && state !== 'closed') return;
    this.#untried = null;
    this.#settle(null);
  }

  get(salt: string): Uint8Array | null {
    return this.#untried?.salt === salt ? this.#untried.verifier : (this.#salted.get(salt) ?? null);
  }

  keep(salt: string, verifier: Uint8Array): void {
    this.#untried = { salt, verifier, tab: this.#answered };
  }

  drop(salt: string): void {
    this.#untried = null;
    if (this.#salted.delete(salt)) this.#tabs.tell({ porthole: 'salted', salt, verifier: null });
  }

  #ask(wrong: boolean): Promise<string | null> {
    this.#settle(null);
    this.#tabs.tell({ porthole: 'ask', wrong });
    return new Promise((settle) => {
      this.#asked = { wrong, settle };
    });
  }

  #settle(password: string | null): void {
    const asked = this.#asked;
    this.#asked = null;
    asked?.settle(password);
  }
}

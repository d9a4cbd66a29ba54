// SPDX-License-Identifier: Apache-2.0
// What a page keeps of its visitor, for this origin alone: the seed of its key, its invitation, salted passwords.

import { fragmentParts } from '../../links/fragment.ts';
import { SITE_KEY } from './names.ts';
import type { Pass } from './session-messages.ts';

/** Bytes of a visitor's seed (visitor-key.ts). */
const SEED_BYTES = 32;
const SEED_KEY = 'porthole-visitor';
const INVITE_KEY = 'porthole-invite';
const SALTED_KEY = 'porthole-salted';
const OPEN_COOKIE = 'porthole-open=1';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** What could not be stored (cookies off, a private window, a full store) is kept for as long as the page stays. */
const unstored = new Map<string, string>();

/** One item of a storage. */
class Item {
  readonly #storage: () => Storage;
  readonly #key: string;
  readonly #name: string;

  constructor(name: 'local' | 'session', storage: () => Storage, key: string) {
    this.#storage = storage;
    this.#key = key;
    this.#name = `${name} ${key}`;
  }

  get(): string | null {
    const text = unstored.get(this.#name);
    if (text !== undefined) return text;
    try {
      return this.#storage().getItem(this.#key);
    } catch {
      return null;
    }
  }

  set(value: string | null): void {
    unstored.delete(this.#name);
    try {
      if (value === null) this.#storage().removeItem(this.#key);
      else this.#storage().setItem(this.#key, value);
    } catch {
      if (value !== null) unstored.set(this.#name, value);
    }
  }
}

const kept = (key: string): Item => new Item('local', () => localStorage, key);
const forTab = (key: string): Item => new Item('session', () => sessionStorage, key);

/** The seed of this visitor's key; made on first use. */
function pageSeed(): Uint8Array {
  const item = kept(SEED_KEY);
  const text = item.get();
  if (text !== null && new RegExp(`^[0-9a-f]{${2 * SEED_BYTES}}$`).test(text)) return bytesOf(text);
  const seed = crypto.getRandomValues(new Uint8Array(SEED_BYTES));
  item.set(hex(seed));
  return seed;
}

/**
 * Takes an invitation and the site's key out of the address bar, where they would stand in the way of the site's own fragments
 * (and an invitation before the eyes of others). The key is believed in this tab, and kept once the site has proved it.
 * @returns whether the visit has to begin anew
 */
export function takeFragment(): boolean {
  const { invite, key, link, fragment } = fragmentParts(location.href);
  const before = pageSite();
  if (invite !== null) kept(INVITE_KEY).set(invite);
  if (key !== null) forTab(SITE_KEY).set(key);
  if (link + fragment !== location.href) history.replaceState(history.state, '', link + fragment);
  return invite !== null || pageSite() !== before;
}

/**
 * The id of this origin's site, which is its key: as this tab's link had it, or as the site proved it before; null for a first visit
 * by name. What is no id was damaged, and fits no site.
 */
function pageSite(): string | null {
  return forTab(SITE_KEY).get() ?? kept(SITE_KEY).get();
}

/** The site has proved its key. */
export function keepSite(id: string): void {
  kept(SITE_KEY).set(id);
}

/** The invitation that was taken last, as it stood in its link. */
function pageInvite(): string | null {
  return kept(INVITE_KEY).get();
}

/** Goes on without an invitation. */
export function dropInvite(): void {
  kept(INVITE_KEY).set(null);
}

/** All of it, for the session's worker, which has no storage of this kind. */
export function pagePass(): Pass {
  const salted = [forTab(SALTED_KEY), kept(SALTED_KEY)].map((item) => item.get()).filter((text) => text !== null);
  return { seed: pageSeed(), invite: pageInvite(), site: pageSite(), salted, restarted: isFresh() };
}

/**
 * Whether the browser was started since this origin was open last: a cookie of the browser's own goes with it, as those of the site
 * that say no end are to. It says nothing of the site. Where the browser keeps none, nobody can tell.
 */
function isFresh(): boolean {
  const here = (): boolean => document.cookie.includes(OPEN_COOKIE);
  if (here()) return false;
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the other interface
  document.cookie = `${OPEN_COOKIE}; path=/; samesite=strict`;
  return here();
}

/**
 * Keeps the salted password that opened this site, for the tab, or for as long as the browser keeps it. It is the site's own
 * secret, on the site's own origin. One is enough: a new salt means a new password.
 */
export function keepSalted(salt: string, verifier: string, beyondTab: boolean): void {
  (beyondTab ? kept : forTab)(SALTED_KEY).set(`${salt}=${verifier}`);
}

/** Forgets the salted password of a salt: it opens the site no more. */
export function dropSalted(salt: string): void {
  for (const item of [forTab(SALTED_KEY), kept(SALTED_KEY)]) if (item.get()?.startsWith(`${salt}=`)) item.set(null);
}

// SPDX-License-Identifier: Apache-2.0
// `cookieStore` in a page of the site (WHATWG Cookie Store), where the browser has it: the site's cookies, and events of their changes.

import { type Cookie, LONGEST_LIFE_MS, type SameSite } from '../shared/cookies.ts';
import { handler } from './event-handler.ts';
import { type CookieChanges, type PageCookies, textOf } from './page-cookies.ts';

/** What the types do not have: not every browser has the interface. */
interface WithCookieStore {
  readonly CookieStore?: { readonly prototype: EventTarget };
  readonly CookieChangeEvent?: new (type: string, init: { changed?: CookieItem[]; deleted?: CookieItem[] }) => Event;
}

interface CookieItem {
  readonly name: string;
  readonly value?: string;
}

interface Wanted {
  readonly name?: string;
  readonly url?: string;
}

/** What `set` and `delete` take. */
interface Given {
  readonly name?: unknown;
  readonly value?: unknown;
  readonly expires?: number | null;
  readonly domain?: string | null;
  readonly path?: string;
  readonly sameSite?: SameSite;
  readonly partitioned?: boolean;
}

/** An item as pages get it. Those of Chromium have more members than the standard's, which has name and value alone. */
function itemOf({ name, value, path, expires, sameSite, secure = false }: Cookie): CookieItem {
  const item = { name: textOf(name), value: textOf(value) };
  return 'chrome' in globalThis ? ({ ...item, domain: null, path, expires, secure, sameSite, partitioned: false } as CookieItem) : item;
}

/** Makes the page's `cookieStore` read and write the page's copy of the jar. */
export function ownCookieStore(cookies: PageCookies): void {
  const { CookieStore, CookieChangeEvent } = globalThis as WithCookieStore;
  if (!CookieStore || !CookieChangeEvent) return;
  const { prototype } = CookieStore;
  // An EventTarget of its own: the browser's tells of its own cookies.
  const store = Object.setPrototypeOf(new EventTarget(), prototype) as EventTarget;

  const found = (given: unknown): readonly Cookie[] => {
    const { name, url } = (typeof given === 'object' && given !== null ? given : { name: given }) as Wanted;
    if (url !== undefined && withoutFragment(new URL(url, document.baseURI).href) !== withoutFragment(location.href))
      throw new TypeError('A page reads the cookies of its own address.');
    const asked = name === undefined ? null : trimmed(String(name));
    return cookies.seen.filter((cookie) => asked === null || textOf(cookie.name) === asked);
  };
  const write = async (given: Given): Promise<void> => {
    const done = cookies.write(textFor(given));
    if (!done) throw new TypeError('This is no cookie that the page may set.');
    if (!(await done)) throw new TypeError('A cookie that no script sees is in its place.');
  };
  const methods = {
    async get(given?: unknown): Promise<CookieItem | null> {
      const { name, url } = (typeof given === 'object' && given !== null ? given : { name: given }) as Wanted;
      if (name === undefined && url === undefined) throw new TypeError('There is neither a name nor an address.');
      const [first] = found(given);
      return first ? itemOf(first) : null;
    },
    async getAll(given?: unknown): Promise<CookieItem[]> {
      return found(given).map(itemOf);
    },
    async set(given: unknown, value?: unknown): Promise<void> {
      await write(typeof given === 'object' && given !== null ? (given as Given) : { name: given, value });
    },
    async delete(given: unknown): Promise<void> {
      const { name, domain, path, partitioned } = (typeof given === 'object' && given !== null ? given : { name: given }) as Given;
      // A cookie without a name and a value is none.
      await write({ name, domain, path, partitioned, expires: 0, value: trimmed(String(name)) === '' ? '-' : '' });
    },
  };
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(prototype, name, { value, configurable: true, enumerable: true, writable: true });
  handler(prototype, 'change');
  Object.defineProperty(window, 'cookieStore', { configurable: true, enumerable: true, get: () => store });

  cookies.onChange = ({ changed, deleted }: CookieChanges) => {
    const event = new CookieChangeEvent('change', {
      changed: changed.map(itemOf),
      deleted: deleted.map((cookie) => ({ ...itemOf(cookie), value: undefined, expires: undefined })),
    });
    setTimeout(() => store.dispatchEvent(event));
  };
}

const trimmed = (text: string): string => text.replace(/^[\t ]+|[\t ]+$/g, '');
const withoutFragment = (url: string): string => url.replace(/#.*/s, '');

/**
 * The cookie as `document.cookie` would be given it.
 * @throws TypeError for what cannot stand in one
 */
function textFor({ name, value, expires = null, domain = null, path = '/', sameSite = 'strict', partitioned = false }: Given): string {
  if (name === undefined || value === undefined) throw new TypeError('A cookie has a name and a value.');
  const [own, text] = [trimmed(String(name)), trimmed(String(value))];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  const wrong = /[;\0-\x08\x0a-\x1f\x7f]/;
  if (wrong.test(own) || wrong.test(text) || own.includes('='))
    throw new TypeError('A name or a value has a character that it may not have.');
  if (own === '' && (text === '' || text.includes('='))) throw new TypeError('A cookie without a name has a value, and no “=” in it.');
  if (!path.startsWith('/') || wrong.test(path)) throw new TypeError('A path begins with “/”.');
  if (domain?.startsWith('.') || wrong.test(domain ?? '')) throw new TypeError('A domain does not begin with a dot.');
  if (!/^(strict|lax|none)$/.test(sameSite)) throw new TypeError('There is no such SameSite.');
  const end = expires === null ? '' : `; expires=${new Date(Math.max(0, Math.min(expires, Date.now() + LONGEST_LIFE_MS))).toUTCString()}`;
  const of = domain === null ? '' : `; domain=${domain}`;
  return `${own}=${text}; path=${path}${end}${of}; samesite=${sameSite}; secure${partitioned ? '; partitioned' : ''}`;
}

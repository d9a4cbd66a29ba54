// SPDX-License-Identifier: Apache-2.0
// A page's copy of the cookie jar: there from the page's first line, kept current, and what scripts change in it told to the session.

import { SAY_PATH } from '../shared/bridge.ts';
import { COOKIES_CHANNEL, type CookieMessage, type PageGift } from '../shared/cookie-messages.ts';
import { type Cookie, CookieSet, keyOf, parseCookie } from '../shared/cookies.ts';
import type { PageMessage } from '../shared/session-messages.ts';

/** Milliseconds after the session has answered, within which the jar has said to all pages what this one set. */
const SAID_WITHIN_MS = 1_000;

/** Bytes, one in each character: as cookies are kept and sent. */
const bytesOf = (text: string): string => Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
/** The text that such bytes are of. */
export const textOf = (bytes: string): string => new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));

/** What is different in what a page's scripts read. */
export interface CookieChanges {
  readonly changed: readonly Cookie[];
  readonly deleted: readonly Cookie[];
}

export class PageCookies {
  readonly #client: string;
  readonly #say: (message: PageMessage) => void;
  readonly #ask = fetch.bind(window); // the page may bring another
  #cookies: CookieSet;
  /** What this page has set, by how the jar will say that it knows. */
  readonly #under = new Map<string, Cookie>();
  #writes = 0;
  #onChange: ((changes: CookieChanges) => void) | null = null;

  /**
   * @param gift what the jar had when the page began
   * @param say tells the session, before it hears of what the page asks for afterwards
   */
  constructor({ client, version, cookies: given }: PageGift, say: (message: PageMessage) => void) {
    this.#client = client;
    this.#say = say;
    this.#cookies = new CookieSet(given);
    const channel = new BroadcastChannel(COOKIES_CHANNEL);
    channel.onmessage = ({ data }: MessageEvent<CookieMessage>) => {
      if (data.to !== 'pages') return;
      this.#change(() => this.#heard(data));
      if (!data.whole) channel.postMessage({ to: 'jar', version: data.version, client } satisfies CookieMessage);
    };
    channel.postMessage({ to: 'jar', version, client } satisfies CookieMessage); // there may have been changes since it was given
  }

  /** What the page's scripts read, in its order. */
  get seen(): readonly Cookie[] {
    return this.#cookies.for(location.pathname, Date.now(), () => true);
  }

  /** Called with each change of that; the page's own are changes, too. */
  set onChange(run: (changes: CookieChanges) => void) {
    this.#onChange = run;
  }

  /**
   * A script sets a cookie.
   * @param text as `document.cookie` is given it
   * @returns whether the jar has taken it, once it knows of it; null: it is no cookie of this page's
   */
  write(text: string): Promise<boolean> | null {
    const { hostname: host, pathname: path } = location;
    const now = Date.now();
    const set = bytesOf(text);
    const cookie = parseCookie(set, { host, path, now, script: true });
    if (!cookie) return null;
    this.#change(() => this.#cookies.keep(cookie, now, true));
    const by = `${this.#client} ${++this.#writes}`;
    this.#under.set(by, cookie);
    // Through the worker, in order with all else that the page asks for; a policy of the page may forbid it that.
    const asked = this.#ask(`${SAY_PATH}?${new URLSearchParams({ path, set, by })}`, { method: 'HEAD' });
    const taken = asked.then(
      ({ status }) => status === 204,
      () => {
        this.#say({ is: 'cookie', text: set, path, by });
        return true;
      },
    );
    void taken.then(() => setTimeout(() => this.#under.delete(by), SAID_WITHIN_MS)); // the jar may have ended with its session
    return taken;
  }

  /** The jar says what is different. What this page has set since comes behind it. */
  #heard({ cookies, whole, by = '' }: CookieMessage & { readonly to: 'pages' }): void {
    this.#under.delete(by);
    const now = Date.now();
    const own = [...this.#under.values()];
    if (whole) {
      this.#cookies = new CookieSet(cookies);
      for (const cookie of own) this.#cookies.keep(cookie, now, true);
    } else {
      const newer = new Set(own.map(keyOf));
      this.#cookies.adopt(
        cookies.filter((cookie) => !newer.has(keyOf(cookie))),
        now,
      );
    }
  }

  #change(run: () => void): void {
    const before = this.#onChange && this.seen;
    run();
    if (!before) return;
    const after = this.seen;
    const is = (one: Cookie, other: Cookie): boolean => keyOf(one) === keyOf(other);
    const same = (one: Cookie, other: Cookie): boolean =>
      is(one, other) && one.value === other.value && one.expires === other.expires && one.sameSite === other.sameSite;
    const changed = after.filter((now) => !before.some((was) => same(now, was)));
    const deleted = before.filter((was) => !after.some((now) => is(now, was)));
    if (changed.length + deleted.length > 0) this.#onChange?.({ changed, deleted });
  }
}

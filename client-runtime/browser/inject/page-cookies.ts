// SPDX-License-Identifier: Apache-2.0
// A page's copy of the cookie jar: there from the page's first line, kept current, and what scripts change in it told to the session.

import { SAY_PATH } from '../shared/bridge.ts';
import { COOKIES_CHANNEL, type CookieMessage, type PageGift } from '../shared/cookie-messages.ts';
import { type Cookie, CookieSet, parseCookie } from '../shared/cookies.ts';
import type { PageMessage } from '../shared/session-messages.ts';

/** Bytes, one in each character: as cookies are kept and sent. */
export const bytesOf = (text: string): string => Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
/** The text that such bytes are of. */
export const textOf = (bytes: string): string => new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));

/** What is different in what a page's scripts read. */
export interface CookieChanges {
  readonly changed: readonly Cookie[];
  readonly deleted: readonly Cookie[];
}

export class PageCookies {
  readonly #say: (message: PageMessage) => void;
  readonly #ask = fetch.bind(window); // the page may bring another
  #cookies: CookieSet;
  #onChange: ((changes: CookieChanges) => void) | null = null;

  /**
   * @param gift what the jar had when the page began
   * @param say tells the session, before it hears of what the page asks for afterwards
   */
  constructor({ client, version, cookies: given }: PageGift, say: (message: PageMessage) => void) {
    this.#say = say;
    this.#cookies = new CookieSet(given);
    const channel = new BroadcastChannel(COOKIES_CHANNEL);
    channel.onmessage = ({ data }: MessageEvent<CookieMessage>) => {
      if (data.to !== 'pages') return;
      this.#change(() => {
        if (data.whole) this.#cookies = new CookieSet(data.cookies);
        else this.#cookies.adopt(data.cookies, Date.now());
      });
      if (!data.whole) channel.postMessage({ to: 'jar', version: data.version, client } satisfies CookieMessage);
    };
    channel.postMessage({ to: 'jar', version, client } satisfies CookieMessage); // there may have been changes since it was given
  }

  /** What the page's scripts read, in its order. */
  get seen(): readonly Cookie[] {
    return this.#cookies.for(location.pathname, Date.now(), () => true);
  }

  /** Calls with each change of that; the page's own are changes, too. */
  set onChange(run: (changes: CookieChanges) => void) {
    this.#onChange = run;
  }

  /**
   * A script sets a cookie.
   * @param text as `document.cookie` is given it
   * @returns resolves when the jar knows of it; null: it is no cookie of this page's
   */
  write(text: string): Promise<void> | null {
    const { hostname: host, pathname: path } = location;
    const now = Date.now();
    const set = bytesOf(text);
    const cookie = parseCookie(set, { host, path, now, script: true });
    if (!cookie) return null;
    this.#change(() => this.#cookies.keep(cookie, now, true));
    // Through the worker, in order with all else that the page asks for; a policy of the page may forbid it that.
    return this.#ask(`${SAY_PATH}?${new URLSearchParams({ path, set })}`, { method: 'HEAD' }).then(
      () => undefined,
      () => this.#say({ is: 'cookie', text: set, path }),
    );
  }

  #change(run: () => void): void {
    const before = this.#onChange && this.seen;
    run();
    if (!before) return;
    const after = this.seen;
    const same = (one: Cookie, other: Cookie): boolean => one.name === other.name && one.path === other.path;
    const changed = after.filter(
      (now) =>
        !before.some((was) => same(now, was) && now.value === was.value && now.expires === was.expires && now.sameSite === was.sameSite),
    );
    const deleted = before.filter((was) => !after.some((now) => same(now, was)));
    if (changed.length + deleted.length > 0) this.#onChange?.({ changed, deleted });
  }
}

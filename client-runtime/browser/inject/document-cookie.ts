// SPDX-License-Identifier: Apache-2.0
// `document.cookie` in a page of the site: a copy of the cookie jar, there from the page's first line and kept current.

import { COOKIE_PATH } from '../shared/bridge.ts';
import { COOKIES_CHANNEL, type CookieMessage, type PageGift } from '../shared/cookie-messages.ts';
import { CookieSet, cookieText, parseCookie } from '../shared/cookies.ts';
import type { PageMessage } from '../shared/session-messages.ts';

/** Bytes, one in each character: as cookies are kept and sent. */
const bytesOf = (text: string): string => Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
const textOf = (bytes: string): string => new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));

/**
 * Makes the page's cookies those of the jar: the browser's own for this host belong to the suite, and to whoever sets some for all
 * of its names.
 * @param gift what the jar had when the page began
 * @param say tells the session, before it hears of what the page asks for afterwards
 */
export function ownCookies({ client, version, cookies: given }: PageGift, say: (message: PageMessage) => void): void {
  const ask = fetch.bind(window); // the page may bring another
  let cookies = new CookieSet(given);
  const channel = new BroadcastChannel(COOKIES_CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<CookieMessage>) => {
    if (data.to !== 'pages') return;
    if (data.whole) cookies = new CookieSet(data.cookies);
    else {
      cookies.adopt(data.cookies, Date.now());
      channel.postMessage({ to: 'jar', version: data.version, client } satisfies CookieMessage);
    }
  };
  channel.postMessage({ to: 'jar', version, client } satisfies CookieMessage); // there may have been changes since it was given

  Object.defineProperty(Document.prototype, 'cookie', {
    configurable: true,
    enumerable: true,
    get(this: Document) {
      return this === document ? textOf(cookieText(cookies.for(location.pathname, Date.now(), () => true))) : '';
    },
    set(this: Document, value: unknown) {
      const text = bytesOf(String(value));
      const { hostname: host, pathname: path } = location;
      const now = Date.now();
      const cookie = parseCookie(text, { host, path, now, script: true });
      if (this !== document || !cookie) return;
      cookies.keep(cookie, now, true);
      // Through the worker, in order with all else that the page asks for; a policy of the page may forbid it that.
      const query = new URLSearchParams({ path, set: text });
      ask(`${COOKIE_PATH}?${query}`, { method: 'HEAD' }).catch(() => say({ is: 'cookie', text, path }));
    },
  });
  // The browser's own are not the site's. Pages look whether there is one.
  Object.defineProperty(window, 'cookieStore', { configurable: true, value: undefined });
}

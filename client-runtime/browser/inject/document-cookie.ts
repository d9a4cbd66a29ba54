// SPDX-License-Identifier: Apache-2.0
// `document.cookie` in a page of the site: the site's cookies. The browser's own for this host belong to the suite, and to whoever sets
// some for all of its names.

import { cookieText } from '../shared/cookies.ts';
import { type PageCookies, textOf } from './page-cookies.ts';

/** Makes `document.cookie` read and write the page's copy of the jar. */
export function ownCookies(cookies: PageCookies): void {
  Object.defineProperty(Document.prototype, 'cookie', {
    configurable: true,
    enumerable: true,
    get(this: Document) {
      return this === document ? textOf(cookieText(cookies.seen)) : '';
    },
    set(this: Document, value: unknown) {
      const text = String(value);
      if (this === document) void cookies.write(text);
    },
  });
}

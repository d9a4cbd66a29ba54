// SPDX-License-Identifier: Apache-2.0
// The messages between the cookie jar and the pages of its site.

import type { Cookie } from './cookies.ts';

/** The database that cookies are kept in. */
export const JAR_NAME = 'porthole-cookies';
/** The database of kept answers. */
export const CACHE_NAME = 'porthole-cache';
/** The BroadcastChannel of what is said. */
export const COOKIES_CHANNEL = 'porthole-cookies';

export type CookieMessage =
  /** These are different now, without those that no script sees; `whole`: these are all; `by`: what a page called its change. */
  | { readonly to: 'pages'; readonly version: string; readonly cookies: readonly Cookie[]; readonly whole: boolean; readonly by?: string }
  /** A page says what it knows: it is told what it missed, and whoever waits for it goes on. */
  | { readonly to: 'jar'; readonly version: string; readonly client: string }
  /** To jars of other sessions of this origin: what is stored is different now. What scripts are not to see is not said where they hear. */
  | { readonly to: 'jars' };

/** What a page is given with its script. */
export interface PageGift {
  /** By this the worker knows the page. */
  readonly client: string;
  readonly version: string;
  readonly cookies: readonly Cookie[];
  /** When the site's storage was cleared last, as the session calls that; null: not in its time. */
  readonly cleared: string | null;
  /** The site wants no other's page around this one. What says so is not told to the browser, as our shell is around it. */
  readonly guarded: boolean;
}

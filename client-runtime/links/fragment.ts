// SPDX-License-Identifier: Apache-2.0
// Splits a link's fragment into the site's key and an invitation, which no suite gets, and the site's own fragment.

export const INVITE = 'invite=';
export const KEY = 'key=';
/** A site's id, or one that was cut short: an own parameter of a site is hardly so long. */
const LIKE_A_KEY = /^[a-z2-7]{40,}$/;

/** A link without its fragment, and what stands in that. */
export interface FragmentParts {
  /** Without a fragment: what a suite may see. */
  readonly link: string;
  /** The fragment that is the site's own, with its `#`; empty when there is none. */
  readonly fragment: string;
  /** The invitation as it stands in the link; null when there is none. */
  readonly invite: string | null;
  /** The site's key as the fragment has it: its id, or what is left of one that was damaged; null without one. */
  readonly key: string | null;
}

/** Takes a fragment apart. Its parameters stand between `&`. */
export function fragmentParts(given: string): FragmentParts {
  const at = given.indexOf('#');
  const link = at < 0 ? given : given.slice(0, at);
  const items = at < 0 ? [] : given.slice(at + 1).split('&');
  const of = (name: string): string | null => items.find((item) => item.startsWith(name))?.slice(name.length) ?? null;
  const text = of(KEY)?.toLowerCase() ?? null;
  const key = text !== null && LIKE_A_KEY.test(text) ? text : null;
  const invite = of(INVITE);
  const own = items.filter((item) => !item.startsWith(INVITE) && !(key !== null && item.startsWith(KEY)));
  const fragment = own.length === items.length ? given.slice(link.length) : own.length > 0 ? `#${own.join('&')}` : '';
  return { link, fragment, invite, key };
}

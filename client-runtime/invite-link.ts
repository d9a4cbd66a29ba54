// SPDX-License-Identifier: Apache-2.0
// A link taken apart: the site's key and an invitation (#key=…&invite=…), which no suite is told, and what is the site's own.

import { PortholeError } from '../proto/errors.ts';
import { MAX_TOKEN_BYTES } from '../proto/limits.ts';
import { isSiteId } from '../proto/rendezvous.ts';
import { withScheme } from '../transport/suite-url.ts';

const INVITE = 'invite=';
const KEY = 'key=';
/** A site's id, or one that was cut short: an own parameter of a site is hardly so long. */
const LIKE_A_KEY = /^[a-z2-7]{40,}$/;

/** A link, taken apart. */
export interface LinkParts {
  /** Without a fragment: what a suite may see. */
  readonly link: string;
  /** The fragment that is the site's own, with its `#`; empty when there is none. */
  readonly fragment: string;
  /** The invitation as it stands in the link; null when there is none. */
  readonly invite: string | null;
  /** The site's key as the fragment has it: its id, or what is left of one that was damaged; null without one. */
  readonly key: string | null;
  /**
   * The site's id, which is its key: from the fragment, or where the site's name could stand; null when it is not in the link. A path
   * of a site that looks like an id is taken for one: such a link is refused rather than believed.
   */
  readonly site: string | null;
}

/** Takes a link apart. The parameters of a fragment stand between `&`. */
export function linkParts(given: string): LinkParts {
  const at = given.indexOf('#');
  const link = at < 0 ? given : given.slice(0, at);
  const items = at < 0 ? [] : given.slice(at + 1).split('&');
  const of = (name: string): string | null => items.find((item) => item.startsWith(name))?.slice(name.length) ?? null;
  const text = of(KEY)?.toLowerCase() ?? null;
  const key = text !== null && LIKE_A_KEY.test(text) ? text : null;
  const invite = of(INVITE);
  const own = items.filter((item) => !item.startsWith(INVITE) && !(key !== null && item.startsWith(KEY)));
  const fragment = own.length === items.length ? given.slice(link.length) : own.length > 0 ? `#${own.join('&')}` : '';
  return { link, fragment, invite, key, site: key ?? idIn(link) };
}

/** The id that stands in a link where a name could. */
function idIn(link: string): string | null {
  if (!URL.canParse(withScheme(link.trim()))) return null;
  const { hostname, pathname, searchParams } = new URL(withScheme(link.trim()));
  const places = [hostname.split('.')[0], pathname.split('/')[1], searchParams.get('hostid')];
  return places.map((place) => place?.toLowerCase() ?? '').find(isSiteId) ?? null;
}

/** A link with the site's key in its fragment. */
export function withKey(link: string, id: string): string {
  return `${linkParts(link).link}#${KEY}${id}`;
}

/** A link with an invitation in its fragment; the site's key stays in it. */
export function withInvite(link: string, token: Uint8Array): string {
  const { link: plain, key: id } = linkParts(link);
  const key = id === null ? '' : `${KEY}${id}&`;
  const text = btoa(String.fromCharCode(...token));
  return `${plain}#${key}${INVITE}${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/**
 * The token of an invitation: base64url (RFC 4648 section 5) without padding.
 * @throws PortholeError TOKEN_INVALID when it is none; whether it is good, the host knows
 */
export function inviteToken(invite: string): Uint8Array {
  if (/^[\w-]+$/.test(invite) && invite.length % 4 !== 1 && invite.length * 3 <= MAX_TOKEN_BYTES * 4) {
    const text = atob(invite.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(text, (char) => char.charCodeAt(0));
  }
  throw new PortholeError('TOKEN_INVALID', 'the invitation in the link is damaged');
}

// SPDX-License-Identifier: Apache-2.0
// Splits a link into its address, the site's key and an invitation (#key=…&invite=…), which no suite gets.

import { PortholeError } from '../../proto/errors.ts';
import { MAX_TOKEN_BYTES } from '../../proto/limits.ts';
import { isSiteId } from '../../proto/rendezvous.ts';
import { withScheme } from '../../transport/rendezvous/suite-url.ts';
import { type FragmentParts, fragmentParts, INVITE, KEY } from './fragment.ts';

/** A link, taken apart. */
export interface LinkParts extends FragmentParts {
  /**
   * The site's id, which is its key: from the fragment, or where the site's name could stand; null when it is not in the link. A path
   * of a site that looks like an id is taken for one: such a link is refused rather than believed.
   */
  readonly site: string | null;
}

/** Takes a link apart. */
export function linkParts(given: string): LinkParts {
  const parts = fragmentParts(given);
  return { ...parts, site: parts.key ?? idIn(parts.link) };
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

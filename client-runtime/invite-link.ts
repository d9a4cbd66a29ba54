// SPDX-License-Identifier: Apache-2.0
// A link taken apart: the site's key and an invitation (#key=…&invite=…), which no suite is told, and what is the site's own.

import { PortholeError } from '../proto/errors.ts';
import { MAX_TOKEN_BYTES } from '../proto/limits.ts';
import { isSiteId } from '../proto/rendezvous.ts';

const INVITE = 'invite=';
const KEY = 'key=';

/** A link, taken apart. */
export interface LinkParts {
  /** Without a fragment: what a suite may see. */
  readonly link: string;
  /** The fragment that is the site's own, with its `#`; empty when there is none. */
  readonly fragment: string;
  /** The invitation as it stands in the link; null when there is none. */
  readonly invite: string | null;
  /** The id of the site, which is its key: from the fragment, or where the site's name would stand; null when it is not in the link. */
  readonly site: string | null;
}

/** Takes a link apart. The parameters of a fragment stand between `&`. */
export function linkParts(given: string): LinkParts {
  const at = given.indexOf('#');
  const link = at < 0 ? given : given.slice(0, at);
  const items = at < 0 ? [] : given.slice(at + 1).split('&');
  const of = (name: string): string | null => items.find((item) => item.startsWith(name))?.slice(name.length) ?? null;
  const key = of(KEY)?.toLowerCase() ?? null;
  const site = key !== null && isSiteId(key) ? key : null;
  const invite = of(INVITE);
  const own = items.filter((item) => !item.startsWith(INVITE) && !(site !== null && item.startsWith(KEY)));
  const fragment = own.length === items.length ? given.slice(link.length) : own.length > 0 ? `#${own.join('&')}` : '';
  return { link, fragment, invite, site: site ?? idIn(link) };
}

/** The id that stands in a link where a name could. */
function idIn(link: string): string | null {
  const [, host = '', path = '', query = ''] = /^(?:https?:\/\/)?([^/?]*)\/?([^/?]*)[^?]*\??(.*)$/i.exec(link) ?? [];
  const places = [host.split('.')[0], path, new URLSearchParams(query).get('hostid')];
  return places.map((place) => place?.toLowerCase() ?? '').find(isSiteId) ?? null;
}

/** A link with an invitation in its fragment; the site's key stays in it. */
export function withInvite(link: string, token: Uint8Array): string {
  const { link: plain, site } = linkParts(link);
  const key = site !== null && link.includes('#') ? `${KEY}${site}&` : '';
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

// SPDX-License-Identifier: Apache-2.0
// The fragment of a link: what in it is for the host alone (#invite=…), and what is the site's own. It never goes to the suite.

import { PortholeError } from '../proto/errors.ts';
import { MAX_TOKEN_BYTES } from '../proto/limits.ts';

const INVITE = 'invite=';

/** A link, taken apart. */
export interface LinkParts {
  /** Without a fragment: what a suite may see. */
  readonly link: string;
  /** The fragment that is the site's own, with its `#`; empty when there is none. */
  readonly fragment: string;
  /** The invitation as it stands in the link; null when there is none. */
  readonly invite: string | null;
}

/** Takes a link apart. The parameters of a fragment stand between `&`. */
export function linkParts(link: string): LinkParts {
  const at = link.indexOf('#');
  if (at < 0) return { link, fragment: '', invite: null };
  const items = link.slice(at + 1).split('&');
  const own = items.filter((item) => !item.startsWith(INVITE));
  const invite = items.find((item) => item.startsWith(INVITE));
  if (invite === undefined) return { link: link.slice(0, at), fragment: link.slice(at), invite: null };
  return { link: link.slice(0, at), fragment: own.length > 0 ? `#${own.join('&')}` : '', invite: invite.slice(INVITE.length) };
}

/** A link with an invitation in its fragment. */
export function withInvite(link: string, token: Uint8Array): string {
  const { link: plain } = linkParts(link);
  const text = btoa(String.fromCharCode(...token));
  return `${plain}#${INVITE}${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
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

// SPDX-License-Identifier: Apache-2.0
// Request targets (RFC 9112 section 3.2): what a request line may name. Pure.

/** What a request is put to. `target`: path and query, as they were written. */
export type Target =
  /** `/path?query`: the usual one; Host says which site. */
  | { readonly form: 'origin'; readonly target: string }
  /** `http://host/path?query`, of a client that takes this server for its proxy: it says itself which site, Host does not count. */
  | { readonly form: 'absolute'; readonly scheme: 'http' | 'https'; readonly authority: string; readonly target: string }
  /** `*`: the server as a whole. */
  | { readonly form: 'asterisk' }
  /** None of these. */
  | { readonly form: 'none' };

/** No user, which would begin the authority anew, no blank, and none of what ends an authority. */
const ABSOLUTE = /^(https?):\/\/([^/?#@\\\s]+)([/?][^#]*)?$/i;

/** Reads a request's target. The authority comes in lower case. */
export function readTarget(text: string): Target {
  if (text.startsWith('/')) return { form: 'origin', target: text };
  if (text === '*') return { form: 'asterisk' };
  const match = ABSOLUTE.exec(text);
  if (!match) return { form: 'none' };
  const [, scheme = '', authority = '', rest = ''] = match;
  const target = rest.startsWith('/') ? rest : `/${rest}`;
  return { form: 'absolute', scheme: scheme.toLowerCase() as 'http' | 'https', authority: authority.toLowerCase(), target };
}

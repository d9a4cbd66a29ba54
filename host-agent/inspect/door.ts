// SPDX-License-Identifier: Apache-2.0
// Who may see the inspector's page: whoever has its link, from this machine, by an address of this machine, and from no other page.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Bytes of the secret in the link. */
const TOKEN_BYTES = 24;

/** A secret for a link. It stands in the path: a cookie of this machine would be sent to each of its servers, whosever they are. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Why a request is refused. */
export interface DoorRefusal {
  readonly status: number;
  readonly words: string;
}

/** What a request is for: a path behind the secret, which begins with a slash; or why it is refused. */
export type Admission = { readonly path: string; readonly query: URLSearchParams } | DoorRefusal;

const NO_LINK: DoorRefusal = { status: 403, words: 'The inspector is opened by its whole link, which the program has told.' };

/**
 * Lets a request in, or not.
 * @param port where the server listens
 */
export function admit(request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>, port: number, token: string): Admission {
  const { method = 'GET', url = '', headers } = request;
  // A page elsewhere may have a name that resolves to this machine (DNS rebinding).
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!own.includes(headers.host ?? '')) return { status: 421, words: 'This is not the name of this server.' };
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && (method === 'GET' || method === 'HEAD');
  // A link that is opened from elsewhere is fine: no page can read what it leads to.
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation)
    return { status: 403, words: 'Another page may not ask this server.' };
  const { origin } = headers;
  if (origin !== undefined && !own.some((name) => origin === `http://${name}`))
    return { status: 403, words: 'Another page may not ask this server.' };
  const [, given = '', rest = ''] = /^\/([^/?]*)(\/[^?]*)?/.exec(url) ?? [];
  if (!isSame(given, token)) return NO_LINK;
  // What writes is asked by the page itself, which says so; forms of others cannot.
  if (method !== 'GET' && method !== 'HEAD' && headers['x-porthole-inspect'] !== '1')
    return { status: 403, words: 'Only the inspector’s own page may do that.' };
  const at = url.indexOf('?');
  return { path: rest, query: new URLSearchParams(at < 0 ? '' : url.slice(at)) };
}

/** Compared in a time that tells nothing. */
function isSame(given: string, token: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}

/** On each answer. Nothing that was recorded is ever run: what is shown is text, or a picture that a browser decodes. */
export const GUARDS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
};

/** On what was recorded, beside the others: opened by itself it is a file to be kept, and no page of any origin. */
export const RECORDED_GUARDS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
};

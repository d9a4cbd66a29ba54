// SPDX-License-Identifier: Apache-2.0
// What a visitor may do where not everyone may visit, pages of others may not do by his browser: forgery by a form (OWASP: CSRF) stops here.

import type { Site } from '../../transport/session/site.ts';
import { isOfSite } from '../app/places.ts';

/** Methods that change nothing (RFC 9110 section 9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A site that refuses, with 403 and NOT_ALLOWED, what a page of another origin would change. The visitor's end says whose page asks
 * (Origin, RFC 6454 section 7); `null` is one that hides it. Programs say nothing, and are not led by strangers.
 */
export function withOwnWrites(site: Site): Site {
  const guarded: Site = async (request, visitor) => (isForeignWrite(request) ? refusal() : site(request, visitor));
  return site.connect ? Object.assign(guarded, { connect: site.connect.bind(site) }) : guarded;
}

function isForeignWrite({ method, headers, url }: Request): boolean {
  const origin = headers.get('origin');
  if (SAFE.has(method) || origin === null) return false;
  const [, host = ''] = /^https?:\/\/([^/?#\\@\s]+)$/i.exec(origin) ?? [];
  return !isOfSite(new URL(url).host, host);
}

const refusal = (): Response =>
  new Response('NOT_ALLOWED: pages of other sites may change nothing here\n', {
    status: 403,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'porthole-error': 'NOT_ALLOWED' },
  });

// SPDX-License-Identifier: Apache-2.0
// A site whose answers may be kept, and what it was asked: pages of twenty files, many small files, and one that is too large.

import { createHash, randomBytes } from 'node:crypto';
import type { Site } from '../../../host-agent/index.ts';
import { shortOrLong } from '../../support/long.ts';

/** Files of a page, beside the page itself. */
export const FILES = 20;
/** Bytes of each. */
const FILE_BYTES = 10_000;
/** Bytes of the large file: more than a browser may have more of memory. */
export const LARGE_BYTES = shortOrLong(224, 300) * 1024 * 1024;
/** Bytes of a piece of a filling. */
export const FILLING_BYTES = 512 * 1024;

/** A request as the site answered it. */
export interface Answered {
  readonly path: string;
  readonly status: number;
  /** Of its body. */
  readonly bytes: number;
}

/** The site, what it was asked, and which edition of itself it is. */
export interface KeptSite {
  readonly site: Site;
  readonly answered: Answered[];
  edition: string;
}

/** `/aged/` says how long, `/tagged/` only what it is: each a page with its files. `/lasting/` is a page alone; it, `/small/<number>`, `/filling/<number>` and `/large` say a year. */
export function keptSite(): KeptSite {
  const made: KeptSite = { site: (request) => answer(request), answered: [], edition: 'first' };
  const chunk = new Uint8Array(256 * 1024).fill(7);

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, kind = '', name = ''] = pathname.split('/');
    const told = (body: string | null, headers: Record<string, string>, status = 200): Response => {
      made.answered.push({ path: pathname, status, bytes: body?.length ?? 0 });
      return new Response(body, { status, headers });
    };
    const year = { 'cache-control': 'max-age=31536000', 'content-type': 'text/plain' };
    if (kind === 'small') return told(`small ${name}`, year);
    // What a disk cannot make smaller: in letters, for the test looks at them as text.
    if (kind === 'filling')
      return told(
        name.padEnd(8) +
          randomBytes(FILLING_BYTES / 2)
            .toString('hex')
            .slice(8),
        year,
      );
    if (kind === 'large') {
      made.answered.push({ path: pathname, status: 200, bytes: LARGE_BYTES });
      let left = LARGE_BYTES / chunk.length;
      const body = new ReadableStream<Uint8Array>({ pull: (to) => (left-- > 0 ? to.enqueue(chunk.slice()) : to.close()) });
      return new Response(body, { headers: name === 'unsaid' ? year : { ...year, 'content-length': String(LARGE_BYTES) } });
    }
    if (kind === 'lasting') return told('<!doctype html><h1>Lasting</h1>', { ...year, 'content-type': 'text/html; charset=utf-8' });
    if (kind !== 'aged' && kind !== 'tagged')
      return told('<!doctype html><h1>Elsewhere</h1>', { 'content-type': 'text/html; charset=utf-8' });
    const page = name === '';
    const scripts = [...Array(FILES).keys()].map((at) => `<script src="f${at}.js"></script>`).join('');
    const body = page
      ? `<!doctype html><meta charset="utf-8"><script>window.n = 0</script>${scripts}<h1>${made.edition} of <script>document.write(n)</script></h1>`
      : `n++; // ${made.edition}${'.'.repeat(FILE_BYTES)}`;
    const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
    const headers = {
      'content-type': page ? 'text/html; charset=utf-8' : 'text/javascript',
      'cache-control': kind === 'tagged' || page ? 'no-cache' : 'max-age=3600',
      etag,
    };
    return request.headers.get('if-none-match') === etag ? told(null, headers, 304) : told(body, headers);
  }
  return made;
}

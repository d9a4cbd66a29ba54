// SPDX-License-Identifier: Apache-2.0
// A site that sets cookies, has answers kept, and clears what a browser keeps of it when it is asked to (Clear-Site-Data).

import type { Site } from '../../../host-agent/index.ts';

const html = (body: string, headers: [string, string][]): Response =>
  new Response(`<!doctype html><html><head><meta charset="utf-8"></head><body>${body}</body></html>`, {
    headers: [['content-type', 'text/html; charset=utf-8'], ...headers],
  });

/** Says in its page's first script what is there: items of both storages, and the cookies. */
const FIRST = `<script>document.documentElement.dataset.first = [localStorage.item, sessionStorage.item, document.cookie].join();</script>`;

/**
 * `/clear?cache&cookies` answers with these kinds, `/clear/page?…` with a page, `/clear/away?…` with a redirection to `/`; `&set` also
 * sets a cookie. `/cached` counts what it is asked. `/guarded/…` wants a name and a password.
 */
export function dataSite(): Site {
  let counted = 0;
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const kinds = [...searchParams.keys()].filter((kind) => kind !== 'set');
    const fields: [string, string][] = kinds.length > 0 ? [['clear-site-data', kinds.map((kind) => `"${kind}"`).join(', ')]] : [];
    if (searchParams.has('set')) fields.push(['set-cookie', 'anew=1; path=/']);
    switch (pathname) {
      case '/login':
        return new Response(null, {
          status: 204,
          headers: [
            ['set-cookie', 'session=s3cret; HttpOnly; path=/'],
            ['set-cookie', 'keep=long; max-age=86400; path=/'],
            ['set-cookie', 'deep=1; path=/deep'],
          ],
        });
      case '/sent':
        return new Response(request.headers.get('cookie') ?? '');
      case '/cached':
        return new Response(String(++counted), { headers: { 'cache-control': 'max-age=3600' } });
      case '/guarded/page':
        if (request.headers.has('authorization')) return html('<h1>Guarded</h1>', []);
        return new Response('no', { status: 401, headers: { 'www-authenticate': 'Basic realm="Guarded"' } });
      case '/clear':
        return new Response('cleared', { headers: fields });
      case '/clear/away':
        return new Response(null, { status: 303, headers: [['location', '/'], ...fields] });
      default:
        return html(`${FIRST}<h1>${pathname === '/clear/page' ? 'Cleared' : 'Data'}</h1>`, fields);
    }
  };
}

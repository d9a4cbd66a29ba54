// SPDX-License-Identifier: Apache-2.0
// A site with a login, as a server would write it: cookies of every kind, and pages that say which of them they see.

import type { Site } from '../../../host-agent/index.ts';

/** A request as the site saw it. */
export interface Asked {
  readonly path: string;
  readonly cookie: string | null;
  readonly referer: string | null;
  readonly origin: string | null;
}

const html = (body: string, headers: [string, string][] = [], status = 200, type = 'text/html; charset=utf-8'): Response =>
  new Response(`<!doctype html><html><head><meta charset="utf-8"></head><body>${body}</body></html>`, {
    status,
    headers: [['content-type', type], ...headers],
  });

const moved = (to: string, headers: [string, string][]): Response =>
  new Response(null, { status: 303, headers: [['location', to], ...headers] });

/** The site, and what it was asked. */
export function loginSite(): { readonly site: Site; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const site: Site = async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const cookie = request.headers.get('cookie');
    asked.push({ path: pathname, cookie, referer: request.headers.get('referer'), origin: request.headers.get('origin') });
    switch (pathname) {
      case '/':
        return html(`<script>document.documentElement.dataset.first = document.cookie;</script><h1>Login</h1>
          <form method="post" action="/login"><input name="word" value="sesame"><button>in</button></form>`);
      case '/login':
        if ((await request.text()) !== 'word=sesame') return html('<h1>Wrong</h1>', [['set-cookie', 'wrong=1']], 401);
        return moved('/inside', [
          ['set-cookie', 'session=s3cret; HttpOnly; Path=/; SameSite=Strict'],
          ['set-cookie', 'keep=long; Max-Age=86400; Path=/'],
          ['set-cookie', 'deep=1; Path=/inside/deep'],
          ['set-cookie', 'foreign=1; Domain=example.com'],
        ]);
      case '/inside':
      case '/inside/deep':
        if (!/\bsession=s3cret\b/.test(cookie ?? '')) return moved('/', []);
        return html(`<script>document.documentElement.dataset.first = document.cookie;</script><h1>Inside</h1><p id="sent">${cookie}</p>
          <a id="out" href="/logout">out</a>`);
      case '/logout':
        return moved('/', [
          ['set-cookie', 'session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/'],
          ['set-cookie', 'keep=; Max-Age=0; Path=/'],
        ]);
      case '/set':
        return new Response('set', {
          headers: [...searchParams].map(([name, value]) => ['set-cookie', `${name}=${value}`] as [string, string]),
        });
      case '/forbidden':
        return new Response('no', { status: 403, headers: { 'set-cookie': 'seen403=1; Path=/' } });
      case '/forum': // a visitor's post: images of its own choice
        return html(`<h1>Forum</h1><img src="/.porthole/say?path=/&set=planted%3D1"><img src="/.porthole/say?path=/&set=bad%3D%E2%82%AC">
          <iframe src="/.porthole/say?path=/&set=framed%3D1"></iframe>`);
      case '/loud':
        return html(
          '<script>document.documentElement.dataset.first = document.cookie;</script><h1>Loud</h1>',
          [],
          200,
          'text/HTML;Charset=UTF-8',
        );
      case '/pieces': {
        // The type says no encoding; the head does, in a piece of its own.
        const pieces = ['<!doctype html><html><head>', '<meta charset="iso-8859-2">', '</head><body><h1>Pieces</h1><p id="word">\xb1</p>'];
        const body = new ReadableStream<Uint8Array>({
          async pull(controller) {
            const piece = pieces.shift();
            if (piece === undefined) return controller.close();
            await new Promise((resolve) => setTimeout(resolve, 100)); // long enough to arrive alone
            controller.enqueue(Buffer.from(piece, 'latin1'));
          },
        });
        return new Response(body, { headers: { 'content-type': 'text/html' } });
      }
      case '/lasting':
        return new Response(`asked ${asked.filter(({ path }) => path === pathname).length}`, {
          headers: { 'cache-control': 'max-age=3600' },
        });
      case '/clear':
        return new Response('cleared', { headers: { 'clear-site-data': '"*"' } });
      case '/sent':
        return Response.json({ cookie });
      default:
        return html('<h1>Nothing</h1>', [], 404);
    }
  };
  return { site, asked };
}

// SPDX-License-Identifier: Apache-2.0
// A site that is attacked, as a handler that any server can have, and servers for it: one without any wall shows that an attack works.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Site } from '../../../host-agent/index.ts';

/** A request as the victim saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly cookie: string;
  readonly origin: string | null;
  readonly referer: string | null;
  /** Whether who asked has it already. */
  readonly conditional: boolean;
  /** Whether it came with a name and a password (RFC 7617). */
  readonly signedIn: boolean;
}

/** Whether a request came with the session of the person who is logged in. */
export const isLoggedIn = ({ cookie }: Seen): boolean => /\bsession=s3cret\b/.test(cookie);

const html = (body: string, headers: Record<string, string> = {}): Response =>
  new Response(`<!doctype html><html><head><meta charset="utf-8"><title>Victim</title></head><body>${body}</body></html>`, {
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  });

/**
 * A site as many are: a session in a cookie with the browser's usual SameSite, and no guard of its own. What a request does is what
 * `seen` has of it.
 */
export function victimSite(): { readonly site: Site; readonly seen: Seen[] } {
  const seen: Seen[] = [];
  const site: Site = async (request) => {
    const { method, headers, url } = request;
    const { pathname, search } = new URL(url);
    const one: Seen = {
      method,
      path: pathname + search,
      cookie: headers.get('cookie') ?? '',
      origin: headers.get('origin'),
      referer: headers.get('referer'),
      conditional: headers.has('if-none-match'),
      signedIn: headers.get('authorization') === `Basic ${btoa('me:right')}`,
    };
    seen.push(one);
    switch (pathname) {
      case '/':
      case '/landing':
        return html('<h1>Victim</h1>');
      case '/login':
        return new Response(null, { status: 204, headers: { 'set-cookie': 'session=s3cret; Path=/' } });
      case '/plant':
        return new Response('planted', { headers: { 'set-cookie': 'planted=1; Path=/' } });
      case '/staff/page':
        if (!one.signedIn) return new Response(null, { status: 401, headers: { 'www-authenticate': 'Basic realm="Staff"' } });
        return html('<h1>Staff</h1>');
      case '/private':
        return Response.json(isLoggedIn(one) ? { secret: 'for your eyes' } : { secret: null });
      case '/script':
        return new Response(`self.stolen = ${JSON.stringify(isLoggedIn(one) ? 'for your eyes' : 'nothing')};`, {
          headers: { 'content-type': 'text/javascript' },
        });
      case '/cached':
        return html('<h1>Cached</h1>', { 'cache-control': 'public, max-age=600' });
      case '/shared':
        // As development servers do for their own front ends.
        return Response.json('for whoever asks', {
          headers: { 'access-control-allow-origin': '*', 'access-control-allow-methods': '*', 'access-control-allow-headers': '*' },
        });
      case '/said':
        // What caches and frameworks have been fooled with.
        return new Response(`host=${headers.get('x-forwarded-host') ?? new URL(url).host}`, { headers: { 'content-type': 'text/plain' } });
      case '/tagged':
        return headers.get('if-none-match') === '"one"'
          ? new Response(null, { status: 304, headers: { etag: '"one"' } })
          : new Response('x'.repeat(100_000), { headers: { etag: '"one"', 'cache-control': 'no-cache' } });
      default:
        return new Response('done', { headers: { 'content-type': 'text/plain' } });
    }
  };
  return { site, seen };
}

/** A server that answers whoever asks, by whatever name. */
export interface Bare {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a site without any wall. */
export async function bare(site: Site, more?: (request: IncomingMessage, response: ServerResponse) => boolean): Promise<Bare> {
  const server = createServer(async (request, response) => {
    if (more?.(request, response)) return;
    const bytes: Buffer[] = [];
    for await (const piece of request) bytes.push(piece as Buffer);
    const { method = 'GET', headers, url } = request;
    const fields = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const body = bytes.length > 0 && method !== 'GET' && method !== 'HEAD' ? Buffer.concat(bytes) : null;
    const asked = new Request(`http://${headers.host}${url}`, { method, headers: fields, body });
    const answer = await site(asked, undefined as never);
    response.writeHead(answer.status, [...answer.headers].flat() as never);
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A page of an attacker's, empty but for what a test runs in it. */
export const attackersPage: Site = async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === '/clear')
    return new Response('', { headers: { 'clear-site-data': '"cookies", "storage"', 'content-type': 'image/png' } });
  if (pathname.endsWith('.js')) {
    // As a service worker it would answer for the whole origin.
    return new Response(
      "self.onfetch = (event) => event.respondWith(new Response('owned', { headers: { 'content-type': 'text/html' } }));",
      {
        headers: { 'content-type': 'text/javascript', 'service-worker-allowed': '/' },
      },
    );
  }
  return html('<h1>Attacker</h1>');
};

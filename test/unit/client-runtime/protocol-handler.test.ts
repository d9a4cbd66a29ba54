// SPDX-License-Identifier: Apache-2.0
// A visit as an app shell's scheme handler: ranges, streams, cookies, redirections, breaks, and what stands in the way.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProtocolHandlerOptions, protocolHandler } from '../../../client-runtime/shell/protocol-handler.ts';
import { staticSite } from '../../../host-agent/static/site.ts';
import { PortholeError } from '../../../proto/errors.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { serveSession } from '../../../transport/session/host.ts';
import type { Site } from '../../../transport/session/site.ts';
import { openSession } from '../../../transport/session/visitor.ts';
import { bare } from '../../support/bare.ts';
import { scratch } from '../../support/porthole.ts';

const KNOWN = { id: 'x', name: 'demo', title: '', link: 'https://demo.suite.example/' };

describe('a scheme handler for app shells', () => {
  const closes: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closes.splice(0).reverse()) await close();
  });

  function handlerOf(site: Site, options?: ProtocolHandlerOptions): (request: Request) => Promise<Response> {
    const pair = memoryPair();
    const served = serveSession(bare(pair.b), site, { session: '1', via: 'memory' });
    const session = openSession(bare(pair.a));
    closes.push(async () => Promise.all([session.close(), served.close()]));
    return protocolHandler({ fetch: (request) => session.fetch(request), known: async () => KNOWN }, options);
  }

  it('answers a range with 206 and no more than that, as media in a window of Electron’s asks for it', async () => {
    const folder = await scratch();
    closes.push(folder.drop);
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
    await writeFile(join(folder.path, 'film.mp4'), content);
    const handler = handlerOf(await staticSite(folder.path));
    for (const [range, from, to] of [
      ['bytes=0-', 0, 99_999],
      ['bytes=500-999', 500, 999],
      ['bytes=-10', 99_990, 99_999],
    ] as const) {
      const response = await handler(new Request('site://app/film.mp4', { headers: { range } }));
      assert.deepEqual([response.status, response.headers.get('content-range')], [206, `bytes ${from}-${to}/100000`]);
      assert.ok(Buffer.from(await response.arrayBuffer()).equals(content.subarray(from, to + 1)));
    }
    assert.equal((await handler(new Request('site://app/film.mp4', { headers: { range: 'bytes=100000-' } }))).status, 416);
    const whole = await handler(new Request('site://app/film.mp4'));
    assert.deepEqual(
      [whole.status, whole.headers.get('content-type'), (await whole.arrayBuffer()).byteLength],
      [200, 'video/mp4', 100_000],
    );
  });

  it('streams answers as they come, and uploads, and ends at the site what is given up', async () => {
    const aborted = Promise.withResolvers<void>();
    const handler = handlerOf(async (request) => {
      if (request.method === 'POST') return new Response(request.body);
      request.signal.addEventListener('abort', () => aborted.resolve());
      return new Response(new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode('first')) }));
    });
    const response = await handler(new Request('site://app/events'));
    const reader = response.body?.getReader();
    assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'first');
    await reader?.cancel();
    await aborted.promise;
    const body = new Blob(['up and ', 'back']).stream();
    const back = await handler(new Request('site://app/', { method: 'POST', body, duplex: 'half' } as RequestInit));
    assert.equal(await back.text(), 'up and back');
    const stop = new AbortController();
    const asked = handler(new Request('site://app/events', { signal: stop.signal }));
    stop.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
  });

  it('tells the site its own name, and leads back to the scheme', async () => {
    const seen: unknown[] = [];
    const handler = handlerOf(async (request) => {
      seen.push(request.method, request.url, request.headers.get('origin'), request.headers.get('referer'));
      return new Response(null, { status: 302, headers: { location: 'http://demo.suite.example/next?x' } });
    });
    const asked = new Request('site://app/a%20b?c=d#e', { method: 'PUT', headers: { origin: 'site://app', referer: 'site://app/page' } });
    assert.equal((await handler(asked)).headers.get('location'), 'site://app/next?x');
    const site = 'http://demo.suite.example';
    assert.deepEqual(seen, ['PUT', `${site}/a%20b?c=d`, site, `${site}/page`]);
    seen.length = 0;
    await handler(new Request('site://app', { headers: { origin: 'https://evil.example' } }));
    assert.deepEqual(seen, ['GET', `${site}/`, 'https://evil.example', null]);
  });

  it('keeps the site’s cookies, and sends few of them for pages of others', async () => {
    const site: Site = async (request) => {
      const headers = new Headers();
      if (request.url.endsWith('/in')) {
        headers.append('set-cookie', 'sid=1; HttpOnly; Path=/');
        headers.append('set-cookie', 'hard=2; SameSite=Strict; Path=/');
        headers.append('set-cookie', 'all=3; Domain=suite.example');
      }
      return new Response(request.headers.get('cookie'), { headers });
    };
    const handler = handlerOf(site);
    const sent = async (init?: RequestInit) => (await handler(new Request('site://app/x', init))).text();
    assert.equal(await sent(), '');
    await handler(new Request('site://app/in'));
    assert.equal(await sent(), 'sid=1; hard=2');
    assert.equal(await sent({ headers: { origin: 'https://evil.example' } }), 'sid=1');
    assert.equal(await sent({ method: 'POST', headers: { origin: 'null' } }), '');
    assert.equal(await sent({ credentials: 'omit' }), '');
    const without = handlerOf(site, { cookies: false });
    await without(new Request('site://app/in'));
    assert.equal(await (await without(new Request('site://app/x'))).text(), '');
  });

  it('answers with what stands in the way', async () => {
    const failed: string[] = [];
    const fetch = async (): Promise<Response> => {
      throw new PortholeError('HOST_OFFLINE', 'away');
    };
    const handler = protocolHandler(
      { fetch, known: async () => KNOWN },
      { onError: (error, url) => failed.push(`${error.message} ${url}`) },
    );
    const response = await handler(new Request('site://app/x'));
    assert.deepEqual([response.status, response.headers.get('porthole-error')], [503, 'HOST_OFFLINE']);
    assert.equal(await response.text(), 'HOST_OFFLINE: away\n');
    assert.deepEqual(failed, ['away site://app/x']);
    const unknown = protocolHandler({ fetch, known: () => Promise.reject(new PortholeError('SITE_UNKNOWN')) });
    assert.equal((await unknown(new Request('site://app/x', { method: 'HEAD' }))).status, 404);
  });
});

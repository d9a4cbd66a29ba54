// SPDX-License-Identifier: Apache-2.0
// The gateway's door: requests and responses pass whole, stream, and end when the client goes away.

import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { PortholeError } from '../../../proto/errors.ts';
import { asRequest } from '../../support/as-request.ts';
import { type Ask, cleanUp, host, http, openSuite, PAGE } from './helper.ts';

describe('gateway', () => {
  afterEach(cleanUp);

  async function open(answer: (site: string, request: Request) => Promise<Response>) {
    const suite = await openSuite({ gateway: (site, asking) => answer(site, asRequest(asking)) });
    const peer = await host(suite, 'demo');
    return { suite, id: peer.own.id, at: (path: string, ask?: Ask) => http(suite, path, { host: `demo.localhost:${suite.port}`, ...ask }) };
  }

  it('passes a request on whole, and the response back', async () => {
    const seen: unknown[] = [];
    const { at, id, suite } = await open(async (site, asked) => {
      seen.push([
        site,
        asked.method,
        asked.url,
        asked.headers.get('x-one'),
        asked.headers.get('connection'),
        asked.headers.get('x-hop'),
        await asked.text(),
      ]);
      const headers = new Headers({
        'X-Two': '2',
        Connection: 'close, X-Drop',
        'X-Drop': 'gone',
        'Keep-Alive': 'timeout=9',
        Vary: 'Accept',
      });
      headers.append('Set-Cookie', 'a=1; Path=/');
      headers.append('Set-Cookie', 'b=2');
      headers.append('Set-Cookie', 'c=3; Domain=.demo.localhost');
      headers.append('Clear-Site-Data', '"cookies"');
      headers.append('Set-Cookie', 'd=4; Path=/; domain = localhost');
      return new Response('made', { status: 201, headers });
    });
    const { status, headers, body } = await at('/a%20b/?c=d', {
      method: 'PUT',
      body: 'sent',
      headers: { 'X-One': '1', Connection: 'close, X-Hop', 'X-Hop': 'h', 'Content-Type': 'any/thing' },
    });
    assert.deepEqual(seen, [[id, 'PUT', `http://demo.localhost:${suite.port}/a%20b/?c=d`, '1', null, null, 'sent']]);
    assert.deepEqual([status, body, headers['x-two'], headers['x-drop'], headers['keep-alive']], [201, 'made', '2', undefined, undefined]);
    // Not the one for all names of the suite.
    assert.deepEqual(headers['set-cookie'], ['a=1; Path=/', 'b=2', 'c=3; Domain=.demo.localhost']);
    assert.equal(headers['clear-site-data'], undefined, 'it would clear those of all names');
    assert.equal(headers['porthole-gateway'], '1');
    assert.equal(headers.vary, 'Accept, Sec-Fetch-Dest, Sec-Fetch-Mode');
    assert.equal(headers['x-content-type-options'], undefined, 'the site’s headers are the site’s');
  });

  it('passes on what no other answer is like: Vary with a star, and a status of no class', async () => {
    const { at } = await open(async () =>
      Object.defineProperty(new Response('odd', { status: 599, headers: { Vary: '*' } }), 'status', { value: 999 }),
    );
    const { status, headers } = await at('/');
    assert.deepEqual([status, headers.vary], [999, '*']);
  });

  it('takes any method, with and without a body, and HEAD and empty answers', async () => {
    const { at } = await open(async (_site, asked) => {
      if (asked.method === 'DELETE') return new Response(null, { status: 204 });
      if (asked.method === 'HEAD') return new Response(null, { headers: { 'Content-Length': '1234', ETag: '"x"' } });
      return new Response(`${asked.method} ${asked.body === null ? 'none' : await asked.text()}`);
    });
    assert.equal((await at('/')).body, 'GET none');
    assert.equal((await at('/', { method: 'POST' })).body, 'POST none');
    assert.equal((await at('/', { method: 'PROPFIND', body: '<x/>', headers: { 'Content-Length': '4' } })).body, 'PROPFIND <x/>');
    assert.equal((await at('/', { method: 'OPTIONS' })).body, 'OPTIONS none');
    assert.equal((await at('/', { method: 'DELETE' })).status, 204);
    const head = await at('/', { method: 'HEAD' });
    assert.deepEqual([head.headers['content-length'], head.headers.etag, head.body], ['1234', '"x"', '']);
  });

  it('leaves navigations, unknown sites and our own files to the suite', async () => {
    const { at, suite } = await open(async () => new Response('gateway'));
    assert.equal((await at('/', { headers: PAGE })).status, 500, 'no shell in this test');
    assert.equal((await at('/.porthole/none')).status, 404);
    assert.equal((await http(suite, '/', { host: 'nobody.localhost' })).status, 404);
    assert.equal((await at('/x', { headers: { 'Service-Worker': 'script' } })).status, 403);
    assert.equal((await at('/', { headers: { 'Sec-Fetch-Dest': 'image' } })).body, 'gateway');
  });

  it('refuses what a page of the site asks for past its service worker: that would not be sealed', async () => {
    const { at } = await open(async () => new Response('gateway'));
    const ask = async (site: string, mode: string, dest: string): Promise<string> => {
      const headers = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': mode, 'Sec-Fetch-Dest': dest };
      const { status, body } = await at('/', { headers });
      return `${status} ${body.split(':')[0]}`;
    };
    assert.equal(await ask('same-origin', 'cors', 'empty'), '403 NOT_ALLOWED');
    assert.equal(await ask('same-origin', 'no-cors', 'image'), '403 NOT_ALLOWED');
    assert.equal(await ask('same-origin', 'navigate', 'object'), '200 NOT_ALLOWED', 'a refusal would be for good');
    assert.equal(await ask('same-origin', 'navigate', 'embed'), '200 NOT_ALLOWED');
    assert.equal(await ask('same-origin', 'no-cors', 'empty'), '200 gateway', 'saved by the browser’s menu');
    assert.equal(await ask('cross-site', 'no-cors', 'image'), '200 gateway');
    for (const [mode, dest] of [
      ['navigate', 'iframe'],
      ['navigate', 'document'],
    ]) {
      assert.match(await ask('same-origin', mode as string, dest as string), /^500/, 'the shell, which is not in this test');
    }
    const worker = { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'same-origin', 'Sec-Fetch-Dest': 'empty', Accept: 'text/html' };
    assert.equal((await at('/', { headers: worker })).status, 500, 'our service worker asks for the shell');
  });

  it('tells a failure by its code', async () => {
    let failure: unknown = new PortholeError('HOST_OFFLINE');
    const { at } = await open(async () => {
      throw failure;
    });
    const offline = await at('/');
    assert.deepEqual([offline.status, offline.headers['porthole-error']], [503, 'HOST_OFFLINE']);
    assert.match(offline.body, /^HOST_OFFLINE: /);
    failure = new Error('/secret/path');
    const internal = await at('/');
    assert.equal(internal.status, 500);
    assert.ok(!internal.body.includes('secret'));
  });

  it('drops what a site says of the whole origin, which is the suite’s pages’ as well', async () => {
    const { at } = await open(
      async () => new Response('x', { headers: { 'Clear-Site-Data': '"*"', 'Service-Worker-Allowed': '/', 'X-Kept': '1' } }),
    );
    const { headers } = await at('/');
    assert.deepEqual([headers['clear-site-data'], headers['service-worker-allowed'], headers['x-kept']], [undefined, undefined, '1']);
  });

  it('gives leave to send content only once that is wanted', async () => {
    let read = true;
    const { suite } = await open(async (_site, asked) => {
      if (!read) throw new PortholeError('HOST_OFFLINE');
      return new Response(await asked.text());
    });
    const interim = async (): Promise<[boolean, number, string]> => {
      const headers = { Host: 'demo.localhost', Expect: '100-continue', 'Content-Length': '4' };
      const asked = request({ port: suite.port, host: '127.0.0.1', method: 'POST', headers, agent: false });
      asked.on('error', () => {});
      let continued = false;
      asked.on('continue', () => {
        continued = true;
        asked.end('sent');
      });
      asked.flushHeaders();
      const response = await new Promise<IncomingMessage>((resolve) => asked.on('response', resolve));
      let text = '';
      for await (const piece of response.setEncoding('utf8')) text += piece;
      asked.destroy();
      return [continued, response.statusCode ?? 0, text.slice(0, 12)];
    };
    assert.deepEqual(await interim(), [true, 200, 'sent']);
    read = false;
    assert.deepEqual(await interim(), [false, 503, 'HOST_OFFLINE']);
  });

  it('sends a response as it comes, and no faster than it is read', async () => {
    let pulled = 0;
    let cancelled = false;
    const piece = new Uint8Array(64 * 1024);
    const { suite } = await open(async () => {
      const pull = (controller: ReadableStreamDefaultController) => {
        pulled += 1;
        controller.enqueue(piece);
      };
      const cancel = () => {
        cancelled = true;
      };
      return new Response(new ReadableStream({ pull, cancel }, { highWaterMark: 1 }));
    });
    const asked = request({ port: suite.port, host: '127.0.0.1', headers: { Host: 'demo.localhost' }, agent: false });
    asked.on('error', () => {});
    asked.end();
    const response = await new Promise<NodeJS.ReadableStream>((resolve) => asked.on('response', resolve));
    await new Promise((resolve) => response.once('data', resolve));
    response.pause();
    let before = -1;
    while (before !== pulled) {
      before = pulled;
      await wait(100);
    }
    assert.ok(pulled < 500, `${pulled} pieces of 64 KiB read ahead for a client that does not read`);
    asked.destroy();
    for (let tries = 0; !cancelled && tries < 100; tries++) await wait(10);
    assert.equal(cancelled, true);
  });

  it('streams a request body, and aborts when the client goes away', async () => {
    const parts: string[] = [];
    let aborted: Promise<void> | undefined;
    const { suite } = await open(async (_site, asked) => {
      aborted = new Promise((resolve) => asked.signal.addEventListener('abort', () => resolve()));
      const reader = asked.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const read = await reader?.read();
        if (read === undefined || read.done) return new Response('ended');
        parts.push(read.value);
      }
    });
    const asked = request({ port: suite.port, host: '127.0.0.1', method: 'POST', headers: { Host: 'demo.localhost' }, agent: false });
    asked.on('error', () => {});
    for (const part of ['one', 'two']) {
      asked.write(part);
      for (let tries = 0; parts.at(-1) !== part && tries < 100; tries++) await wait(10);
    }
    assert.deepEqual(parts, ['one', 'two'], 'the first came before the second was sent');
    asked.destroy();
    await aborted;
  });
});

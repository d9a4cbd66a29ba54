// SPDX-License-Identifier: Apache-2.0
// HTTP from a page of a site in Chromium: what `fetch` there is answered is what `fetch` is answered by the app itself, case by case.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Frame } from 'playwright-core';
import { Agent, fetch as fetchBy } from 'undici';
import { httpApp } from '../support/http-app.ts';
import { HTTP_CASES, type HttpCase, OVER_A_LIMIT } from '../support/http-cases.ts';
import { Porthole, scratch } from '../support/porthole.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { site } from './support/browser-stage.ts';

/** What no page can ask, and why (Fetch Standard). */
const NOT_FROM_A_PAGE: readonly (readonly [reason: string, is: (one: HttpCase) => boolean])[] = [
  [
    'the app compresses by a coding that was not asked for: a worker undoes what its platform can',
    ([, target]) => /^\/(br|deflate|zstd)$/.test(target),
  ],
  ['Chromium hands a worker no field that is not ASCII', ([what]) => what === 'a field that is not ASCII'],
  ['a worker answers with no status beyond 599 (Fetch Standard)', ([, target]) => target === '/999'],
  ['a person is asked for a name and a password, as browsers do', ([, target]) => target === '/401'],
  ['GET has no content', ([, , asked]) => asked?.body !== undefined && (asked.method ?? 'GET') === 'GET'],
  ['a redirection to another origin needs that origin’s leave (CORS)', ([, target]) => target === '/abroad' || target === '/308'],
];
/** Fields that no page may set (Fetch Standard, forbidden request-headers): the browser's own. */
const FORBIDDEN =
  /^(accept-encoding|access-control-request-.*|connection|content-length|cookie|dnt|host|origin|sec-.*|transfer-encoding|upgrade-insecure-requests|user-agent)$/;
/** Fields that a page is not shown, or that say how the bytes came; Chromium garbles what a worker answers beyond ASCII (`x-latin`). */
const OF_THE_WAY = [
  'x-latin',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'trailer',
  'date',
  'content-length',
  'content-encoding',
  'set-cookie',
];

interface Asked {
  readonly target: string;
  readonly method: string;
  readonly headers: [string, string][];
  /** In base64; null: none. */
  readonly body: string | null;
}
interface Answered {
  readonly status: number;
  readonly fields: [string, string][];
  /** In Latin-1; null where reading it failed. */
  readonly body: string | null;
}

/** Asks with `fetch`, here or in a page: it stands by itself. */
async function asked(
  origin: string,
  { target, method, headers, body }: Asked,
  by = (url: string, init: object) => fetch(url, init),
): Promise<Answered> {
  const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const response = await by(origin + target, { method, headers, body: body === null ? null : bytes(body) });
  const content = await response.arrayBuffer().catch(() => null);
  let text = '';
  if (content) for (const byte of new Uint8Array(content)) text += String.fromCharCode(byte);
  return { status: response.status, fields: [...response.headers], body: content && text };
}

/** What came, to be compared; of what the app was asked only what the case says: the rest is the browser's. */
function comparable({ status, fields, body }: Answered, asks: Asked): unknown {
  const kept = fields.filter(([name]) => !OF_THE_WAY.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (!body?.startsWith('{"method"')) return { status, fields: kept, body };
  const echo = JSON.parse(body) as { fields: [string, string][] };
  const own = new Map<string, string>();
  for (const [name, value] of echo.fields) {
    if (!asks.headers.some(([one]) => one.toLowerCase() === name)) continue;
    own.set(name, own.has(name) ? `${own.get(name)}, ${value}` : value);
  }
  return { status, fields: kept, body: { ...echo, fields: [...own].sort(([a], [b]) => (a < b ? -1 : 1)) } };
}

describe('HTTP from a page of a site', function () {
  this.timeout(120_000);
  const agent = new Agent({ maxHeaderSize: 65_536 });
  let folder: Awaited<ReturnType<typeof scratch>>;
  let server: Server;
  let events: ServerResponse | undefined;
  let up: Porthole;
  let browser: Browser;
  let frame: Frame;
  let origin: string;
  let link: string;

  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    folder = await scratch();
    server = createServer((request, response) => {
      if (request.url === '/events') {
        events = response;
        return void response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 0\n\n');
      }
      if (request.url?.startsWith('/next?')) {
        events?.write(`data: ${request.url.slice(6)}\n\n`);
        return void response.end();
      }
      if (request.url !== '/') return httpApp(request, response);
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>An app</title><h1>An app</h1>');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    origin = `http://127.0.0.1:${port}`;
    up = new Porthole(['up', String(port), '--port', '0'], folder.path);
    link = String((await up.waitFor('ready')).link).replace(/#.*/, '');
    browser = await startChromium();
    const page = await browser.newPage();
    await page.goto(link);
    await site(page).locator('h1', { hasText: 'An app' }).waitFor();
    frame = page.frames().find((one) => one !== page.mainFrame()) as Frame;
  });
  after(async () => {
    await agent.close();
    await browser?.close();
    await up?.stop();
    server?.closeAllConnections();
    server?.close();
    await folder?.drop();
  });

  const asksOf = ([, target, { method = 'GET', headers = [], body } = {}]: HttpCase): Asked => ({
    target,
    method,
    headers: headers.filter(([name]) => !FORBIDDEN.test(name)) as [string, string][],
    body: body === undefined ? null : Buffer.from(body as string).toString('base64'),
  });
  const inPage = (asks: Asked): Promise<Answered> =>
    frame.evaluate(`(${asked.toString()})(location.origin, ${JSON.stringify(asks)})`) as Promise<Answered>;

  /** Platforms differ in which characters of an address they escape. */
  const inItsSpelling = (target: string): Promise<string> =>
    frame.evaluate((path) => {
      const { pathname, search } = new URL(location.origin + path);
      return pathname + (search || (path.includes('?') ? '?' : ''));
    }, target);
  const direct = (url: string, init: object) => fetchBy(url, { ...init, dispatcher: agent }) as unknown as Promise<Response>;

  for (const one of HTTP_CASES.filter((each) => !NOT_FROM_A_PAGE.some(([, is]) => is(each)))) {
    it(`${one[0]}: ${one[2]?.method ?? 'GET'} ${one[1].slice(0, 60)}`, async () => {
      const asks = { ...asksOf(one), target: await inItsSpelling(one[1]) };
      assert.deepEqual(comparable(await inPage(asks), asks), comparable(await asked(origin, asks, direct), asks));
    });
  }

  for (const via of ['data-channel', 'relay']) {
    it(`events come one by one over ${via}, none waits for the next: a piece each, and a message each`, async () => {
      const context = await browser.newContext();
      if (via === 'relay') await context.addInitScript('delete globalThis.RTCPeerConnection');
      const page = await context.newPage();
      await page.goto(link);
      await site(page).locator('h1', { hasText: 'An app' }).waitFor();
      await page.locator(`#porthole-badge[data-via="${via}"]`).waitFor({ state: 'attached' });
      const inside = page.frames().find((one) => one !== page.mainFrame()) as Frame;
      // The next one is sent when the one before was seen.
      const seen = await inside.evaluate(async () => {
        const next = (at: number): Promise<Response> => fetch(`/next?${at}`, { method: 'POST' });
        const reader = ((await fetch('/events')).body as ReadableStream<Uint8Array>).getReader();
        const pieces: string[] = [];
        for (let at = 1; at <= 20; at++) {
          pieces.push(new TextDecoder().decode((await reader.read()).value));
          await next(at);
        }
        await reader.cancel();
        const messages: string[] = [];
        const source = new EventSource('/events');
        await new Promise<void>((resolve) => {
          source.onmessage = ({ data }) => {
            messages.push(`data: ${data}\n\n`);
            if (messages.length === 20) resolve();
            else void next(messages.length);
          };
        });
        source.close();
        return [pieces, messages];
      });
      const sent = Array.from({ length: 20 }, (_, at) => `data: ${at}\n\n`);
      assert.deepEqual(seen, [sent, sent]);
      await context.close();
    });
  }

  for (const one of OVER_A_LIMIT) {
    it(`${one[0]} is over a limit, and refused in words`, async () => {
      const { status, fields, body } = await inPage(asksOf(one));
      assert.ok([413, 414, 431].includes(status), `${status}`);
      assert.equal(new Map(fields).get('porthole-error'), 'MESSAGE_TOO_LONG');
      assert.match(String(body), /^.{20,}\n$/);
    });
  }
});

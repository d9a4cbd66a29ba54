// SPDX-License-Identifier: Apache-2.0
// Our script in the site's pages: the first to run in each, whatever their policy, form or encoding, and nothing of it is left to see.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import type { Site } from '../../host-agent/index.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { shows, site as siteIn, until } from './support/browser-stage.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

/** Ends up in the page's title: what its first script saw. */
const FIRST = `document.title = [document.cookie, !/native/.test(Object.getOwnPropertyDescriptor(Document.prototype, 'cookie').get),
  document.scripts.length, document.compatMode, document.characterSet].join('|');`;
const SAW = (cookie: string, mode = 'CSS1Compat', set = 'UTF-8'): string => [cookie, true, 1, mode, set].join('|');

const XHTML = (title: string): string => `<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><script>//<![CDATA[
${FIRST}
//]]></script></head><body><h1>${title}</h1></body></html>`;

const answer = (body: string | Uint8Array, headers: Record<string, string> = {}): Response =>
  new Response(body as BodyInit, { headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });
const page = (title: string, body = '', attributes = ''): string =>
  `<!doctype html><html lang="en"><head data-own="1"><script${attributes}>${FIRST}</script></head><body><h1>${title}</h1>${body}</body></html>`;

const site: Site = async (request) => {
  const { pathname } = new URL(request.url);
  switch (pathname) {
    case '/':
      return new Response(page('Home', '<a id="strict" href="/strict">strict</a>'), {
        headers: { 'content-type': 'text/html; charset=utf-8', 'set-cookie': 'word=käse'.replace('ä', '\xc3\xa4') },
      });
    case '/nonce':
      return answer(page('Nonce', '', ' nonce="abc"'), {
        'content-security-policy': "script-src 'nonce-abc' 'strict-dynamic'; frame-ancestors 'none'",
      });
    case '/strict':
      return answer(
        page('Strict', '<script>document.title = "not allowed";</script><script src="/own.js"></script>').replace(
          `<script>${FIRST}</script>`,
          '',
        ),
        {
          'content-security-policy': "default-src 'self'",
          etag: '"strict"',
          'referrer-policy': 'no-referrer',
        },
      );
    case '/own.js':
      return answer(FIRST, { 'content-type': 'text/javascript' });
    case '/inline':
      return answer(page('Inline', '<script>document.body.dataset.more = "ran";</script>'), {
        'content-security-policy': "script-src 'unsafe-inline'",
      });
    case '/xhtml':
      return answer(XHTML('X'), { 'content-type': 'application/xhtml+xml' });
    case '/utf16':
      return answer(Buffer.from(`\ufeff${page('Sechzehn')}`, 'utf16le'));
    case '/latin':
      return answer(
        Buffer.from(`<html><head><meta charset="iso-8859-2"><script>${FIRST}</script></head><body><h1>\xe6</h1></body></html>`, 'latin1'),
        {
          'content-type': 'text/html',
        },
      );
    case '/quirks':
      return answer(`<script>${FIRST}</script><h1>Quirks</h1>`);
    case '/missing':
      return new Response(page('Missing'), { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' } });
    case '/outer':
      return answer(page('Outer', '<iframe src="/second"></iframe>'));
    case '/second':
      return answer(page('Second'));
    case '/deny':
      return answer(page('Deny'), { 'x-frame-options': 'SAMEORIGIN' });
    case '/slow': {
      const parts = ['<!doctype html><html><he', 'ad><script>', FIRST, '</script><h1>', 'Slow</h1>', 'x'.repeat(5000)];
      return answer(
        new ReadableStream({
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 150));
            const part = parts.shift();
            if (part === undefined) controller.close();
            else controller.enqueue(Buffer.from(part));
          },
        }) as unknown as string,
      );
    }
    case '/text':
      return answer('<script>as it is</script>', { 'content-type': 'text/plain' });
    case '/worker':
      return answer(
        page(
          'Worker',
          `<script>
          const { serviceWorker: own } = navigator;
          own.ready.then(() => { document.body.dataset.ready = 'yes'; });
          own.register('/sw.js').catch((error) => { document.body.dataset.refused = error.name + ' ' + error.message; });
          document.body.dataset.controller = String(own.controller);
          localStorage.setItem('mine', '1'); localStorage.clear(); sessionStorage.clear();
          document.body.dataset.items = String(localStorage.getItem('mine'));
        </script>`,
        ),
      );
    default:
      return new Response('none', { status: 404 });
  }
};

describe('browser: our script in pages of a site', function () {
  this.timeout(90_000);
  let stage: SiteStage;
  let browser: Browser;
  let context: BrowserContext;
  let tab: Page;

  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    stage = await siteStage('first', site);
    browser = await startChromium();
    context = await browser.newContext();
    tab = await context.newPage();
    await tab.goto(`${stage.origin}/`);
    await here(tab, 'Home', '/');
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });

  // A whole first visit, beside whatever else the machine does.
  const here = (of: Page, heading: string, path: string): Promise<void> => shows(of, heading, path, 40_000);
  const frame = (): Frame => tab.frames().find((one) => one.parentFrame() === tab.mainFrame()) as Frame;
  const title = (): Promise<string> => frame().evaluate(() => document.title);
  const go = async (path: string, heading: string): Promise<void> => {
    await frame().evaluate((path) => location.assign(path), path);
    await here(tab, heading, path);
  };

  for (const [path, heading, saw] of [
    ['/second', 'Second', SAW('word=käse')],
    ['/nonce', 'Nonce', SAW('word=käse')],
    ['/inline', 'Inline', SAW('word=käse')],
    ['/xhtml', 'X', SAW('word=käse')],
    ['/utf16', 'Sechzehn', SAW('word=käse', 'CSS1Compat', 'UTF-16LE')],
    ['/latin', 'ć', SAW('word=käse', 'BackCompat', 'ISO-8859-2')],
    ['/quirks', 'Quirks', SAW('word=käse', 'BackCompat')],
    ['/missing', 'Missing', SAW('word=käse')],
    ['/slow', 'Slow', SAW('word=käse')],
  ] as const) {
    it(`is the first in ${path}, and changes nothing else of it`, async () => {
      await go(path, heading);
      assert.equal(await title(), saw);
    });
  }

  it('is the first on a first visit, of which nothing is stored yet', async () => {
    const fresh = await (await browser.newContext()).newPage();
    await fresh.goto(`${stage.origin}/second`);
    await here(fresh, 'Second', '/second');
    assert.equal(
      await siteIn(fresh)
        .locator('head')
        .evaluate(() => document.title),
      SAW(''),
    );
    await fresh.context().close();
  });

  it('leaves the elements as they were', async () => {
    await go('/second', 'Second');
    assert.deepEqual(
      await frame().evaluate(() => [
        document.documentElement.lang,
        document.head.dataset.own,
        document.head.children.length,
        document.querySelectorAll('[data-porthole]').length,
      ]),
      ['en', '1', 2, 0], // its script, and the title that this made
    );
  });

  it('runs where a policy forbids scripts in the page, and lets no other in', async () => {
    await go('/', 'Home');
    const blocked: string[] = [];
    tab.on('console', (message) => blocked.push(message.text()));
    await siteIn(tab).locator('#strict').click();
    await here(tab, 'Strict', '/strict');
    assert.match(await title(), /^word=käse\|true\|/);
    assert.equal(blocked.filter((text) => /Content Security Policy/.test(text)).length, 1, blocked.join('\n'));
  });

  it('is in frames of pages as well', async () => {
    await go('/outer', 'Outer');
    const inner = (): Frame | undefined => tab.frames().find((one) => one.parentFrame() === frame());
    await until('the inner page is there', async () => (await inner()?.evaluate(() => document.title)) === SAW('word=käse'));
  });

  it('is in no text', async () => {
    await frame().evaluate(() => location.assign('/text'));
    assert.equal(await siteIn(tab).locator('pre').textContent(), '<script>as it is</script>');
  });

  it('refuses a service worker in words, shows none, and keeps our items from being cleared', async () => {
    const seed = await tab.evaluate(() => localStorage.getItem('porthole-visitor'));
    assert.ok(seed);
    await go('/worker', 'Worker');
    await until('it was refused', () => frame().evaluate(() => document.body.dataset.refused !== undefined));
    const { refused, controller, items, ready } = await frame().evaluate(() => ({ ...document.body.dataset }));
    assert.match(refused ?? '', /^SecurityError This site is carried by Porthole/);
    assert.deepEqual([controller, items, ready], ['null', 'null', undefined]);
    assert.equal(await tab.evaluate(() => localStorage.getItem('porthole-visitor')), seed);
  });

  it('shows no page that wants none around it in a page of somebody else, who has its host by the same suite', async () => {
    const evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(['/second', '/nonce', '/deny'].map((path) => `<iframe src="${stage.origin}${path}"></iframe>`).join(''));
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    const page = await context.newPage();
    try {
      await page.goto(`http://evil.${new URL(stage.origin).hostname}:${(evil.address() as AddressInfo).port}/`);
      const words = (path: string): Promise<string | undefined> | undefined =>
        page
          .frames()
          .find((one) => one.url() === stage.origin + path)
          ?.evaluate(() => document.querySelector('h1')?.textContent ?? document.documentElement?.textContent ?? '');
      await until('the page that says nothing is shown', async () => (await words('/second')?.catch(() => '')) === 'Second', 40_000);
      for (const path of ['/nonce', '/deny'])
        await until(
          `${path} is blank`,
          async () => page.frames().some((one) => one.url() === stage.origin + path) && (await words(path)) === '',
        );
    } finally {
      await page.close();
      evil.close();
    }
    // Beside it in the shell it is shown.
    await go('/deny', 'Deny');
  });

  it('gives a page opened by another its opener', async () => {
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      frame().evaluate(() => {
        addEventListener('message', ({ data }) => {
          document.body.dataset.heard = data;
        });
        window.open('/second', '_blank');
      }),
    ]);
    await here(popup, 'Second', '/second');
    await siteIn(popup)
      .locator('body')
      .evaluate(() => (window.opener as Window).postMessage('hello', location.origin));
    await until('the opener heard', () => frame().evaluate(() => document.body.dataset.heard === 'hello'));
  });
});

// SPDX-License-Identifier: Apache-2.0
// The page's session in Chromium: one for all tabs of a site, whichever of them closes, and whichever of its workers ends.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { WINDOWLESS_MS } from '../../client-runtime/browser/session/run.ts';
import { Porthole, scratch } from '../support/porthole.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { bigHash } from './support/browser-site.ts';
import { killSession, onStage, shows, site, until } from './support/browser-stage.ts';
import { makeManySite } from './support/many-site.ts';

const SLOW_BYTES = 4 * 1024 * 1024;

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

/** Fetches a file of the site in a page of it. @returns its SHA-256 */
function fetchIn(page: Page, path: string): Promise<string> {
  return site(page)
    .locator('body')
    .evaluate(async (_, path) => {
      const answer = await fetch(path);
      if (answer.status !== 200) throw new Error(`${answer.status}`);
      const digest = await crypto.subtle.digest('SHA-256', await answer.arrayBuffer());
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    }, path);
}

describe('browser: a session whose workers end', () => {
  const stage = onStage();

  it('goes on with a body when the session worker has ended, and with a download', async () => {
    const { page, browser, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home');
    const body = fetchIn(page, '/slow.bin');
    await until('it flows', () => suite.last('/slow.bin')?.ended === 'open');
    await page.waitForTimeout(300);
    await killSession(browser);
    assert.equal(await body, bigHash(SLOW_BYTES));
    assert.match(suite.last('/slow.bin')?.headers.get('range') ?? '', /^bytes=[1-9]\d*-/);

    const before = suite.seen.length;
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      site(page)
        .locator('#save')
        .evaluate((link) => {
          link.setAttribute('href', '/slow.bin');
          (link as HTMLElement).click();
        }),
    ]);
    await until('it flows', () => suite.seen.slice(before).some(({ path }) => path === '/slow.bin'));
    await page.waitForTimeout(300);
    await killSession(browser);
    assert.equal(await hashOf(await download.path()), bigHash(SLOW_BYTES));
  });

  it('asks again what was on its way when the session worker ended, but not what may not be made twice', async () => {
    const { page, browser, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home');
    const ask = (method: string): Promise<unknown> =>
      site(page)
        .locator('body')
        .evaluate(
          (_, method) =>
            void fetch('/hang', { method, ...(method === 'POST' && { body: 'x' }) }).then(
              ({ status }) => (document.title = `${method} ${status}`),
            ),
          method,
        );
    await ask('GET');
    await until('it hangs', () => suite.last('/hang')?.ended === 'open');
    await killSession(browser);
    await until('it is asked again', () => suite.seen.filter(({ path }) => path === '/hang').length === 2);
    await ask('POST');
    await until('it hangs', () => suite.last('/hang')?.method === 'POST');
    await killSession(browser);
    await until('that one is told', () =>
      site(page)
        .locator('body')
        .evaluate(() => document.title === 'POST 503'),
    );
    assert.equal(suite.seen.filter(({ method }) => method === 'POST').length, 1);
  });

  it('has a request wait for a session that is slow to come: a place that the browser restores by itself', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home', '/');
    await site(page).locator('#second').click();
    await shows(page, 'Second', '/second?x=1');
    await page.goto(`${suite.origin('other')}/second`);
    await shows(page, 'Second');
    await page.addInitScript(() => {
      const { request } = LockManager.prototype;
      const slow = new Promise((resolve) => setTimeout(resolve, 2500));
      LockManager.prototype.request = async function (this: LockManager, ...given: Parameters<typeof request>) {
        await slow;
        return request.apply(this, given);
      } as typeof request;
    });
    await page.goBack();
    await shows(page, 'Second', '/second?x=1');
  });

  it('serves pages again at once after the service worker was stopped in the middle of a body', async () => {
    const { page, context, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home');
    await site(page)
      .locator('body')
      .evaluate(
        () =>
          void fetch('/slow.bin')
            .then((answer) => answer.arrayBuffer())
            .catch(() => undefined),
      );
    await until('it flows', () => suite.last('/slow.bin')?.ended === 'open');
    const devtools = await context.newCDPSession(page);
    await devtools.send('ServiceWorker.enable');
    await devtools.send('ServiceWorker.stopAllWorkers');
    assert.equal(await fetchIn(page, '/slow.bin?every=1'), bigHash(SLOW_BYTES));
    await until('nothing is left of the first', () => suite.seen.filter(({ ended }) => ended === 'open').length === 0);
    assert.equal(suite.asked.filter((path) => path === '/.porthole/site.json').length, 1, 'it is the same visit');
  });
});

describe('browser: tabs that share a session', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let host: Porthole;
  let origin: string;
  let browser: Browser;
  let context: BrowserContext;
  let large: string;

  before(async function () {
    this.timeout(60_000);
    if (!chromiumPath()) this.skip();
    folder = await scratch();
    await makeManySite(join(folder.path, 'site'));
    large = createHash('sha256')
      .update(await readFile(join(folder.path, 'site', 'large.bin')))
      .digest('hex');
    host = new Porthole(['up', join(folder.path, 'site'), '--port', '0', '--name', 'tabs'], join(folder.path, 'home'), {
      cwd: folder.path,
    });
    origin = new URL(((await host.waitFor('ready')) as unknown as { link: string }).link).origin;
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await host?.stop();
    await folder?.drop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context?.close());

  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${origin}/busy.html?ms=0`);
    await site(page).locator('h1', { hasText: '200 here' }).waitFor();
    await page.waitForSelector('#porthole-badge[data-via="data-channel"]', { state: 'attached', timeout: 20_000 });
    return page;
  };
  const visitsIn = (events: Porthole['events']): unknown[] => events.filter(({ event }) => event === 'path').map(({ visit }) => visit);
  /** Visits that the host knows of since then, and did not before. */
  const visits = (since: number): Set<unknown> => {
    const before = new Set(visitsIn(host.events.slice(0, since)));
    return new Set(visitsIn(host.events.slice(since)).filter((visit) => !before.has(visit)));
  };

  for (const closing of [0, 1]) {
    it(`is one visit to the host, and survives when the ${closing === 0 ? 'first tab, which has the WebRTC connection,' : 'second tab'} closes`, async function () {
      this.timeout(60_000);
      const since = host.events.length;
      const tabs = [await open(), await open()];
      const [closed, other] = closing === 0 ? tabs : [tabs[1], tabs[0]];
      const got = fetchIn(other as Page, '/large.bin');
      await closed?.close();
      assert.equal(await got, large);
      assert.equal(await fetchIn(other as Page, '/large.bin'), large);
      assert.equal(visits(since).size, 1, JSON.stringify(host.events.slice(since)));
      // Where the connection went with its tab, another is made in the one that is left.
      await other?.waitForSelector('#porthole-badge[data-via="data-channel"]', { state: 'attached', timeout: 30_000 });
      assert.equal(visits(since).size, 1);
    });
  }

  it('ends with the last tab where the worker does: the next one is another visit', async function () {
    this.timeout(60_000);
    await context.addInitScript(() => {
      const Shared = SharedWorker;
      window.SharedWorker = class extends Shared {
        constructor(url: string | URL, options?: string | WorkerOptions) {
          const { type = 'classic', name = '' } = options as WorkerOptions;
          super(url, { type, name });
        }
      };
    });
    const since = host.events.length;
    for (const tab of [await open(), await open()]) await tab.close();
    assert.equal(visits(since).size, 1);
    await open();
    assert.equal(visits(since).size, 2);
  });

  it('goes on with the next page of a tab, and waits for one a little while when the last is closed; then it ends', async function () {
    this.timeout(90_000);
    const since = host.events.length;
    const tab = await open();
    await tab.reload();
    await site(tab).locator('h1', { hasText: '200 here' }).waitFor();
    await tab.close();
    const next = await open();
    assert.equal(visits(since).size, 1, JSON.stringify(host.events.slice(since)));
    await next.close();
    await new Promise((resolve) => setTimeout(resolve, WINDOWLESS_MS + 2000));
    await open();
    assert.equal(visits(since).size, 2);
  });
});

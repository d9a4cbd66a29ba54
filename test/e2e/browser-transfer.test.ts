// SPDX-License-Identifier: Apache-2.0
// The browser end in a real Chromium: downloads, video, several tabs, and what goes wrong on the way.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Download, Page } from 'playwright-core';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { BIG_BYTES, bigHash } from './support/browser-site.ts';
import { killSession, onStage, shows, site, until } from './support/browser-stage.ts';

const SLOW_BYTES = 4 * 1024 * 1024;

async function hashOf(download: Download): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(await download.path())) hash.update(chunk);
  return hash.digest('hex');
}

describe('browser: files, tabs and faults', () => {
  const stage = onStage();

  /** Opens a place of the site and waits for its heading. */
  async function open(path: string, heading: string, page: Page = stage.page): Promise<void> {
    await page.goto(`${stage.suite.origin()}${path}`);
    await shows(page, heading);
  }

  it('saves a file by a link with "download", under its name, without holding it in the page', async () => {
    const { page, context } = stage;
    await open('/', 'Home');
    const devtools = await context.newCDPSession(page);
    const held = async (): Promise<number> => {
      const usage = (await devtools.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number };
      return usage.usedSize + (usage.backingStorageSize ?? 0);
    };
    const atFirst = await held();
    const [download] = await Promise.all([page.waitForEvent('download'), site(page).locator('#save').click()]);
    assert.equal(download.suggestedFilename(), 'Grüße & Co.bin');
    let most = 0;
    const watch = setInterval(async () => {
      most = Math.max(most, await held().catch(() => 0));
    }, 50);
    const hash = await hashOf(download);
    clearInterval(watch);
    assert.equal(hash, bigHash());
    assert.ok(most - atFirst < BIG_BYTES / 4, `the page held ${Math.round((most - atFirst) / 1024)} KiB more at the most`);
    assert.equal(new URL(page.url()).pathname, '/');
  });

  it('saves what is no page, by a plain link, a redirected one and a link that a script made', async () => {
    const { page } = stage;
    await open('/', 'Home');
    const [zip] = await Promise.all([page.waitForEvent('download'), site(page).locator('#zip').click()]);
    assert.equal(zip.suggestedFilename(), 'archive.zip');
    assert.equal((await hashOf(zip)).length, 64);
    const [moved] = await Promise.all([page.waitForEvent('download'), site(page).locator('#save-moved').click()]);
    assert.equal(moved.suggestedFilename(), 'moved.bin');
    await moved.cancel();
    const [made] = await Promise.all([
      page.waitForEvent('download'),
      site(page)
        .locator('body')
        .evaluate(() => Object.assign(document.createElement('a'), { href: '/slow.bin', download: 'made.bin' }).click()),
    ]);
    assert.equal(made.suggestedFilename(), 'made.bin');
    await made.cancel();
    await until('the cancelled download ends at the site', () => stage.suite.last('/slow.bin')?.ended === 'aborted');
    await shows(page, 'Home', '/');
  });

  it('says that a file is saved when the link itself leads to one', async () => {
    const { page, suite } = stage;
    const [zip] = await Promise.all([page.waitForEvent('download'), page.goto(`${suite.origin()}/files/archive.zip`)]);
    assert.equal(zip.suggestedFilename(), 'archive.zip');
    await page.locator('#porthole-status', { hasText: 'The file is being saved' }).waitFor();
  });

  it('says so when a file cannot be saved', async () => {
    const { page } = stage;
    await open('/', 'Home');
    await site(page).locator('#save-missing').click();
    await page.locator('#porthole-bar', { hasText: 'could not be saved' }).waitFor();
    assert.match((await page.locator('#porthole-bar-text').textContent()) ?? '', /nothing-here.*404/);
  });

  it('seeks in a video by ranges', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/player`);
    const length = await site(page)
      .locator('#video')
      .evaluate(async (video: HTMLVideoElement) => {
        if (video.readyState === 0) await new Promise((resolve) => video.addEventListener('loadedmetadata', resolve, { once: true }));
        video.currentTime = 80;
        await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
        return video.duration;
      });
    assert.equal(Math.round(length), 90);
    assert.ok(suite.seen.every(({ path, headers }) => path !== '/tone.wav' || headers.get('range')?.startsWith('bytes=')));
  });

  for (const first of ['the first tab', 'the second tab']) {
    it(`goes on with a download that either tab began when ${first} is closed: they share a session`, async () => {
      const { page, context, suite } = stage;
      const second = await context.newPage();
      await open('/', 'Home');
      await open('/second', 'Second', second);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        site(page)
          .locator('#save')
          .evaluate((link) => {
            link.setAttribute('href', '/slow.bin');
            (link as HTMLElement).click();
          }),
      ]);
      await until('it is carried', () => second.evaluate(() => window.testVisit?.busy.includes('/slow.bin') ?? false));
      const [closing, other] = first === 'the first tab' ? [page, second] : [second, page];
      await closing.close();
      assert.equal(await hashOf(download), bigHash(SLOW_BYTES));
      assert.equal(suite.seen.filter(({ path }) => path === '/slow.bin').length, 1, 'it was not even asked for again');
      assert.equal(suite.asked.filter((path) => path === '/.porthole/site.json').length, 1, 'there was one visit');
      await site(other).locator('a').first().click();
      await until('the other one works on', async () => (await site(other).locator('h1').count()) === 1);
    });
  }

  it('picks up a broken body where it was, and shows a bar over the site meanwhile', async () => {
    const { page, suite } = stage;
    await open('/', 'Home');
    const text = site(page)
      .locator('body')
      .evaluate(async () => {
        const digest = await crypto.subtle.digest('SHA-256', await (await fetch('/slow.bin')).arrayBuffer());
        return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      });
    await until('it flows', () => suite.last('/slow.bin') !== undefined);
    await page.waitForTimeout(300);
    await page.evaluate(() => window.testVisit?.lose());
    await page.locator('#porthole-bar', { hasText: 'Reconnecting' }).waitFor();
    assert.equal(await page.locator('#porthole-badge').getAttribute('data-via'), '');
    assert.ok(await site(page).locator('h1').isVisible());
    await page.evaluate(() => window.testVisit?.connect({ via: 'relay', reason: 'the direct way was lost' }));
    await page.locator('#porthole-bar').waitFor({ state: 'hidden' });
    assert.equal(await page.locator('#porthole-badge').getAttribute('data-via'), 'relay');
    assert.equal(await text, bigHash(SLOW_BYTES));
  });

  it('cancels at the site what nobody waits for any more: before and after the head', async () => {
    const { page, suite } = stage;
    await open('/', 'Home');
    await site(page)
      .locator('body')
      .evaluate(() => {
        const stop = new AbortController();
        void fetch('/slow.bin', { signal: stop.signal }).then(() => stop.abort());
      });
    await until('the body is cancelled', () => suite.last('/slow.bin')?.ended === 'aborted');
    await site(page)
      .locator('body')
      .evaluate(() => void fetch('/hang').catch(() => undefined));
    await until('it hangs', () => suite.last('/hang')?.ended === 'open');
    await site(page).locator('#second').click();
    await shows(page, 'Second', '/second?x=1');
    await until('leaving the page cancels', () => suite.last('/hang')?.ended === 'aborted');
    await page.goto(`${suite.origin()}/long`, { waitUntil: 'commit' });
    await shows(page, 'Long');
    await site(page)
      .locator('body')
      .evaluate(() => location.assign('/second'));
    await shows(page, 'Second', '/second');
    await until('the page that was left is cancelled', () => suite.last('/long')?.ended === 'aborted');
  });

  it('lets go of a navigation that is overtaken by another', async () => {
    const { page, suite } = stage;
    await open('/', 'Home');
    await site(page).locator('#hang').click({ noWaitAfter: true });
    await until('it hangs', () => suite.last('/hang')?.ended === 'open');
    await site(page).locator('#second').click();
    await shows(page, 'Second', '/second?x=1');
    await until('the overtaken request is cancelled', () => suite.last('/hang')?.ended === 'aborted');
  });

  it('works on after the browser stopped the worker', async () => {
    const { page, context, suite } = stage;
    await open('/', 'Home');
    const devtools = await context.newCDPSession(page);
    await devtools.send('ServiceWorker.enable');
    await site(page)
      .locator('body')
      .evaluate(() => void fetch('/hang').catch(() => undefined));
    await until('it hangs', () => suite.last('/hang')?.ended === 'open');
    await devtools.send('ServiceWorker.stopAllWorkers');
    await site(page).locator('#second').click();
    await shows(page, 'Second', '/second?x=1');
    await until('what the stopped worker asked for is cancelled', () => suite.last('/hang')?.ended === 'aborted');
  });

  it('reloads while the suite is away, and goes on when it is back', async () => {
    const { page, suite } = stage;
    await open('/second', 'Second');
    await suite.stop();
    await killSession(stage.browser); // it outlives the page, and would go on with the site
    await page.reload({ waitUntil: 'commit' });
    await page.locator('#porthole-status-detail', { hasText: 'SUITE_UNREACHABLE' }).waitFor();
    await suite.start();
    await shows(page, 'Second', '/second');
  });

  it('opens by itself when the host comes online', async () => {
    const { page, suite } = stage;
    suite.site = { ...suite.site, error: 'HOST_OFFLINE' };
    await page.goto(`${suite.origin()}/second`);
    await page.locator('#porthole-status', { hasText: 'not online right now' }).waitFor();
    await page.locator('#porthole-status-since', { hasText: /Waiting since \d/ }).waitFor();
    await page.evaluate(() => window.testVisit?.connect());
    await shows(page, 'Second', '/second');
    await page.locator('#porthole-status').waitFor({ state: 'hidden' });
  });

  it('loads a page again that the break of a path kept from loading, but not one that was posted', async () => {
    const { page, suite } = stage;
    suite.site = { ...suite.site, connectAfterMs: 60_000 };
    await page.goto(`${suite.origin()}/hang`);
    await page.waitForFunction(() => window.testVisit);
    await page.evaluate(() => window.testVisit?.connect());
    await until('it hangs', () => suite.last('/hang')?.ended === 'open');
    await page.evaluate(() => window.testVisit?.lose());
    await until(
      'the error page is there',
      async () => (await site(page).locator('html').getAttribute('data-porthole-error')) === 'PATH_LOST',
    );
    assert.ok(await page.locator('#porthole-status').isVisible(), 'the status page says more');
    const before = suite.seen.length;
    await page.evaluate(() => window.testVisit?.connect());
    await until('it is asked for again', () => suite.seen.slice(before).some(({ path }) => path === '/hang'));

    suite.site = { ...suite.site, connectAfterMs: 0 };
    await open('/', 'Home');
    await site(page)
      .locator('#form')
      .evaluate((form: HTMLFormElement) => {
        form.action = '/hang';
        form.submit();
      });
    await until('it hangs', () => suite.last('/hang')?.method === 'POST');
    await page.evaluate(() => window.testVisit?.lose());
    await site(page).locator('h1', { hasText: 'The connection broke' }).waitFor();
    const posted = suite.seen.length;
    await page.evaluate(() => window.testVisit?.connect());
    await page.waitForTimeout(300);
    assert.equal(suite.seen.length, posted);
  });

  it('says that there is no such site', async () => {
    const { page, suite } = stage;
    suite.site = { ...suite.site, error: 'SITE_UNKNOWN' };
    await page.goto(`${suite.origin()}/`);
    await page.locator('#porthole-status', { hasText: 'There is no site here' }).waitFor();
    assert.ok(await page.locator('#porthole-status-again').isVisible());
  });

  it('says what an unfit browser lacks', async () => {
    const { page, suite } = stage;
    await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
    await page.goto(`${suite.origin()}/`);
    await page.locator('#porthole-status', { hasText: 'This browser cannot open the site' }).waitFor();
    await page.locator('#porthole-status-detail', { hasText: 'no service workers' }).waitFor();
  });

  it('comes through a reload with Shift held, which bypasses the worker', async () => {
    const { page, context } = stage;
    await open('/second', 'Second');
    const devtools = await context.newCDPSession(page);
    await devtools.send('Page.reload', { ignoreCache: true });
    await page.waitForEvent('domcontentloaded');
    await shows(page, 'Second', '/second');
    assert.equal(await page.evaluate(() => navigator.serviceWorker.controller !== null), true);
  });

  it('does not reload for ever when every request bypasses the worker', async () => {
    const { page, context, suite } = stage;
    await open('/', 'Home');
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Network.setBypassServiceWorker', { bypass: true });
    await page.reload();
    await page.locator('#porthole-status', { hasText: 'past the service worker' }).waitFor();
    const asked = suite.asked.length;
    await page.waitForTimeout(500);
    assert.ok(suite.asked.length - asked <= 1, 'it stopped');
  });

  it('removes the worker and its stores when the address asks for it, and starts anew', async () => {
    const { page, suite } = stage;
    await open('/second', 'Second');
    const before = suite.asked.filter((path) => path === '/.porthole/sw.js').length;
    await page.goto(`${suite.origin()}/second?porthole-unregister`);
    await shows(page, 'Second', '/second');
    assert.ok(suite.asked.filter((path) => path === '/.porthole/sw.js').length > before);
  });

  it('shows a site inside a page of somebody else, unless the site forbids it', async () => {
    const { page, suite } = stage;
    const of = encodeURIComponent(`${suite.origin()}/docs/`);
    await page.goto(`${suite.origin('embedder.demo')}/?of=${of}`);
    const inner = page.frameLocator('#embed').frameLocator('#porthole-frame');
    await inner.locator('h1', { hasText: 'Docs' }).waitFor();
    await inner.locator('h1').evaluate(() => location.assign('/forbids-frames'));
    await until('the browser refuses it', () => page.frames().some((frame) => frame.url().startsWith('chrome-error:')));
  });

  it('opens in a tab of its own from a page of another site, where the browser keeps others from storing anything', async () => {
    const { suite } = stage;
    // A private window of the whole browser does: its engine alone does not.
    const whole = await startChromium(chromiumPath());
    try {
      const context = await whole.newContext();
      const page = await context.newPage();
      await page.goto(`${suite.origin('embedder')}/?of=${encodeURIComponent(`${suite.origin()}/docs/`)}`);
      const opens = page.frameLocator('#embed').locator('#porthole-status-open');
      const [tab] = await Promise.all([context.waitForEvent('page'), opens.click()]);
      await shows(tab, 'Docs', '/docs/');
    } finally {
      await whole.close();
    }
  });
});

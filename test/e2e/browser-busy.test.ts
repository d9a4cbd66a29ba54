// SPDX-License-Identifier: Apache-2.0
// A slow device, and pages that keep it busy, in Chromium: every answer comes, for the session is in a worker of its own.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Porthole, scratch } from '../support/porthole.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { site, until } from './support/browser-stage.ts';
import { FILES, makeManySite, SCRIPTS } from './support/many-site.ts';

/** By hand, PORTHOLE_LOADS=10 has so many loads of the page of many files, cold and warm each, by every way on every device. */
const BY_HAND = process.env.PORTHOLE_LOADS;
const LOADS = Number(BY_HAND ?? 1);
/** Milliseconds that a busy page blocks its thread; longer by hand: PORTHOLE_BUSY_MS=60000. */
const LONG_MS = Number(process.env.PORTHOLE_BUSY_MS ?? 20_000);

describe('browser: busy pages on a slow device', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let host: Porthole;
  let link: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let loads = 0;

  before(async function () {
    this.timeout(60_000);
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    folder = await scratch();
    await makeManySite(join(folder.path, 'site'));
    host = new Porthole(['up', join(folder.path, 'site'), '--port', '0', '--name', 'many'], join(folder.path, 'home'), {
      cwd: folder.path,
    });
    ({ link } = (await host.waitFor('ready')) as unknown as { link: string });
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await host?.stop();
    await folder?.drop();
  });
  afterEach(() => context?.close());

  /** A browser as new; `via` relay: one without WebRTC; `shares` false: one without shared workers. */
  async function fresh(via: string, shares = true): Promise<void> {
    await context?.close();
    context = await browser.newContext({ acceptDownloads: true });
    if (via === 'relay') await context.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
    if (!shares) await context.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'));
    page = await context.newPage();
  }

  const carriedBy = (via: string, at = page): Promise<unknown> =>
    at.waitForSelector(`#porthole-badge[data-via="${via}"]`, { state: 'attached', timeout: 60_000 });

  async function throttle(times: number): Promise<void> {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: times });
  }

  /** Loads the page of many files, and sees that all of it came. */
  async function loadMany(): Promise<void> {
    const statuses: string[] = [];
    page.on('response', (response) => {
      if (/\/(i|s)\/\d+\.(png|js)$|\/$/.test(new URL(response.url()).pathname) && response.frame() !== page.mainFrame())
        statuses.push(`${response.status()}`);
    });
    await page.goto(`${link.replace(/#.*/, '')}?${++loads}`, { waitUntil: 'commit' });
    await until(
      'the page is loaded',
      async () => {
        const frame = page.frames()[1];
        return frame?.url().endsWith(`?${loads}`)
          ? await frame.evaluate(() => document.readyState === 'complete' && document.title === 'Many').catch(() => false)
          : false;
      },
      120_000,
    );
    const [scripts, pictures, broken] = await site(page)
      .locator('body')
      .evaluate(() => {
        const all = [...document.images];
        return [(window as { n?: number }).n, all.length, all.filter(({ naturalWidth }) => naturalWidth === 0).length];
      });
    page.removeAllListeners('response');
    assert.deepEqual([scripts, (pictures as number) + SCRIPTS + 1, broken], [SCRIPTS, FILES, 0], JSON.stringify(statuses));
    assert.deepEqual(
      statuses.filter((status) => status !== '200'),
      [],
    );
  }

  for (const via of ['data-channel', 'relay']) {
    for (const times of via === 'relay' || BY_HAND ? [6, 20] : [6]) {
      const warm = times < 20 || BY_HAND;
      it(`shows a page of ${FILES} files whole, cold${warm ? ' and warm' : ''}, ${times} times slower, over ${via}`, async function () {
        this.timeout(LOADS * 240_000);
        for (let load = 0; load < LOADS; load++) {
          await fresh(via);
          await throttle(times);
          await loadMany();
          await carriedBy(via);
          if (warm) await loadMany();
        }
      });
    }
  }

  for (const [via, ms] of [
    ['data-channel', 4000],
    ['relay', LONG_MS],
    ...(BY_HAND ? ([['data-channel', LONG_MS]] as const) : []),
  ] as const) {
    it(`answers what a page asked for that blocks its thread for ${ms / 1000} s, over ${via}`, async function () {
      this.timeout(ms + 60_000);
      await fresh(via);
      await page.goto(`${link.replace(/#.*/, '')}word.txt`);
      await carriedBy(via);
      await page.goto(`${link.replace(/#.*/, '')}busy.html?ms=${ms}`, { waitUntil: 'commit' });
      await site(page)
        .locator('h1', { hasText: '200 here' })
        .waitFor({ timeout: ms + 30_000 });
    });
  }

  it('does the same in a browser that has no shared workers: each tab has a session of its own', async function () {
    this.timeout(60_000);
    await fresh('data-channel', false);
    await throttle(6);
    await loadMany();
    await carriedBy('data-channel');
    const other = await context.newPage();
    await other.goto(`${link.replace(/#.*/, '')}word.txt`);
    await carriedBy('data-channel', other);
    await page.goto(`${link.replace(/#.*/, '')}busy.html?ms=3000`, { waitUntil: 'commit' });
    await site(page).locator('h1', { hasText: '200 here' }).waitFor();
    await other.close();
    await page.goto(`${link.replace(/#.*/, '')}busy.html?ms=0`);
    await site(page).locator('h1', { hasText: '200 here' }).waitFor();
  });
});

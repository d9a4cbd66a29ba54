// SPDX-License-Identifier: Apache-2.0
// The whole way, as a person goes it: `up` on the example site, its link in Chromium, every kind of content to the byte.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { shortOrLong } from '../support/long.ts';
import { Namespace, noNamespaceReason } from '../support/no-udp.ts';
import { type CommandEvent, Porthole, scratch } from '../support/porthole.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { exampleSite } from './support/example-site.ts';

const LARGE_MB = shortOrLong(64, 200);
const PIECES = [
  'index.html',
  'assets/site.css',
  'assets/front.js',
  'data/tide.json',
  'images/harbour-light.jpg',
  'images/aurora.webp',
  'media/a-day-at-sea.mp4',
];

const hashOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};

describe('the whole way, in Chromium', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let example: string;

  before(async function () {
    this.timeout(60_000);
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    folder = await scratch();
    example = await exampleSite(folder.path, LARGE_MB);
  });
  after(() => folder?.drop());

  for (const via of ['data-channel', 'relay']) {
    describe(`over ${via}${via === 'relay' ? ', UDP being blocked' : ''}`, () => {
      let namespace: Namespace | undefined;
      let host: Porthole;
      let link: string;
      let browser: Browser;
      let context: BrowserContext;
      let page: Page;
      let frame: Frame;

      const start = async (port: string): Promise<CommandEvent> => {
        host = new Porthole(['up', example, '--port', port, '--name', 'whole'], join(folder.path, via), {
          cwd: folder.path,
          within: namespace?.enter,
        });
        return host.waitFor('ready');
      };
      const siteFrame = async (): Promise<Frame> => {
        const element = await page.waitForSelector('#porthole-frame');
        const found = await element.contentFrame();
        assert.ok(found);
        return found;
      };

      before(async function () {
        if (!folder) this.skip();
        let program: string | undefined;
        if (via === 'relay') {
          const reason = noNamespaceReason();
          if (reason) {
            console.log(`        skipped: ${reason}`);
            this.skip();
          }
          namespace = await Namespace.open();
          namespace.blockUdp();
          program = await namespace.wrapper(chromiumPath() as string, folder.path);
        }
        ({ link } = (await start('0')) as unknown as { link: string });
        browser = await startChromium(program ?? chromiumPath());
        context = await browser.newContext({ acceptDownloads: true });
        page = await context.newPage();
      });
      after(async () => {
        await browser?.close();
        await host?.stop();
        namespace?.close();
      });

      it('the link shows the site within 5 s, without a reload, and says which path is in use', async () => {
        let loads = 0;
        page.on('load', () => loads++);
        const began = Date.now();
        await page.goto(link);
        frame = await siteFrame();
        await frame.locator('h1', { hasText: 'straight from' }).waitFor({ timeout: 10_000 });
        const took = Date.now() - began;
        assert.ok(took < 5000, `${took} ms`);
        assert.equal(loads, 1);
        await page.waitForSelector(`#porthole-badge[data-via="${via}"]`, { state: 'attached' });
        await host.waitFor((told) => told.event === 'path' && told.via === via);
      });

      it('page, style, script, data, images and film come out as they lie on the disk', async () => {
        for (const piece of PIECES) {
          const hash = await frame.evaluate(async (path: string) => {
            const response = await fetch(`/${path}`);
            if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
            const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
            return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
          }, piece);
          assert.equal(
            hash,
            createHash('sha256')
              .update(await readFile(join(example, piece)))
              .digest('hex'),
            piece,
          );
        }
        const painted = await frame.evaluate(() =>
          [...document.images].filter((image) => image.loading !== 'lazy').every((image) => image.complete && image.naturalWidth > 0),
        );
        assert.ok(painted);
      });

      it('the film is sought, by ranges', async () => {
        await page.goto(new URL('/film.html', link).href);
        frame = await siteFrame();
        await frame.locator('video').waitFor();
        const partial: number[] = [];
        page.on('response', (response) => partial.push(response.status()));
        const at = await frame.evaluate(async () => {
          const video = document.querySelector('video') as HTMLVideoElement;
          video.muted = true;
          if (video.readyState < 1) await new Promise((resolve) => video.addEventListener('loadedmetadata', resolve, { once: true }));
          const seek = async (seconds: number): Promise<number> => {
            const sought = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
            video.currentTime = seconds;
            await sought;
            return video.currentTime;
          };
          return [await seek(video.duration - 2), await seek(3)];
        });
        assert.ok((at[0] as number) > 10 && at[1] === 3, String(at));
      });

      it('a deep link, reload and back keep their place', async () => {
        const deep = new URL('/guide/chapter-2.html', link).href;
        await page.goto(deep);
        frame = await siteFrame();
        await frame.locator('h1').waitFor();
        const heading = await frame.locator('h1').textContent();
        await page.reload();
        frame = await siteFrame();
        await frame.locator('h1', { hasText: heading ?? '' }).waitFor();
        assert.equal(page.url(), deep);
        await frame.locator('a[href*="chapter-3"]').first().click();
        await page.waitForURL('**/guide/chapter-3.html');
        await page.goBack();
        await page.waitForURL('**/guide/chapter-2.html');
      });

      it(`a download of ${LARGE_MB} MB comes out byte-identical`, async function () {
        this.timeout(120_000);
        await page.goto(new URL('/downloads.html', link).href);
        frame = await siteFrame();
        const anchor = frame.locator('a[href*="large.bin"]').first();
        await anchor.waitFor();
        const [download] = await Promise.all([page.waitForEvent('download'), anchor.click()]);
        assert.equal(download.suggestedFilename(), 'large.bin');
        assert.equal(await hashOf(await download.path()), await hashOf(join(example, 'files', 'large.bin')));
      });

      it('the host is killed and started again: the open page recovers by itself', async function () {
        this.timeout(60_000);
        await page.goto(new URL('/guide/chapter-1.html', link).href);
        frame = await siteFrame();
        await frame.locator('h1').waitFor();
        let loads = 0;
        page.on('load', () => loads++);
        await host.kill();
        const again = await start(new URL(link).port);
        assert.equal(again.link, link);
        await page.waitForSelector(`#porthole-badge[data-via="${via}"]`, { state: 'attached', timeout: 30_000 });
        await host.waitFor('path', 30_000);
        const status = await frame.evaluate(async () => (await fetch('/data/hello.json')).status);
        assert.equal(status, 200);
        await frame.locator('a[href*="chapter-2"]').first().click();
        await page.waitForURL('**/guide/chapter-2.html');
        await (await siteFrame()).locator('h1').waitFor();
        assert.equal(loads, 0, 'the page was reloaded');
      });
    });
  }
});

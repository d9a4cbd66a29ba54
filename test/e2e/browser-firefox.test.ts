// SPDX-License-Identifier: Apache-2.0
// The browser end in a real Firefox: a site opens, busy pages are answered, tabs share a session, a PDF is shown by its viewer.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import puppeteer, { type Browser, type Frame, type Page } from 'puppeteer-core';
import { Porthole, scratch } from '../support/porthole.ts';
import { until } from './support/browser-stage.ts';
import { makeManySite, PICTURES, SCRIPTS } from './support/many-site.ts';

const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path));

const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`;

describe('browser: Firefox', function () {
  this.timeout(120_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  let host: Porthole;
  let origin: string;
  let browser: Browser;

  before(async function () {
    if (!FIREFOX) {
      console.log('      skipped: there is no Firefox on this machine (Debian: apt-get install firefox-esr)');
      this.skip();
    }
    folder = await scratch();
    await makeManySite(join(folder.path, 'site'));
    await writeFile(join(folder.path, 'site', 'talk.pdf'), PDF);
    host = new Porthole(['up', join(folder.path, 'site'), '--port', '0', '--name', 'fox'], join(folder.path, 'home'), { cwd: folder.path });
    origin = new URL(((await host.waitFor('ready')) as unknown as { link: string }).link).origin;
    browser = await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true });
  });
  after(async () => {
    await browser?.close();
    await host?.stop();
    await folder?.drop();
  });

  const inner = (page: Page): Frame | undefined => page.frames().find((frame) => frame.parentFrame() === page.mainFrame());
  const shows = (page: Page, heading: string): Promise<void> =>
    until(
      `the site shows ${heading}`,
      async () =>
        (await inner(page)
          ?.evaluate(() => document.querySelector('h1')?.textContent ?? '')
          .catch(() => '')) === heading,
      60_000,
    );
  const statusHidden = (page: Page): Promise<boolean> => page.evaluate(() => document.getElementById('porthole-status')?.hidden === true);

  it('opens a page of many files whole, over a data channel', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/`);
    await shows(page, 'Many');
    await until('all is loaded', async () => (await inner(page)?.evaluate(() => document.readyState)) === 'complete', 60_000);
    const frame = inner(page);
    assert.ok(frame);
    const [scripts, pictures] = await frame.evaluate(() => [
      (window as { n?: number }).n,
      [...document.images].filter(({ naturalWidth }) => naturalWidth > 0).length,
    ]);
    assert.deepEqual([scripts, pictures], [SCRIPTS, PICTURES]);
    await page.waitForSelector('#porthole-badge[data-via="data-channel"]', { timeout: 30_000 });
    assert.ok(await statusHidden(page));
    await page.close();
  });

  it('answers what a page asked for that blocks its thread for 4 s', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/busy.html?ms=4000`);
    await shows(page, '200 here');
    await page.close();
  });

  it('has one session for two tabs, which survives the first', async () => {
    const since = host.events.length;
    const [first, second] = [await browser.newPage(), await browser.newPage()];
    for (const tab of [first, second]) {
      await tab.goto(`${origin}/busy.html?ms=0`);
      await shows(tab, '200 here');
    }
    await first.close();
    const bytes = await inner(second)?.evaluate(async () => (await (await fetch('/large.bin')).arrayBuffer()).byteLength);
    assert.equal(bytes, 24 * 1024 * 1024);
    const visitsOf = (events: typeof host.events): Set<unknown> =>
      new Set(events.filter(({ event }) => event === 'path').map(({ visit }) => visit));
    // The visit of a tab that was there before may still tell of its end.
    const before = visitsOf(host.events.slice(0, since));
    const fresh = [...visitsOf(host.events.slice(since))].filter((visit) => !before.has(visit));
    assert.equal(fresh.length, 1, JSON.stringify(host.events.slice(since)));
    await second.close();
  });

  it('shows a PDF by its own viewer, and takes it for the page', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/talk.pdf`);
    await until('the status page has given way', () => statusHidden(page), 30_000);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.ok(await statusHidden(page), 'it stays away');
    await page.close();
  });
});

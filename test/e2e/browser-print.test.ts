// SPDX-License-Identifier: Apache-2.0
// Printing a site's page in Chromium: by the keys the page alone, and by the tab (as the browser's menu does) all of it, without the badge.

import assert from 'node:assert/strict';
import type { Browser, Frame, Page } from 'playwright-core';
import type { Site } from '../../host-agent/index.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { shows } from './support/browser-stage.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

const LINES = 300;
const lines = Array.from(
  { length: LINES },
  (_, at) => `<p><a href="https://example.com/line-${at}">line ${at}</a> ${'word '.repeat(60)}</p>`,
).join('');
const page = (style: string, body: string): Response =>
  new Response(`<!doctype html><meta charset="utf-8"><style>body { margin: 20px; font: 16px serif } ${style}</style><h1>Long</h1>${body}`, {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
const PAGES: Readonly<Record<string, Response>> = {
  '/long': page('', lines),
  '/short': page('', '<p><a href="https://example.com/line-299">the only one</a>'),
  // Much of it is for screens alone, and what is for paper alone is long.
  '/styled': page(
    '@media print { nav { display: none } } @media screen { main { display: none } }',
    `<nav style="height: 20000px"></nav><main>${lines}</main>`,
  ),
  '/high': page('.hero { height: 100vh } html, body { min-height: 100% }', `<div class="hero"></div><div class="hero"></div>${lines}`),
};

describe('browser: printing a site', function () {
  this.timeout(120_000);
  let stage: SiteStage;
  let browser: Browser;
  let tab: Page;
  let alone: Page;
  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    const site: Site = async ({ url }) => PAGES[new URL(url).pathname]?.clone() ?? new Response(null, { status: 404 });
    stage = await siteStage('paper', site);
    browser = await startChromium();
    tab = await browser.newPage();
    alone = await browser.newPage();
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });
  const frame = (): Frame => tab.frames().find((one) => one.parentFrame() === tab.mainFrame()) as Frame;
  const opens = async (path: string): Promise<void> => {
    await tab.goto(stage.origin + path);
    await shows(tab, 'Long', path, 40_000);
    await tab.locator('#porthole-badge').waitFor({ timeout: 40_000 });
    await frame().evaluate(() => scrollTo(0, 300));
  };
  /** Prints the tab on A4. @returns how many pages there are, and which of the lines' links are on them */
  const print = async (of: Page): Promise<{ readonly pages: number; readonly links: ReadonlySet<number> }> => {
    const text = (await of.pdf({ format: 'A4', margin: { top: '1cm', right: '1cm', bottom: '1cm', left: '1cm' } })).toString('latin1');
    const links = [...text.matchAll(/\/URI \(https:\/\/example\.com\/line-(\d+)\)/g)].map(([, at]) => Number(at));
    return { pages: text.match(/\/Type\s*\/Page\b/g)?.length ?? 0, links: new Set(links) };
  };

  for (const path of Object.keys(PAGES))
    it(`prints all of ${path} by the tab, on about as many pages as it has alone`, async () => {
      await opens(path);
      const { pages, links } = await print(tab);
      await alone.setContent((await PAGES[path]?.clone().text()) ?? '');
      const wanted = await print(alone);
      assert.deepEqual([...links].sort(), [...wanted.links].sort());
      // A line that stands between two pages is on both in part, where it would be on the second.
      assert.ok(Math.abs(pages - wanted.pages) <= 1, `${pages} for ${wanted.pages}`);
      const left = await tab.evaluate(() => [
        document.documentElement.style.length,
        document.getElementById('porthole-frame')?.style.length,
      ]);
      assert.deepEqual(left, [0, 0], 'the screen is as before');
    });

  it('has Ctrl+P print the page alone, in the frame or on the badge, unless the page has a use of its own for it', async () => {
    await opens('/short');
    await frame().evaluate(() => {
      document.documentElement.dataset.printed = '';
      window.print = () => {
        document.documentElement.dataset.printed += 'site ';
      };
    });
    const printed = (): Promise<string | undefined> => frame().evaluate(() => document.documentElement.dataset.printed);
    await tab.locator('#porthole-badge-toggle').focus();
    await tab.keyboard.press('Control+p');
    assert.equal(await printed(), 'site ');
    const handled = await frame().evaluate(() => {
      const press = (): boolean =>
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'p', ctrlKey: true, bubbles: true, cancelable: true }));
      const ours = press();
      addEventListener('keydown', (event) => event.preventDefault(), { once: true });
      press();
      return [ours, document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'p', bubbles: true, cancelable: true }))];
    });
    assert.deepEqual(handled, [false, true], 'the browser does not print the tab as well; a letter is a letter');
  });
});

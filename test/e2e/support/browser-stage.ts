// SPDX-License-Identifier: Apache-2.0
// What every test of the browser end stands on: the build, a suite and a browser, and words for looking at the page.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { buildBrowser } from '../../../client-runtime/browser/build.ts';
import { chromiumPath, startChromium } from './browser-chromium.ts';
import { BrowserSuite } from './browser-suite.ts';

/** The stage of a test: made before it, taken down after it. */
export interface Stage {
  suite: BrowserSuite;
  browser: Browser;
  context: BrowserContext;
  page: Page;
}

/** Builds once and starts a browser; each test gets a suite and an empty profile of its own. Without Chromium the tests are skipped. */
export function onStage(): Stage {
  const stage = {} as Stage;
  let folder: string | undefined;
  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'porthole-browser-'));
    const script = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
    await buildBrowser(folder, { entry: script('browser-visit-page'), session: script('browser-visit-session') });
    stage.browser = await startChromium();
  });
  beforeEach(async () => {
    stage.suite = new BrowserSuite(folder as string);
    await stage.suite.start();
    stage.context = await stage.browser.newContext({ acceptDownloads: true });
    stage.page = await stage.context.newPage();
  });
  afterEach(async () => {
    await stage.context?.close();
    await stage.suite?.stop();
  });
  after(async () => {
    await stage.browser?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });
  return stage;
}

/** Ends the session's worker, as a crash would: nobody is told. */
export async function killSession(browser: Browser): Promise<void> {
  const devtools = await browser.newBrowserCDPSession();
  const { targetInfos } = await devtools.send('Target.getTargets');
  const target = targetInfos.find(({ type }) => type === 'shared_worker');
  assert.ok(target, 'there is a shared worker');
  await devtools.send('Target.closeTarget', { targetId: target.targetId });
  await devtools.detach();
}

/** The site in a shell page. */
export function site(page: Page): FrameLocator {
  return page.frameLocator('#porthole-frame');
}

/** Waits until the site shows this heading, and the address bar is at this path. */
export async function shows(page: Page, heading: string, path?: string): Promise<void> {
  await site(page).locator('h1', { hasText: heading }).waitFor({ timeout: 8_000 });
  if (path !== undefined) {
    await until(`the address is ${path}`, () => {
      const { pathname, search, hash } = new URL(page.url());
      return pathname + search + hash === path;
    });
  }
}

/** Waits until something is so. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 8_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

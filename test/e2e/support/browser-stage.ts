// SPDX-License-Identifier: Apache-2.0
// What every test of the browser end stands on: the build, a suite and a browser, and words for looking at the page.

import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { type BrowserFiles, buildSomewhere, hashOf, SOURCES } from '../../../cli/running/browser-assets.ts';
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

/** How long what must come may take, in milliseconds: long beyond what a busy machine needs. */
const COMES_MS = 30_000;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The browser's files with a visit of the tests' own, built once for each state of their source. */
function built(): Promise<BrowserFiles> {
  const script = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  return buildSomewhere({
    build: (folder) => buildBrowser(folder, { entry: script('browser-visit-page'), session: script('browser-visit-session') }),
    source: () => hashOf([...SOURCES, 'test/e2e/support'].map((name) => join(ROOT, name))),
    kept: [join(ROOT, 'node_modules', '.cache', 'porthole-tests')],
    temporary: tmpdir(),
  });
}

/** Builds once and starts a browser; each test gets a suite and an empty profile of its own. Without Chromium the tests are skipped. */
export function onStage(): Stage {
  const stage = {} as Stage;
  let files: BrowserFiles | undefined;
  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    files = await built();
    stage.browser = await startChromium();
  });
  beforeEach(async () => {
    stage.suite = new BrowserSuite((files as BrowserFiles).folder);
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
    await files?.close();
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
export async function shows(page: Page, heading: string, path?: string, withinMs = COMES_MS): Promise<void> {
  await site(page).locator('h1', { hasText: heading }).waitFor({ timeout: withinMs });
  if (path !== undefined) {
    await until(`the address is ${path}`, () => {
      const { pathname, search, hash } = new URL(page.url());
      return pathname + search + hash === path;
    });
  }
}

/** Waits until something is so. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = COMES_MS): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Each case of HTTP caching comes out in the page as in Chromium at the origin itself: what the page got, and what the origin was asked.

import assert from 'node:assert/strict';
import { type Browser, chromium, type Frame } from 'playwright-core';
import { appSite } from '../../host-agent/app/site.ts';
import { type Ask, CACHE_CASES, type CacheCase } from '../support/cache-cases.ts';
import { type CacheOrigin, cacheOrigin } from '../support/cache-origin.ts';
import { CHROMIUM_FLAGS, chromiumPath, enginePath } from './support/browser-chromium.ts';
import { shows } from './support/browser-stage.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

/** Cases that run at once. */
const AT_ONCE = 6;

/** What came of a case. */
interface Outcome {
  /** Each answer: its status, which of the origin's it is, what else it tells, and its body. */
  readonly got: readonly string[];
  readonly asked: readonly string[];
}

/** In a page: asks one after the other. */
async function play({ path, asks }: { readonly path: string; readonly asks: readonly Ask[] }): Promise<string[]> {
  const got: string[] = [];
  for (const { at = '', ...init } of asks) {
    try {
      const answer = await fetch(path + at, { redirect: 'manual', mode: 'same-origin', ...init });
      const body = await answer.text();
      const told = ['x-number', 'x-told', 'etag', 'content-type', 'content-range'].map((name) => answer.headers.get(name) ?? '-');
      got.push([answer.type === 'opaqueredirect' ? 'redirect' : answer.status, ...told, body].join(' '));
    } catch (error) {
      got.push(error instanceof Error ? error.name : 'failed');
    }
    await new Promise((resolve) => setTimeout(resolve, 50)); // what is kept is kept behind the page's back
  }
  return got;
}

describe('the cases of HTTP caching, in Chromium and in the page', function () {
  this.timeout(240_000);
  let origin: CacheOrigin | undefined;
  let stage: SiteStage | undefined;
  let browser: Browser | undefined;
  const outcomes = new Map<string, Record<'direct' | 'page', Outcome>>();

  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    const open = await cacheOrigin(CACHE_CASES);
    origin = open;
    stage = await siteStage('cases', appSite(open.origin));
    browser = await chromium.launch({ executablePath: enginePath() ?? '', headless: true, args: CHROMIUM_FLAGS });
    const direct = await browser.newPage();
    await direct.goto(open.origin);
    const page = await browser.newPage();
    await page.goto(`${stage.origin}/`);
    await shows(page, 'Cases', '/', 60_000);
    const site = page.frames().find((one) => one.parentFrame() === page.mainFrame()) as Frame;

    const outcome = async (frame: Frame, way: string, one: CacheCase): Promise<Outcome> => {
      const path = `/${way}/${CACHE_CASES.indexOf(one)}`;
      const got = await frame.evaluate(play, { path, asks: one.asks });
      return { got, asked: open.asked(path) };
    };
    const waiting = CACHE_CASES[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (const one of waiting)
        outcomes.set(one.name, { direct: await outcome(direct.mainFrame(), 'direct', one), page: await outcome(site, 'page', one) });
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
    await origin?.close();
  });

  it(`are ${CACHE_CASES.length}, each by a name of its own, and directly some are answered by the browser's cache and some not`, () => {
    assert.equal(new Set(CACHE_CASES.map(({ name }) => name)).size, CACHE_CASES.length);
    const counts = [...outcomes.values()].map(({ direct }) => direct.asked.length - direct.got.length);
    assert.ok(counts.filter((one) => one < 0).length > 30 && counts.filter((one) => one === 0).length > 30);
  });

  for (const { name } of CACHE_CASES) {
    it(name, () => {
      const { direct, page } = outcomes.get(name) as Record<'direct' | 'page', Outcome>;
      assert.deepEqual(page, direct);
    });
  }
});

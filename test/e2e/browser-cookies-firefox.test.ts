// SPDX-License-Identifier: Apache-2.0
// A site's cookies in a real Firefox: a login, document.cookie, a reload, another tab, and a restart of the browser.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import puppeteer, { type Browser, type Frame, type Page } from 'puppeteer-core';
import { until } from './support/browser-stage.ts';
import { loginSite } from './support/login-site.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path));

describe('browser: cookies of a site in Firefox', function () {
  this.timeout(180_000);
  let stage: SiteStage;
  let browser: Browser;
  let page: Page;

  const startBrowser = async (): Promise<void> => {
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: FIREFOX,
      headless: true,
      userDataDir: join(stage.folder.path, 'firefox'),
    });
    page = await browser.newPage();
  };
  before(async function () {
    if (!FIREFOX) {
      console.log('      skipped: there is no Firefox on this machine (Debian: apt-get install firefox-esr)');
      this.skip();
    }
    stage = await siteStage('login', loginSite().site);
    await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });

  const frame = (of = page): Frame => of.frames().find((one) => one.parentFrame() === of.mainFrame()) as Frame;
  const shows = (heading: string, of = page): Promise<void> =>
    until(
      `the site shows ${heading}`,
      async () =>
        (await frame(of)
          ?.evaluate(() => document.querySelector('h1')?.textContent ?? '')
          .catch(() => '')) === heading,
      60_000,
    );
  const cookies = (of = page): Promise<string[]> =>
    frame(of).evaluate(() => [document.cookie, document.documentElement.dataset.first ?? '']);

  it('lets a person in, and keeps it over a reload and in another tab', async () => {
    await page.goto(`${stage.origin}/`);
    await shows('Login');
    await frame().evaluate(() => document.querySelector('button')?.click());
    await shows('Inside');
    assert.deepEqual(await cookies(), ['keep=long', 'keep=long']);
    await page.reload();
    await shows('Inside');
    const second = await browser.newPage();
    await second.goto(`${stage.origin}/inside`);
    await shows('Inside', second);
    await second.close();
  });

  it('has document.cookie both ways, in order with what the page asks for', async () => {
    const wrong = await frame().evaluate(async () => {
      const found: string[] = [];
      const sorted = (text: string): string => text.split('; ').sort().join('; ');
      for (let at = 0; at < 50; at++) {
        Reflect.set(document, 'cookie', `n=${at}; path=/`);
        const { cookie } = (await (await fetch('/sent')).json()) as { cookie: string };
        if (sorted(cookie) !== `keep=long; n=${at}; session=s3cret`) found.push(`sent ${cookie} for ${at}`);
        await fetch(`/set?m=${at}`);
        if (sorted(document.cookie) !== `keep=long; m=${at}; n=${at}`) found.push(`${document.cookie} after ${at}`);
        Reflect.set(document, 'cookie', 'm=; max-age=0');
      }
      return found;
    });
    assert.deepEqual(wrong, []);
  });

  it('keeps over a restart of the browser what says how long, and no more', async () => {
    await browser.close();
    await startBrowser();
    await page.goto(`${stage.origin}/inside`);
    await shows('Login');
    assert.deepEqual(await cookies(), ['keep=long', 'keep=long']);
  });
});

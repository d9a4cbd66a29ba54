// SPDX-License-Identifier: Apache-2.0
// Clear-Site-Data of a site in Chromium: what it names is cleared as at a server of its own, and nothing of Porthole's.

import assert from 'node:assert/strict';
import { type Browser, type BrowserContext, chromium, type Frame, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, chromiumPath } from './support/browser-chromium.ts';
import { shows, until } from './support/browser-stage.ts';
import { dataSite } from './support/data-site.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

describe('browser: Clear-Site-Data', function () {
  this.timeout(120_000);
  let stage: SiteStage;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    stage = await siteStage('data', dataSite());
    browser = await chromium.launch({ executablePath: chromiumPath() ?? '', headless: true, args: CHROMIUM_FLAGS });
    context = await browser.newContext();
    page = await context.newPage();
    await page.goto(`${stage.origin}/`);
    await shows(page, 'Data', '/', 40_000);
    await until('the shell is stored', async () =>
      page.evaluate(async () => (await caches.keys()).some((name) => name.startsWith('porthole-shell-'))),
    );
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });

  const frame = (of = page): Frame => of.frames().find((one) => one.parentFrame() === of.mainFrame()) as Frame;
  const text = (path: string, init: { credentials?: 'omit' } = {}): Promise<string> =>
    frame().evaluate(async ([path, init]) => (await fetch(path, init)).text(), [path, init] as const);

  /** Fills all that a site may have in a browser, and says what then is there. */
  const fill = async (): Promise<void> => {
    await text('/login');
    await text('/cached');
    await frame().evaluate(async () => {
      localStorage.item = sessionStorage.item = 'mine';
      await (await caches.open('mine')).put('/mine', new Response('mine'));
      await (await navigator.storage.getDirectory()).getFileHandle('mine', { create: true });
      const database = await new Promise<IDBDatabase>((resolve) => {
        const asked = indexedDB.open('mine', 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore('things').put('mine', 'mine');
        asked.onsuccess = () => resolve(asked.result);
      });
      Object.assign(self, { database, closes: 0 });
      database.onclose = () => Object.assign(self, { closes: 1 });
    });
  };
  const found = (): Promise<Record<string, unknown>> =>
    frame().evaluate(async () => {
      const files: string[] = [];
      const folder = (await navigator.storage.getDirectory()) as unknown as { keys(): AsyncIterable<string> };
      for await (const name of folder.keys()) files.push(name);
      const database = await new Promise<IDBDatabase>((resolve) => {
        const asked = indexedDB.open('mine', 1);
        asked.onsuccess = () => resolve(asked.result);
      });
      const stores = [...database.objectStoreNames].join();
      database.close();
      return {
        items: [localStorage.item, sessionStorage.item].join(),
        caches: (await caches.keys()).filter((name) => !name.startsWith('porthole-')).join(),
        files: files.join(),
        stores,
        cookie: document.cookie,
        sent: await (await fetch('/sent')).text(),
      };
    });
  /** All of Porthole's that is in the origin's stores. */
  const ours = (): Promise<unknown> =>
    page.evaluate(async () => {
      const items = (storage: Storage): [string, string][] =>
        Object.entries({ ...storage }).filter(([name]) => name.startsWith('porthole-') && name !== 'porthole-cleared');
      const registration = await navigator.serviceWorker.getRegistration();
      return [
        items(localStorage).sort(),
        items(sessionStorage).sort(),
        (await caches.keys()).filter((name) => name.startsWith('porthole-')).sort(),
        (await indexedDB.databases()).map(({ name }) => name).filter((name) => name?.startsWith('porthole-')),
        registration?.active?.scriptURL,
        document.cookie,
      ];
    });
  const FULL = { items: 'mine,mine', caches: 'mine', files: 'mine', stores: 'things' };
  const EMPTY = { items: ',', caches: '', files: '', stores: '' };
  const IN = { cookie: 'keep=long', sent: 'session=s3cret; keep=long' };
  const OUT = { cookie: '', sent: '' };

  beforeEach(async () => {
    await fill();
    assert.deepEqual(await found(), { ...FULL, ...IN });
  });
  afterEach(async () => {
    await frame().evaluate(() => {
      (self as unknown as { database?: IDBDatabase }).database?.close();
      indexedDB.deleteDatabase('mine');
    });
  });

  it('"cookies" empties the jar, HttpOnly and all paths, before the script that asked goes on; and no more', async () => {
    const other = await context.newPage();
    await other.goto(`${stage.origin}/`);
    await shows(other, 'Data', '/', 40_000);
    const cookie = await frame().evaluate(async () => {
      await fetch('/clear?cookies');
      return document.cookie;
    });
    assert.equal(cookie, '');
    assert.deepEqual(await found(), { ...FULL, ...OUT });
    await until('the other tab knows', async () => (await frame(other).evaluate(() => document.cookie)) === '');
    await other.close();
    await page.reload();
    await shows(page, 'Data', '/', 40_000);
    assert.equal(await frame().evaluate(() => document.documentElement.dataset.first), 'mine,mine,');
    assert.equal(await text('/sent'), '');
  });

  it('"cookies" takes what the same answer sets along, as in Chromium, and signs out whom the page asked for a password', async () => {
    await frame().evaluate(() => location.assign('/guarded/page'));
    await page.getByRole('dialog').getByLabel('Name').fill('me');
    await page.getByRole('dialog').getByLabel('Password').fill('right');
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
    await shows(page, 'Guarded', '/guarded/page');
    await text('/clear?cookies&set');
    assert.equal(await text('/sent'), '');
    await frame().evaluate(() => location.reload());
    await page.getByRole('dialog').getByText('Guarded').waitFor();
    await page.keyboard.press('Escape');
    await frame().locator('body', { hasText: /^no$/ }).waitFor(); // over the reload, which may be under way
    await page.goto(`${stage.origin}/`);
    await shows(page, 'Data', '/', 40_000);
    assert.equal(await text('/clear?cookies'), 'cleared');
  });

  it('"cache" has the site asked again', async () => {
    const [first, kept] = [await text('/cached'), await text('/cached')];
    assert.equal(first, kept);
    await text('/clear?cache');
    const again = await text('/cached');
    assert.notEqual(again, kept);
    assert.equal(await text('/cached'), again, 'and kept from then on');
    assert.deepEqual(await found(), { ...FULL, ...IN });
  });

  it('"storage" leaves nothing that the site stored, also where its page has it open, and all that is Porthole’s', async () => {
    const before = await ours();
    const closed = await frame().evaluate(async () => {
      await fetch('/clear?storage');
      return [localStorage.item, sessionStorage.item, (self as unknown as { closes: number }).closes];
    });
    assert.deepEqual(closed, [undefined, undefined, 1]);
    assert.deepEqual(await found(), { ...EMPTY, ...IN });
    assert.deepEqual(await ours(), before);
  });

  for (const [path, heading, at] of [
    ['/clear/page', 'Cleared', '/clear/page?*'],
    ['/clear/away', 'Data', '/'],
  ] as const)
    it(`"*" of ${path}: the page that comes of it finds nothing, and the visit goes on`, async () => {
      const before = await ours();
      const count = await text('/cached');
      await frame().evaluate((to) => {
        document.querySelector('h1')?.remove(); // what is shown next is the next page
        location.assign(to);
      }, `${path}?*`);
      await shows(page, heading, at);
      await until('it is whole', async () => (await frame().evaluate(() => document.readyState)) === 'complete');
      assert.equal(await frame().evaluate(() => document.documentElement.dataset.first), ',,');
      assert.deepEqual(await found(), { ...EMPTY, ...OUT });
      assert.notEqual(await text('/cached'), count);
      assert.deepEqual(await ours(), before);
      await page.goto(`${stage.origin}/`);
      await shows(page, 'Data', '/', 40_000);
    });

  it('changes nothing where the page asked without credentials, or names what is not known', async () => {
    await text('/clear?*', { credentials: 'omit' });
    await text('/clear?executionContexts&cookie');
    assert.deepEqual(await found(), { ...FULL, ...IN });
  });

  it('of a worker’s request is obeyed as well, and its open databases are let go', async () => {
    await frame().evaluate(
      () =>
        new Promise((resolve) => {
          const text = `const asked = indexedDB.open('of the worker', 1);
            asked.onsuccess = () => fetch(self.origin + '/clear?storage').then(async () => postMessage(await indexedDB.databases()));`;
          const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
          worker.onmessage = ({ data }) => resolve(data);
        }),
    );
    await until('it is gone', () =>
      frame().evaluate(async () => !(await indexedDB.databases()).some(({ name }) => name === 'of the worker')),
    );
    assert.deepEqual(await found(), { ...EMPTY, ...IN });
  });
});

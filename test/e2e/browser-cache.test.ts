// SPDX-License-Identifier: Apache-2.0
// What a site's page keeps, in Chromium: what a second load costs, tabs, restarts, bounds, and a disk that is full.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Frame, type Page } from 'playwright-core';
import {
  FULL_FOR_MS,
  MAX_KEPT_ANSWERS,
  MAX_KEPT_BODY_BYTES,
  MAX_UNSTORED_BYTES,
} from '../../client-runtime/browser/session/cache/store.ts';
import { CACHE_NAME } from '../../client-runtime/browser/shared/cookie-messages.ts';
import { shortOrLong } from '../support/long.ts';
import { CHROMIUM_FLAGS, chromiumPath, enginePath } from './support/browser-chromium.ts';
import { shows, until } from './support/browser-stage.ts';
import { type Answered, FILES, FILLING_BYTES, type KeptSite, keptSite, LARGE_BYTES } from './support/kept-site.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

/** A first visit, beside whatever else the machine does. */
const VISIT_MS = 60_000;

describe('browser: what is kept of a site', function () {
  this.timeout(300_000);
  let made: KeptSite;
  let stage: SiteStage | undefined;
  let context: BrowserContext;
  let page: Page;
  let profiles = 0;

  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    made = keptSite();
    stage = await siteStage('kept', made.site);
  });
  after(() => stage?.close());

  const start = async (profile: string): Promise<void> => {
    context = await chromium.launchPersistentContext(join((stage as SiteStage).folder.path, profile), {
      executablePath: enginePath() ?? '',
      headless: true,
      args: CHROMIUM_FLAGS,
    });
    page = context.pages()[0] ?? (await context.newPage());
  };
  beforeEach(async () => {
    made.edition = 'first';
    await start(`profile-${++profiles}`);
  });
  afterEach(() => context.close());

  const frame = (of = page): Frame => of.frames().find((one) => one.parentFrame() === of.mainFrame()) as Frame;
  const open = async (path: string, heading: string, of = page): Promise<void> => {
    await of.goto(`${stage?.origin}${path}`);
    await shows(of, heading, path, VISIT_MS);
  };
  /** What the site was asked since the last time: its own icon, which the shell asks for, aside. */
  const asked = (): Answered[] => made.answered.splice(0).filter(({ path }) => path !== '/favicon.ico');
  const summary = (answers: readonly Answered[]): string =>
    `${answers.filter(({ status }) => status === 200).length} whole, ${answers.filter(({ status }) => status === 304).length} unchanged, ${answers.reduce((sum, { bytes }) => sum + bytes, 0)} bytes`;
  const whole = `first of ${FILES}`;
  /** Waits until so many answers are kept. */
  const kept = (count: number): Promise<void> => until(`${count} answers are kept`, async () => (await keptNow()).length >= count, 20_000);
  /** The URLs of all that is kept. */
  const keptNow = (): Promise<string[]> =>
    frame().evaluate(
      (name) =>
        new Promise<string[]>((resolve) => {
          const database = indexedDB.open(name);
          database.onsuccess = () => {
            const asking = database.result.transaction('answers').objectStore('answers').getAllKeys();
            asking.onsuccess = () => {
              database.result.close();
              resolve(asking.result.map(String));
            };
          };
        }),
      CACHE_NAME,
    );

  it(`a page with ${FILES} files that say how long: a second load costs one answer without a body`, async () => {
    await open('/aged/', whole);
    const before = asked();
    assert.equal(before.length, FILES + 1);
    await kept(FILES + 1);
    await open('/', 'Elsewhere');
    asked();
    await open('/aged/', whole);
    assert.equal(summary(asked()), '0 whole, 1 unchanged, 0 bytes');
    await page.reload();
    await shows(page, whole, '/aged/', VISIT_MS);
    assert.equal(summary(asked()), '0 whole, 1 unchanged, 0 bytes', 'and so does loading it anew');
  });

  it('a page that says only what it is: a second load costs no bodies', async () => {
    await open('/tagged/', whole);
    assert.equal(asked().length, FILES + 1);
    await kept(FILES + 1);
    await page.reload();
    await shows(page, whole, '/tagged/', VISIT_MS);
    assert.equal(summary(asked()), `0 whole, ${FILES + 1} unchanged, 0 bytes`);
    made.edition = 'second';
    await page.reload();
    await shows(page, `second of ${FILES}`, '/tagged/', VISIT_MS);
    assert.equal(asked().filter(({ status }) => status === 200).length, FILES + 1, 'what is another one comes anew');
  });

  it('a document that says how long costs nothing, but where a person loads it anew', async () => {
    await open('/lasting/', 'Lasting');
    await kept(1);
    await open('/', 'Elsewhere');
    asked();
    await open('/lasting/', 'Lasting');
    assert.deepEqual(asked(), []);
    await page.reload();
    await shows(page, 'Lasting', '/lasting/', VISIT_MS);
    assert.deepEqual(
      asked().map(({ path }) => path),
      ['/lasting/'],
    );
  });

  it('is one for all tabs, and outlives the browser', async () => {
    await open('/aged/', whole);
    await kept(FILES + 1);
    asked();
    const second = await context.newPage();
    await open('/aged/', whole, second);
    assert.equal(summary(asked()), '0 whole, 1 unchanged, 0 bytes');
    await context.close();
    await start(`profile-${profiles}`);
    await open('/aged/', whole);
    assert.equal(summary(asked()), '0 whole, 1 unchanged, 0 bytes');
  });

  it('of another site that was at the same address nothing is shown', async () => {
    await open('/aged/', whole);
    await kept(FILES + 1);
    await frame().evaluate(
      (name) =>
        new Promise<void>((resolve) => {
          const database = indexedDB.open(name);
          database.onsuccess = () => {
            const transaction = database.result.transaction('site', 'readwrite');
            transaction.objectStore('site').put('the id of another', '');
            transaction.oncomplete = () => {
              database.result.close();
              resolve();
            };
          };
        }),
      CACHE_NAME,
    );
    await context.close();
    asked();
    await start(`profile-${profiles}`);
    await open('/aged/', whole);
    assert.equal(asked().filter(({ status }) => status === 200).length, FILES + 1);
  });

  /** Megabytes in memory of all of the browser's processes. */
  const memory = async (): Promise<number> => {
    const devtools = await (context.browser() as Browser).newBrowserCDPSession();
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
    await devtools.detach();
    const status = await Promise.all(processInfo.map(({ id }) => readFile(`/proc/${id}/status`, 'utf8').catch(() => '')));
    return status.reduce((sum, text) => sum + Number(/^RssAnon:\s*(\d+)/m.exec(text)?.[1] ?? 0) / 1024, 0);
  };

  for (const [name, path] of [
    ['says so', '/large'],
    ['does not say so', '/large/unsaid'],
  ] as const) {
    it(`MAX_KEPT_BODY_BYTES: ${LARGE_BYTES / 1024 / 1024} MB that ${name} are neither kept nor held in memory`, async () => {
      await open('/', 'Elsewhere');
      const before = await memory();
      let most = 0;
      const watch = setInterval(async () => {
        most = Math.max(most, await memory().catch(() => 0));
      }, 500);
      const bytes = await frame().evaluate(async (path) => {
        const reader = ((await fetch(path)).body as ReadableStream<Uint8Array>).getReader();
        let sum = 0;
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) sum += piece.value.length;
        return sum;
      }, path);
      clearInterval(watch);
      assert.equal(bytes, LARGE_BYTES);
      const bound = 150 + (MAX_KEPT_BODY_BYTES + MAX_UNSTORED_BYTES) / 1024 / 1024;
      assert.ok(most - before < bound, `${Math.round(most - before)} MB more at the most`);
      assert.ok(LARGE_BYTES > MAX_KEPT_BODY_BYTES && LARGE_BYTES / 1024 / 1024 > bound, 'it would show');
      assert.deepEqual(
        (await keptNow()).filter((url) => url.includes('large')),
        [],
      );
    });
  }

  /** Asks for files by their numbers. @returns how many did not come as they are */
  const load = (kind: string, from: number, to: number): Promise<number> =>
    frame().evaluate(
      async ({ kind, from, to, bytes }) => {
        const numbers = [...Array(to - from).keys()].map((at) => at + from)[Symbol.iterator]();
        let wrong = 0;
        const one = async (): Promise<void> => {
          for (const number of numbers) {
            const text = await (await fetch(`/${kind}/${number}`)).text().catch(() => '');
            if (kind === 'small' ? text !== `small ${number}` : !text.startsWith(`${number} `) || text.length !== bytes) wrong++;
          }
        };
        await Promise.all(Array.from({ length: 16 }, one));
        return wrong;
      },
      { kind, from, to, bytes: FILLING_BYTES },
    );

  it('MAX_KEPT_ANSWERS: of more small files the last ones are kept', async () => {
    const files = shortOrLong(MAX_KEPT_ANSWERS + 200, 2 * MAX_KEPT_ANSWERS);
    await open('/', 'Elsewhere');
    assert.equal(await load('small', 0, files), 0);
    asked();
    const count = (await keptNow()).length;
    assert.ok(count <= MAX_KEPT_ANSWERS && count > MAX_KEPT_ANSWERS / 2, `${count} are kept`);
    assert.equal(await load('small', files - 1000, files), 0);
    assert.deepEqual(asked(), [], 'none of the last thousand was asked for');
    assert.equal(await load('small', 0, 10), 0);
    assert.equal(asked().length, 10, 'the first ones were');
  });

  it('where there is no room, what is kept goes and the page loses nothing', async () => {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: stage?.origin ?? '', quotaSize: 8 * FILLING_BYTES });
    await open('/', 'Elsewhere');
    assert.equal(await load('filling', 0, 40), 0);
    const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin: stage?.origin ?? '' });
    assert.ok(usage <= 9 * FILLING_BYTES, `${usage} bytes are used`);
    asked();
    assert.equal(await load('filling', 0, 40), 0);
    assert.ok(asked().length > 40 - 9, 'most were asked for again');
    assert.equal(await load('small', 0, 5), 0);
    asked();
    await until('small ones are kept all the same', async () => (await load('small', 0, 5)) === 0 && asked().length === 0, 8 * FULL_FOR_MS);
  });
});

// SPDX-License-Identifier: Apache-2.0
// A site's cookies in Chromium: a login works as at a server of its own, over reloads, tabs and restarts of the browser.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Frame, type Page } from 'playwright-core';
import { COOKIES_CHANNEL, JAR_NAME } from '../../client-runtime/browser/shared/cookie-messages.ts';
import { CHROMIUM_FLAGS, chromiumPath } from './support/browser-chromium.ts';
import { shows, site as siteIn, until } from './support/browser-stage.ts';
import { type Asked, loginSite } from './support/login-site.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

describe('browser: cookies of a site', function () {
  this.timeout(120_000);
  let stage: SiteStage;
  let asked: Asked[];
  let context: BrowserContext;
  let page: Page;

  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    const made = loginSite();
    asked = made.asked;
    stage = await siteStage('login', made.site);
  });
  after(async () => stage?.close());

  const startBrowser = async (profile: string): Promise<void> => {
    context = await chromium.launchPersistentContext(join(stage.folder.path, profile), {
      executablePath: chromiumPath() ?? '',
      headless: true,
      args: CHROMIUM_FLAGS,
    });
    page = context.pages()[0] ?? (await context.newPage());
  };
  let profiles = 0;
  beforeEach(() => startBrowser(`profile-${++profiles}`));
  afterEach(() => context.close());

  // A whole first visit, beside whatever else the machine does.
  const here = (of: Page, heading: string, path: string): Promise<void> => shows(of, heading, path, 40_000);
  const frame = (of = page): Frame => of.frames().find((one) => one.parentFrame() === of.mainFrame()) as Frame;
  const cookieOf = (of = page): Promise<string> => frame(of).evaluate(() => document.cookie);
  const setCookie = (text: string): Promise<void> =>
    frame().evaluate((text) => {
      Reflect.set(document, 'cookie', text);
    }, text);
  const firstCookie = (of = page): Promise<string> => frame(of).evaluate(() => document.documentElement.dataset.first ?? '');
  const sent = (): Promise<string | null> =>
    frame().evaluate(async () => ((await (await fetch('/sent')).json()) as { cookie: string | null }).cookie);
  const logIn = async (): Promise<void> => {
    await page.goto(`${stage.origin}/`);
    await here(page, 'Login', '/');
    await siteIn(page).locator('button').click();
    await here(page, 'Inside', '/inside');
  };

  it('lets a person in: a form, a redirect that sets several, a page that needs them', async () => {
    await logIn();
    assert.equal(asked.find(({ path }) => path === '/login')?.origin, stage.origin);
    assert.equal(await siteIn(page).locator('#sent').textContent(), 'session=s3cret; keep=long');
    assert.equal(await firstCookie(), 'keep=long', 'right in the first script, and without what is HttpOnly');
    assert.equal(
      await frame().evaluate(() => [document.scripts.length, document.querySelector('[data-porthole]')].join()),
      '1,',
      'nothing of ours is left',
    );
    await frame().evaluate(() => location.assign('/inside/deep'));
    await here(page, 'Inside', '/inside/deep');
    assert.equal(await siteIn(page).locator('#sent').textContent(), 'deep=1; session=s3cret; keep=long', 'the longest path first');
    assert.equal(await firstCookie(), 'deep=1; keep=long');
  });

  it('keeps it over a reload and in another tab, and ends it there as well', async () => {
    await logIn();
    await page.reload();
    await here(page, 'Inside', '/inside');
    const second = await context.newPage();
    await second.goto(`${stage.origin}/inside`);
    await here(second, 'Inside', '/inside');
    await siteIn(second).locator('#out').click();
    await here(second, 'Login', '/');
    assert.equal(await cookieOf(second), '');
    await until('the first tab knows', async () => (await cookieOf()) === '');
    await page.reload();
    await here(page, 'Login', '/');
  });

  it('keeps over a restart of the browser what says how long, and no more', async () => {
    await logIn();
    await context.close();
    await startBrowser(`profile-${profiles}`);
    await page.goto(`${stage.origin}/inside`);
    await here(page, 'Login', '/');
    assert.equal(await firstCookie(), 'keep=long');
    assert.equal(await sent(), 'keep=long');
  });

  it('keeps cookies that say no end when all tabs of the site are closed', async () => {
    await logIn();
    const other = await context.newPage();
    await page.close();
    await new Promise((resolve) => setTimeout(resolve, 12_000)); // the session ends with its last window, and some time later
    page = other;
    await page.goto(`${stage.origin}/inside`);
    await here(page, 'Inside', '/inside');
  });

  it('has document.cookie both ways, in order with what the page asks for', async () => {
    await page.goto(`${stage.origin}/`);
    await here(page, 'Login', '/');
    const wrong = await frame().evaluate(async () => {
      const found: string[] = [];
      for (let at = 0; at < 100; at++) {
        Reflect.set(document, 'cookie', `n=${at}; path=/`);
        const { cookie } = (await (await fetch('/sent')).json()) as { cookie: string };
        if (cookie !== `n=${at}`) found.push(`sent ${cookie} for ${at}`);
        await fetch(`/set?m=${at}`);
        if (document.cookie !== `n=${at}; m=${at}` && document.cookie !== `m=${at}; n=${at}`) found.push(`${document.cookie} after ${at}`);
        Reflect.set(document, 'cookie', 'm=; max-age=0');
      }
      return found;
    });
    assert.deepEqual(wrong, []);
    for (const text of ['grüße=käse; path=/', 'mine=1; HttpOnly', 'session=stolen']) await setCookie(text);
    assert.equal(await cookieOf(), 'n=99; grüße=käse; session=stolen');
    assert.equal(Buffer.from((await sent()) ?? '', 'latin1').toString(), 'n=99; grüße=käse; session=stolen');
  });

  it('lets no script replace what is HttpOnly, and takes cookies of refusals', async () => {
    await logIn();
    await setCookie('session=stolen; path=/');
    await until('the page knows that it was refused', async () => (await cookieOf()) === 'keep=long');
    await frame().evaluate(() => fetch('/forbidden'));
    assert.equal(await cookieOf(), 'keep=long; seen403=1');
    await frame().evaluate(() => fetch('/login', { method: 'POST', body: 'word=wrong' }));
    assert.equal(await sent(), 'session=s3cret; keep=long; seen403=1; wrong=1');
  });

  it('lets no image, frame or link of a page set cookies, but only a script', async () => {
    await logIn();
    asked.length = 0;
    await frame().evaluate(() => location.assign('/forum'));
    await here(page, 'Forum', '/forum');
    await frame().evaluate(async () => {
      await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
    });
    const found = await frame().evaluate(async () => {
      const to = (set: string): string => `/.porthole/say?path=/&set=${encodeURIComponent(set)}`;
      const statuses = [await fetch(to('got=1')), await fetch(to('posted=1'), { method: 'POST' })].map(({ status }) => status);
      return [...statuses, (await fetch(to('bad=€'), { method: 'HEAD' })).status, (await fetch(to('asked=1'), { method: 'HEAD' })).status];
    });
    assert.deepEqual(found, [404, 404, 204, 204]);
    assert.equal(await sent(), 'session=s3cret; keep=long; asked=1');
    assert.deepEqual(
      asked.map(({ path }) => path).filter((path) => path.startsWith('/.porthole')),
      [],
    );
  });

  it('drops what an older build stored and no request can carry', async () => {
    await logIn();
    await frame().evaluate(
      async (kept) => {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const asked = indexedDB.open(kept.jar);
          asked.onsuccess = () => resolve(asked.result);
          asked.onerror = () => reject(asked.error);
        });
        const transaction = database.transaction('cookies', 'readwrite');
        const bad = { name: 'bad', value: '€', path: '/', expires: Date.now() + 1e8, httpOnly: false, sameSite: 'lax', created: 1 };
        transaction.objectStore('cookies').put(bad, '/;bad');
        await new Promise((resolve) => transaction.addEventListener('complete', resolve));
        database.close();
        new BroadcastChannel(kept.channel).postMessage({ to: 'jars' });
      },
      { jar: JAR_NAME, channel: COOKIES_CHANNEL },
    );
    await new Promise((resolve) => setTimeout(resolve, 300)); // the jar reads again
    assert.equal(await sent(), 'session=s3cret; keep=long');
    await page.reload();
    await here(page, 'Inside', '/inside');
  });

  it('puts its script into a page whose type is in capitals, and minds an encoding that comes in a later piece', async () => {
    await logIn();
    await frame().evaluate(() => location.assign('/loud'));
    await here(page, 'Loud', '/loud');
    assert.equal(await firstCookie(), 'keep=long');
    await frame().evaluate(() => location.assign('/pieces'));
    await here(page, 'Pieces', '/pieces');
    assert.equal(await siteIn(page).locator('#word').textContent(), 'ą');
  });

  it('sends none with what is asked for without credentials', async () => {
    await logIn();
    const cookie = await frame().evaluate(
      async () => ((await (await fetch('/sent', { credentials: 'omit' })).json()) as { cookie: string | null }).cookie,
    );
    assert.equal(cookie, null);
  });

  it('knows nothing of the cookies that the browser has for the suite, and the suite nothing of the site’s', async () => {
    const { hostname } = new URL(stage.origin);
    await context.addCookies([{ name: 'suite', value: 'own', domain: hostname, path: '/' }]);
    const toSuite: string[] = [];
    context.on('request', (request) => {
      void request.allHeaders().then((headers) => toSuite.push(headers.cookie ?? ''));
    });
    await logIn();
    await page.reload();
    await here(page, 'Inside', '/inside');
    assert.equal(await cookieOf(), 'keep=long');
    assert.deepEqual(
      asked.filter(({ cookie }) => /suite|porthole/.test(cookie ?? '')),
      [],
    );
    assert.deepEqual(
      toSuite.filter((cookie) => /session|keep/.test(cookie)),
      [],
    );
    const names = (await context.cookies()).map(({ name }) => name).sort();
    assert.deepEqual(names, ['porthole-open', 'suite']);
  });

  it('brings no SameSite cookie where another site sends its form or its visitor', async () => {
    await logIn();
    // Of the same browser's site, and so in the reach of the same service worker.
    const elsewhere = stage.origin.replace('login.', 'evil.login.');
    const other = await context.newPage();
    let policy = 'no-referrer';
    await other.route(`${elsewhere}/`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        headers: { 'referrer-policy': policy },
        body: `<iframe name="x"></iframe><form target="x" method="post" action="${stage.origin}/login"><input name="word" value="x"></form>
          <a href="${stage.origin}/sent">there</a><script>document.forms[0].submit()</script>`,
      }),
    );
    asked.length = 0;
    await other.goto(`${elsewhere}/`);
    await until('the form came', () => asked.some(({ path }) => path === '/login'));
    const form = (): Asked | undefined => asked.find(({ path }) => path === '/login');
    assert.deepEqual([form()?.cookie, form()?.origin], [null, 'null'], 'who hides where the form came from is not taken for the site');
    asked.length = 0;
    policy = 'origin';
    await other.reload();
    await until('the form came', () => form() !== undefined);
    assert.equal(form()?.origin, elsewhere);
  });
});

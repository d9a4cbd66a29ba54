// SPDX-License-Identifier: Apache-2.0
// `cookieStore` of a site's page in Chromium: each case is played to the browser at a server of its own, and through the page.

import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { type Bare, bare } from './support/attack-stage.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { shows } from './support/browser-stage.ts';
import { dataSite } from './support/data-site.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

/** Before each: what a promise came to, in words; and times, which are not the same twice, without their size. */
const WORDS = `
const came = (promise) => promise.then((value) => ({ value: value ?? null }), (error) => ({ error: error.name }));
const plain = (found) => JSON.parse(JSON.stringify(found, (name, value) => (name === 'expires' && typeof value === 'number' ? 'a time' : value)));
const changes = async (run) => {
  const heard = [];
  const hear = ({ changed, deleted }) => heard.push({ changed, deleted });
  cookieStore.addEventListener('change', hear);
  await run();
  await new Promise((resolve) => setTimeout(resolve, 300));
  cookieStore.removeEventListener('change', hear);
  return heard;
};`;

/** Each an expression for a promise. The cookies that it leaves are taken away afterwards. */
const CASES: Readonly<Record<string, string>> = {
  'what document.cookie set': `(document.cookie = 'one=1', document.cookie = 'two=2; path=/; max-age=60', cookieStore.getAll())`,
  'what it sets itself': `cookieStore.set('own', 'grüße €').then(async () => [await cookieStore.get('own'), document.cookie])`,
  'what it sets with all members': `cookieStore.set({ name: 'all', value: 'x', expires: Date.now() + 60_000, path: '/', sameSite: 'lax' })
    .then(() => cookieStore.getAll('all'))`,
  'what the server set': `fetch('/login').then(() => cookieStore.getAll())`,
  'what goes to the server': `cookieStore.set('sent', '1').then(() => fetch('/sent')).then((answer) => answer.text())`,
  'what is for another path': `cookieStore.set({ name: 'deep', value: '1', path: '/deep' }).then(() => cookieStore.getAll())`,
  'what is deleted': `(async () => {
    await cookieStore.set('gone', '1'); await cookieStore.set('left', '1'); await cookieStore.delete('gone'); await cookieStore.delete({ name: 'never' });
    return [await cookieStore.get('gone'), await cookieStore.getAll(), document.cookie];
  })()`,
  'what is over': `cookieStore.set({ name: 'over', value: '1', expires: Date.now() - 1000 }).then(() => cookieStore.get('over'))`,
  'what has no name': `cookieStore.set('', 'alone').then(async () => [await cookieStore.get(''), document.cookie])`,
  'what is HttpOnly': `fetch('/login').then(async () => {
    const set = await came(cookieStore.set('session', 'mine'));
    return [set, await cookieStore.get('session'), await (await fetch('/sent')).text()];
  })`,
  'one by name and address': `cookieStore.set('by', '1').then(() => cookieStore.get({ name: 'by', url: location.href }))`,
  'what it refuses': `Promise.all([
    cookieStore.get(), cookieStore.get({}), cookieStore.get({ url: '/elsewhere' }), cookieStore.getAll({ url: 'https://example.com/' }),
    cookieStore.set('only a name'), cookieStore.set('a=b', 'c'), cookieStore.set('a', 'b;c'), cookieStore.set('', ''), cookieStore.set('', 'a=b'),
    cookieStore.set('a\\u0001', 'b'), cookieStore.set('a', 'x'.repeat(5000)), cookieStore.set({ name: 'a', value: 'b', path: 'x' }),
    cookieStore.set({ name: 'a', value: 'b', domain: '.localhost' }), cookieStore.set({ name: 'a', value: 'b', domain: 'example.com' }),
    cookieStore.set({ name: '__Host-a', value: 'b', path: '/deep' }), cookieStore.set({ name: 'a', value: 'b', sameSite: 'other' }),
  ].map(came))`,
  'a cookie with a prefix': `cookieStore.set('__Host-own', '1').then(() => cookieStore.get('__Host-own'))`,
  'changes by a script': `changes(async () => {
    document.cookie = 'a=1'; document.cookie = 'a=2'; await cookieStore.set('b', '1'); await cookieStore.delete('b');
  })`,
  'changes by an answer': `changes(() => fetch('/login'))`,
  'changes that are none': `new Promise((resolve) => (document.cookie = 'same=1', setTimeout(resolve, 300))).then(() => changes(async () => { document.cookie = 'same=1'; }))`,
  'a handler in place of a listener': `(async () => {
    const heard = [];
    cookieStore.onchange = ({ type, changed }) => heard.push([type, changed.length]);
    const set = typeof cookieStore.onchange;
    await cookieStore.set('handled', '1');
    await new Promise((resolve) => setTimeout(resolve, 300));
    cookieStore.onchange = null;
    return [heard, set, cookieStore.onchange];
  })()`,
  'what it is': `(async () => [
    cookieStore instanceof CookieStore, cookieStore instanceof EventTarget, String(cookieStore), cookieStore === window.cookieStore,
    Object.keys(CookieStore.prototype).sort(), 'cookieStore' in window, typeof CookieChangeEvent,
  ])()`,
};

describe('browser: cookieStore of a site, beside the browser’s own', function () {
  this.timeout(120_000);
  let stage: SiteStage;
  let server: Bare;
  let browser: Browser;
  let context: BrowserContext;
  let tab: Page;
  let direct: Page;
  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    stage = await siteStage('store', dataSite());
    server = await bare(dataSite());
    browser = await startChromium(chromiumPath());
    context = await browser.newContext();
    direct = await context.newPage();
    await direct.goto(`http://localhost:${server.port}/`);
    tab = await context.newPage();
    await tab.goto(`${stage.origin}/`);
    await shows(tab, 'Data', '/', 40_000);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    await stage?.close();
  });
  const frame = (): Frame => tab.frames().find((one) => one.parentFrame() === tab.mainFrame()) as Frame;

  for (const [name, expression] of Object.entries(CASES))
    it(name, async () => {
      const run = `(async () => { ${WORDS}
        try { return plain(await (${expression})); } catch (error) { return 'failed: ' + error; }
        finally {
          const all = await cookieStore.getAll();
          for (const { name, path } of [...all, { name: 'deep', path: '/deep' }]) await cookieStore.delete({ name, path: path ?? '/' });
        }
      })()`;
      const wanted = await direct.evaluate(run);
      assert.doesNotMatch(JSON.stringify(wanted), /failed:/);
      assert.deepEqual(await frame().evaluate(run), wanted);
    });

  it('shows in the site’s frame none of the browser’s own cookies, and its events tell of none', async () => {
    const heard = await frame().evaluate(async () => {
      const { cookieStore } = globalThis as unknown as { cookieStore: EventTarget & { getAll(): Promise<{ name: string }[]> } };
      const heard: string[] = [];
      cookieStore.addEventListener('change', () => heard.push('changed'));
      const shell = window.parent as Window & typeof globalThis;
      Reflect.set(shell.document, 'cookie', 'of-the-browser=1');
      await new Promise((resolve) => setTimeout(resolve, 300));
      return [...heard, ...(await cookieStore.getAll()).map(({ name }) => name)];
    });
    assert.deepEqual(heard, []);
  });
});

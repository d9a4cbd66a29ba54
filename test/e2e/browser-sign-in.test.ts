// SPDX-License-Identifier: Apache-2.0
// A site that asks for a name and a password with 401, in Chromium: the page asks, as the browser would at a server of its own.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Site } from '../../host-agent/index.ts';
import { CHROMIUM_FLAGS, chromiumPath } from './support/browser-chromium.ts';
import { shows, site as siteIn } from './support/browser-stage.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

const sha256 = (...parts: string[]): string => createHash('sha256').update(parts.join(':')).digest('hex');
const html = (body: string, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(`<!doctype html><meta charset="utf-8">${body}`, { status, headers: { 'content-type': 'text/html', ...headers } });

/** `/` is open; `/basic/*` wants Basic, `/digest/*` Digest, from me by `right`. @returns the site, and what it was sent, by paths */
function guardedSite(): { readonly site: Site; readonly sent: [string, string | null][] } {
  const sent: [string, string | null][] = [];
  let nonces = 0;
  let nonce = '';
  const isRight = (field: string | null, method: string): boolean => {
    if (!field) return false;
    if (field.startsWith('Basic ')) return atob(field.slice(6)) === 'me:right';
    const told = Object.fromEntries([...field.matchAll(/(\w+)="?([^",]*)"?/g)].map(([, name, value]) => [name, value]));
    const secret = sha256('me', 'Files', 'right');
    const asked = sha256(method, told.uri ?? '');
    return told.nonce === nonce && told.response === sha256(secret, nonce, told.nc ?? '', told.cnonce ?? '', 'auth', asked);
  };
  const site: Site = async (request) => {
    const { pathname } = new URL(request.url);
    const field = request.headers.get('authorization');
    sent.push([pathname, field]);
    if (pathname === '/') return html('<h1>Open</h1><a id="in" href="/basic/page">in</a>');
    if (!/^\/(basic|digest)\//.test(pathname)) return new Response(null, { status: 404 });
    if (!isRight(field, request.method)) {
      if (pathname.startsWith('/basic/'))
        return html('<h1>Refused</h1>', 401, { 'www-authenticate': 'Basic realm="Staff only", charset="UTF-8"' });
      nonce = `nonce-${++nonces}`;
      const digest = `Digest realm="Files", qop="auth", algorithm=SHA-256, nonce="${nonce}"`;
      return html('<h1>Refused</h1>', 401, { 'www-authenticate': digest });
    }
    // Kept for whom it was given to: whoever has another login, or none, asks anew.
    if (pathname.endsWith('/kept')) return new Response('for me', { headers: { 'cache-control': 'max-age=3600', vary: 'Authorization' } });
    if (pathname.endsWith('/data')) return new Response(`data ${request.method} ${await request.text()}`);
    return html(`<h1>Inside ${pathname}</h1><p id="data"></p><script>
      fetch('data').then((answer) => answer.text()).then((text) => { document.getElementById('data').textContent = text; });
    </script>`);
  };
  return { site, sent };
}

describe('browser: a site that wants a name and a password', function () {
  this.timeout(120_000);
  let stage: SiteStage;
  let sent: [string, string | null][];
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    const made = guardedSite();
    sent = made.sent;
    stage = await siteStage('guarded', made.site);
    browser = await chromium.launch({ executablePath: chromiumPath() ?? '', headless: true, args: CHROMIUM_FLAGS });
  });
  beforeEach(async () => {
    sent.length = 0;
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterEach(() => context?.close());
  after(async () => {
    await browser?.close();
    await stage?.close();
  });

  const dialog = (of = page) => of.getByRole('dialog');
  const here = (heading: string, path: string, of = page): Promise<void> => shows(of, heading, path, 40_000);
  const signIn = async (name: string, password: string): Promise<void> => {
    await dialog().getByLabel('Name').fill(name);
    await dialog().getByLabel('Password').fill(password);
    await dialog().getByRole('button', { name: 'Sign in' }).click();
  };

  it('is asked for on the first page, again when it was wrong, and once for all that is below', async () => {
    await page.goto(`${stage.origin}/basic/page`);
    await dialog().getByText('Staff only').waitFor({ timeout: 40_000 });
    await signIn('me', 'wrong');
    await dialog().getByText('Try again').waitFor();
    assert.equal(await dialog().getByLabel('Password').inputValue(), '');
    await signIn('me', 'right');
    await here('Inside /basic/page', '/basic/page');
    await siteIn(page).locator('#data', { hasText: 'data GET' }).waitFor();
    assert.equal(await dialog().count(), 0);
    assert.deepEqual(
      sent.filter(([path]) => path.startsWith('/basic/')).map(([path, field]) => [path, field && atob(field.slice(6))]),
      [
        ['/basic/page', null],
        ['/basic/page', 'me:wrong'],
        ['/basic/page', 'me:right'],
        ['/basic/data', 'me:right'],
      ],
    );
    // Another tab of the session is in, and what has a body, too.
    const other = await context.newPage();
    await other.goto(`${stage.origin}/basic/other`);
    await here('Inside /basic/other', '/basic/other', other);
    const frame = other.frames().find((one) => one.parentFrame() === other.mainFrame());
    assert.equal(
      await frame?.evaluate(() => fetch('data', { method: 'POST', body: 'some' }).then((answer) => answer.text())),
      'data POST some',
    );
  });

  it('is asked for as Digest, whose nonces the site changes', async () => {
    await page.goto(`${stage.origin}/digest/page`);
    await dialog().getByText('Files').waitFor({ timeout: 40_000 });
    await signIn('me', 'right');
    await here('Inside /digest/page', '/digest/page');
    await siteIn(page).locator('#data', { hasText: 'data GET' }).waitFor();
    assert.ok(sent.every(([, field]) => field === null || /^Digest username="me", realm="Files"/.test(field)));
  });

  it('has what was answered with it kept for it, and for nobody else', async () => {
    await page.goto(`${stage.origin}/`);
    await here('Open', '/');
    const frame = page.frames().find((one) => one.parentFrame() === page.mainFrame());
    const kept = (): Promise<string> => frame?.evaluate(() => fetch('/basic/kept').then((answer) => answer.text())) ?? Promise.resolve('');
    const asked = kept(); // the login comes while this request is under way
    await dialog().getByText('Staff only').waitFor();
    await signIn('me', 'right');
    assert.equal(await asked, 'for me');
    const times = (): number => sent.filter(([path]) => path === '/basic/kept').length;
    assert.equal(times(), 2, 'refused, and answered');
    assert.equal(await kept(), 'for me');
    assert.equal(times(), 2, 'the second time it is there');
    const status = await frame?.evaluate(() => fetch('/basic/kept', { credentials: 'omit' }).then((answer) => answer.status));
    assert.equal(status, 401, 'not for who is nobody');
  });

  it('shows the site’s own page to whoever does not want to, in any of the windows; scripts ask for themselves', async () => {
    await page.goto(`${stage.origin}/`);
    await here('Open', '/');
    const frame = page.frames().find((one) => one.parentFrame() === page.mainFrame());
    const status = (init: { headers?: Record<string, string>; credentials?: 'omit' }): Promise<number> =>
      frame?.evaluate((init) => fetch('/basic/data', init).then((answer) => answer.status), init) ?? Promise.reject(new Error('no frame'));
    assert.equal(await status({ headers: { authorization: 'Basic eA==' } }), 401);
    assert.equal(await status({ credentials: 'omit' }), 401);
    assert.equal(await dialog().count(), 0);
    await siteIn(page).locator('#in').click();
    await dialog().getByText('Staff only').waitFor();
    const other = await context.newPage();
    await other.goto(`${stage.origin}/`);
    await dialog(other).getByText('Staff only').waitFor({ timeout: 40_000 });
    await other.keyboard.press('Escape');
    await here('Refused', '/basic/page');
    assert.equal(await dialog().count(), 0);
    assert.equal(await status({}), 401);
    assert.equal(await dialog().count(), 0, 'who said no is not asked for what a page contains');
  });
});

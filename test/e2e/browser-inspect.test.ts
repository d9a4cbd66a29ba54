// SPDX-License-Identifier: Apache-2.0
// The inspector's page in Chromium: what passes appears as it passes, is filtered, read, asked again and exported; nothing of it runs.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { type Inspector, inspect } from '../../host-agent/inspect/inspector.ts';
import { piecesOf } from '../../host-agent/inspect/observed.ts';
import { type InspectorPage, serveInspector } from '../../host-agent/inspect/server.ts';
import { requestOfHead } from '../../transport/session/http.ts';
import type { Site } from '../../transport/session/site.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';

const HOSTILE = '<script>window.ran = true</script><img src=x onerror="window.ran = true">';
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

describe('the inspector’s page', function () {
  this.timeout(120_000);
  let browser: Browser;
  let inspector: Inspector;
  let served: InspectorPage;
  let page: Page;
  const asked: string[] = [];
  const problems: string[] = [];

  const site: Site = async (request) => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname} ${request.headers.get('cookie') ?? ''} ${await request.text()}`);
    if (pathname === '/hostile') return new Response(HOSTILE, { headers: { 'content-type': 'text/html', 'x-hostile': HOSTILE } });
    if (pathname === '/picture') return new Response(PNG, { headers: { 'content-type': 'image/png' } });
    if (pathname === '/missing') return new Response('no', { status: 404 });
    return new Response(JSON.stringify({ hello: 'world' }), { headers: { 'content-type': 'application/json' } });
  };

  async function visit(target: string, method = 'GET', body?: string): Promise<void> {
    const head = { method, target, authority: 'site.test', headers: [{ name: 'cookie', value: 'sid=secret' }] };
    const stream = body === undefined ? null : (new Response(body).body as ReadableStream<Uint8Array>);
    const visitor = { session: '1', via: 'relay', agent: 'test', who: 'anyone' };
    const response = await inspector.site(requestOfHead(head, stream, new AbortController().signal), visitor);
    for await (const _ of piecesOf(response.body as ReadableStream<Uint8Array>));
  }
  const row = (target: string) => page.locator('#rows .row', { has: page.locator(`.path[title="${target}"]`) }).first();

  before(async function () {
    if (!chromiumPath()) return this.skip();
    browser = await startChromium();
    inspector = await inspect(site);
    served = await serveInspector(inspector, { port: 0, wayWords: () => 'by relay' });
    page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(`${message.text()} ${message.location().url}`));
    await page.goto(served.url);
  });
  after(async () => {
    await browser?.close();
    await served?.close();
    await inspector?.close();
  });

  it('lists what passes as it passes, and filters it', async () => {
    await page.getByText('Nothing yet').waitFor();
    await visit('/json?token=secret');
    await visit('/missing');
    await visit(`/hostile`);
    await row('/json?token=***').waitFor();
    assert.match((await row('/missing').textContent()) ?? '', /404.*visitor 1.*by relay/);
    await page.keyboard.press('/');
    await page.keyboard.type('missing');
    await row('/json?token=***').waitFor({ state: 'detached' });
    assert.equal(await page.locator('#rows .row').count(), 1);
    await page.keyboard.press('Escape');
    await page.fill('#text', '');
    await page.selectOption('#status', '2');
    await row('/missing').waitFor({ state: 'detached' });
    await page.selectOption('#status', '');
  });

  it('shows heads and bodies, secrets when they are asked for, and runs nothing', async () => {
    await row('/hostile').click();
    await page.locator('#detail pre').waitFor();
    assert.equal(await page.locator('#detail pre').textContent(), HOSTILE);
    assert.equal(await page.evaluate('window.ran'), undefined);
    await page.locator('[role=tab]', { hasText: 'Request' }).click();
    await page.getByRole('cell', { name: 'sid=***' }).waitFor();
    await page.check('#secrets');
    await page.getByRole('cell', { name: 'sid=secret' }).waitFor();
    await page.uncheck('#secrets');
    await visit('/picture');
    await row('/picture').click();
    await page.locator('[role=tab]', { hasText: 'Response' }).click();
    await page.locator('img.picture').waitFor();
    assert.equal(await page.locator('img.picture').evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)), 1);
  });

  it('asks again, as it was and changed, by keys alone', async () => {
    await visit('/form', 'POST', 'name=ann');
    await row('/form').waitFor();
    await page.locator('#scroll').focus();
    await page.keyboard.press('Home');
    await page.getByRole('heading', { name: 'POST /form' }).waitFor();
    asked.length = 0;
    await page.keyboard.press('r');
    await page.locator('#detail').getByText('replay of').waitFor();
    assert.deepEqual(asked, ['POST /form sid=secret name=ann']);
    await page.getByRole('button', { name: 'Edit and replay' }).click();
    await page.getByLabel('Body').fill('name=bob');
    await page.getByLabel('Path and query').fill('/form2');
    await page.keyboard.press('Control+Enter');
    await row('/form2').waitFor();
    assert.deepEqual(asked.at(-1), 'POST /form2 sid=secret name=bob');
  });

  it('copies a curl command, and exports and imports HAR', async () => {
    const { origin } = new URL(served.url);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied').waitFor();
    assert.match(await page.evaluate('navigator.clipboard.readText()'), /^curl .*form2.*sid=\*\*\*/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export HAR' }).click()]);
    const file = await readFile(await download.path(), 'utf8');
    const { log } = JSON.parse(file);
    assert.equal(log.entries.length, inspector.exchanges().length);
    await page.setInputFiles('#file', { name: 'old.har', mimeType: 'application/json', buffer: Buffer.from(file) });
    await page.getByText(`${log.entries.length} exchanges from old.har.`).waitFor();
    await page.selectOption('#kind', 'import');
    await page.locator('#count', { hasText: ' of ' }).waitFor();
    await page.selectOption('#kind', '');
  });

  it('is at ease with 10,000 of them: elements for those alone that are seen', async () => {
    for (let count = 0; count < 10_000; count++) await visit(`/many/${count}`);
    await visit('/last');
    await row('/last').waitFor();
    await page.locator('#count', { hasText: '10000 kept' }).waitFor();
    assert.ok((await page.locator('#rows .row').count()) < 100);
    await page.locator('#scroll').focus();
    await page.keyboard.press('End');
    await page.locator('#rows .row[aria-selected=true]').waitFor();
    const title = await page.locator('#rows .row[aria-selected=true] .path').getAttribute('title');
    assert.equal(title, '/many/1', 'the oldest were dropped');
    await page.fill('#text', 'many/4321');
    await row('/many/4321').waitFor();
  });

  it('had no trouble in all that', () => assert.deepEqual(problems, []));
});

// SPDX-License-Identifier: Apache-2.0
// `up --lan` in a room of two machines: the telephone opens the link, whole, over plain HTTP; this machine is sealed as ever.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Browser, Page } from 'playwright-core';
import { shortOrLong } from '../support/long.ts';
import { Porthole, scratch } from '../support/porthole.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { exampleSite } from './support/example-site.ts';
import type { Seen } from './support/firefox-opens.ts';
import { loadPictures, seekMiddle } from './support/in-page.ts';
import { INTERNET, noBridgeReason, OneBridge, ROOM } from './support/one-bridge.ts';

const LARGE_MB = shortOrLong(128, 200);
/** What the process may have more at the end of a large download than before it, in MiB. */
const FLAT_MIB = 64;
const FIREFOX = '/usr/bin/firefox-esr';

const digest = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

describe('a room with a computer and a telephone', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let site: string;
  let room: OneBridge;
  let up: Porthole;
  let port: number;
  let link: string; // of this machine
  let lan: string;

  const start = (home: string, ...args: string[]): Porthole =>
    new Porthole(['up', site, '--port', '0', '--name', 'room', ...args], join(folder.path, home), {
      cwd: folder.path,
      within: room.enter('host'),
    });

  before(async function () {
    this.timeout(60_000);
    const reason = noBridgeReason();
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    folder = await scratch();
    site = await exampleSite(folder.path, LARGE_MB);
    room = await OneBridge.open();
    up = start('up', '--lan');
    const ready = (await up.waitFor('ready')) as unknown as { link: string; lan: string[] };
    link = ready.link;
    port = Number(new URL(link).port);
    lan = `http://${ROOM.host}:${port}/`;
    assert.deepEqual(ready.lan, [lan]);
  });
  after(async () => {
    await up?.stop();
    room?.close();
    await folder?.drop();
  });

  describe('the telephone, by curl', () => {
    const curl = (...args: string[]): Promise<string> => room.run('phone', 'curl', '--silent', '--show-error', '--max-time', '30', ...args);
    const status = (...args: string[]): Promise<string> => curl('--output', '/dev/null', '--write-out', '%{http_code}', ...args);

    it('gets every file as it lies on the disk, by IPv4 and IPv6', async () => {
      for (const path of ['index.html', 'assets/site.css', 'images/aurora.webp', 'media/a-day-at-sea.mp4']) {
        const own = digest(await readFile(join(site, path)));
        assert.equal(digest(Buffer.from(await curl(lan + path), 'latin1')), own, path);
        assert.equal(digest(Buffer.from(await curl(`http://[fd00:7::20]:${port}/${path}`), 'latin1')), own, path);
      }
    });

    it('gets ranges, redirects, heads, and no copy of what it has', async () => {
      const film = await readFile(join(site, 'media', 'a-day-at-sea.mp4'));
      const part = Buffer.from(await curl('--range', '1000-1999', `${lan}media/a-day-at-sea.mp4`), 'latin1');
      assert.ok(part.equals(film.subarray(1000, 2000)));
      assert.equal(await curl('--output', '/dev/null', '--write-out', '%{http_code} %{redirect_url}', `${lan}guide`), `308 ${lan}guide/`);
      const head = await curl('--head', `${lan}media/a-day-at-sea.mp4`);
      assert.match(head, new RegExp(`^HTTP/1.1 200.*content-length: ${film.length}\\r\\n`, 'is'));
      assert.match(head, /^porthole-gateway: 1\r$/im);
      for (const accept of ['*/*', 'text/html']) {
        const tag = /^etag: (.+)\r$/im.exec(await curl('--head', '--header', `Accept: ${accept}`, lan))?.[1] as string;
        assert.equal(await status('--header', `Accept: ${accept}`, '--header', `If-None-Match: ${tag}`, lan), '304', accept);
      }
      assert.equal(await status(`${lan}none`), '404');
      assert.equal(await status('--request', 'POST', '--data', 'x', lan), '405', 'a folder takes no POST');
    });

    it('gets a page with one line more when it asks as a browser does', async () => {
      const plain = await readFile(join(site, 'index.html'), 'latin1');
      const answer = await curl('--include', '--header', 'Accept: text/html', lan);
      const [, head = '', body = ''] = /^(.*?)\r\n\r\n(.*)$/s.exec(answer) ?? [];
      assert.equal(body, `${plain}\n<script src="${new URL('/.porthole/lan.js', lan).href}" async></script>\n`);
      assert.match(head, new RegExp(`^content-length: ${body.length}\\r?$`, 'im'));
      assert.match(await curl('--include', `${lan}.porthole/lan.js`), /^HTTP\/1.1 200.*cache-control: public, max-age=\d+.*Plain HTTP/is);
      assert.equal(await status(`${lan}.porthole/other`), '404');
    });

    it('gets nothing of the site by a name that is not ours', async () => {
      const answer = await curl('--include', '--header', `Host: evil.example:${port}`, '--header', 'Accept: text/html', lan);
      assert.match(answer, /^HTTP\/1.1 403.*NOT_ALLOWED: this machine is not known by that name; open it by its address\n$/s);
      assert.equal(await status('--header', 'Host: evil.example', `${lan}assets/site.css`), '403');
    });

    it('is told that it is a stranger when it comes from the Internet, by whatever name', async () => {
      const away = ['--interface', INTERNET.phone, '--include'];
      for (const host of [`${INTERNET.host}:${port}`, `${ROOM.host}:${port}`, `room.localhost:${port}`, 'localhost', 'evil.example']) {
        const answer = await curl(...away, '--header', `Host: ${host}`, `http://${INTERNET.host}:${port}/index.html`);
        assert.match(answer, /^HTTP\/1.1 403.*NOT_ALLOWED: this suite answers callers in its own network only/s, host);
      }
      const upgrade = ['--header', 'Connection: Upgrade', '--header', 'Upgrade: websocket', '--header', 'Sec-WebSocket-Version: 13'];
      for (const path of ['.porthole/relay', '.porthole/rendezvous/?EIO=4&transport=websocket']) {
        const key = ['--header', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];
        const answer = await curl(...away, ...upgrade, ...key, `http://${INTERNET.host}:${port}/${path}`);
        assert.match(answer, /^HTTP\/1.1 40[03]/, path);
      }
      assert.equal(await status(`http://${INTERNET.host}:${port}/`), '403', 'from its address of the Internet');
    });
  });

  it('the telephone, by porthole get, is sealed as ever', async () => {
    const home = join(folder.path, 'visitor');
    await mkdir(home);
    const out = join(folder.path, 'tide.json');
    const get = new Porthole(['get', `${lan}data/tide.json`, '-o', out], home, { within: room.enter('phone') });
    assert.equal(await get.ended, 0, JSON.stringify(get.events));
    assert.deepEqual(await readFile(out), await readFile(join(site, 'data', 'tide.json')));
    assert.ok(get.events.some(({ event, via }) => event === 'path' && via !== ''));
  });

  it('the telephone, by porthole open, too', async () => {
    const home = join(folder.path, 'opener');
    await mkdir(home);
    const open = new Porthole(['open', `${lan}data/tide.json`, '--port', '0'], home, { within: room.enter('phone') });
    const { url } = await open.waitFor('ready');
    assert.match(url as string, /\/data\/tide\.json$/);
    const body = await room.run('phone', 'curl', '--silent', '--show-error', url as string);
    assert.equal(body, await readFile(join(site, 'data', 'tide.json'), 'latin1'));
    await open.stop();
  });

  describe('the telephone, in Chromium', () => {
    let browser: Browser;
    let page: Page;

    before(async function () {
      const chromium = chromiumPath();
      if (!room || !chromium) this.skip();
      browser = await startChromium(await room.wrapper('phone', chromium as string, folder.path));
      page = await (await browser.newContext({ acceptDownloads: true })).newPage();
    });
    after(() => browser?.close());

    const words = () => page.locator('#porthole-badge .words');

    it('opens the link: the page itself, no shell, and a badge that says what this way is', async () => {
      await page.goto(lan);
      await page.locator('h1', { hasText: 'straight from' }).waitFor();
      assert.equal(await page.evaluate(() => isSecureContext), false);
      assert.equal(await page.locator('#porthole-frame').count(), 0);
      await words().waitFor();
      assert.equal(await words().textContent(), 'Plain HTTP in this network');
      await page.locator('#porthole-badge .toggle').click();
      await page.locator('#porthole-badge .card', { hasText: 'not sealed end to end' }).waitFor();
      assert.equal(await page.locator('#porthole-badge .card').evaluate((card) => getComputedStyle(card).borderRadius), '12px');
      await page.keyboard.press('Escape');
      await page.locator('#porthole-badge .card').waitFor({ state: 'hidden' });
      await page.locator('#porthole-badge .folded').waitFor();
    });

    it('sees every picture', async () => {
      await page.goto(`${lan}gallery.html`);
      const { pictures, broken } = await page.evaluate(loadPictures);
      assert.ok(pictures > 0);
      assert.deepEqual(broken, []);
    });

    it('sees a folder of pictures without a page of its own, badge and all', async () => {
      const pictures = start('pictures', '--lan', '--listing');
      const [there = ''] = (await pictures.waitFor('ready')).lan as string[];
      await page.goto(`${there}images/`);
      await words().waitFor();
      const names = await page.locator('a[href$=".jpg"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      assert.ok(names.length >= 3, String(names));
      await page.locator('a[href$=".jpg"]').first().click();
      await page.waitForURL('**/*.jpg');
      assert.ok(await page.evaluate(() => (document.querySelector('img') as HTMLImageElement).naturalWidth > 0));
      await pictures.stop();
    });

    it('seeks the film to its middle', async () => {
      await page.goto(`${lan}film.html`);
      const offMiddle = await page.evaluate(seekMiddle);
      assert.ok(offMiddle < 1, `${offMiddle} s beside it`);
      await page.locator('video').evaluate((video) => (video as HTMLVideoElement).play());
    });

    it(`downloads ${LARGE_MB} MB byte-identical, in flat memory`, async function () {
      this.timeout(180_000);
      await page.goto(`${lan}downloads.html`);
      const before = await up.peakMiB();
      const [download] = await Promise.all([page.waitForEvent('download'), page.locator('a[href*="large.bin"]').first().click()]);
      assert.equal(download.suggestedFilename(), 'large.bin');
      assert.equal(await digestOf(await download.path()), await digestOf(join(site, 'files', 'large.bin')));
      const more = (await up.peakMiB()) - before;
      assert.ok(more < FLAT_MIB, `${more} MiB more than before`);
    });

    it('keeps a page that has not changed, badge and all, and puts the badge away for the tab', async () => {
      await page.goto(lan);
      const [answer] = await Promise.all([page.waitForResponse(lan), page.reload()]);
      assert.match((await answer.allHeaders()).etag as string, /-badge"$/);
      await words().waitFor();
      await page.locator('#porthole-badge .toggle').click();
      await page.locator('#porthole-badge .card button').click();
      await page.goto(`${lan}gallery.html`);
      await page.waitForLoadState('load');
      assert.equal(await page.locator('#porthole-badge').count(), 0);
    });
  });

  it('the telephone, in Firefox, sees the page, its badge, every picture, and the middle of the film', async function () {
    this.timeout(90_000);
    if (!existsSync(FIREFOX)) {
      console.log('      skipped: there is no Firefox on this machine (Debian: apt-get install firefox-esr)');
      this.skip();
    }
    const script = join(import.meta.dirname, 'support', 'firefox-opens.ts');
    const home = await mkdtemp(join(folder.path, 'firefox-'));
    const seen = JSON.parse(await room.run('phone', 'env', `HOME=${home}`, process.execPath, script, FIREFOX, lan)) as Seen;
    assert.match(seen.heading, /straight from/);
    assert.equal(seen.badge, 'Plain HTTP in this network');
    assert.ok(seen.pictures > 0);
    assert.deepEqual(seen.broken, []);
    if (seen.offMiddle === null)
      console.log('      without the film: this Firefox has no H.264 (Debian: apt-get install libavcodec-extra)');
    else assert.ok(seen.offMiddle < 1, String(seen.offMiddle));
  });

  it('this machine opens its own link, and is sealed', async function () {
    this.timeout(60_000);
    const chromium = chromiumPath();
    if (!chromium) this.skip();
    const browser = await startChromium(await room.wrapper('host', chromium as string, folder.path));
    try {
      const page = await browser.newPage();
      await page.goto(link);
      const frame = await (await page.waitForSelector('#porthole-frame')).contentFrame();
      await frame?.locator('h1', { hasText: 'straight from' }).waitFor();
      await page.waitForSelector('#porthole-badge:not([data-via=""], [data-via="lan"])', { state: 'attached' });
    } finally {
      await browser.close();
    }
  });

  it('without --lan nobody else is answered', async () => {
    const alone = start('alone');
    const ready = await alone.waitFor('ready');
    assert.equal(ready.lan, undefined);
    const address = `http://${ROOM.host}:${new URL(ready.link as string).port}/`;
    await assert.rejects(room.run('phone', 'curl', '--silent', '--show-error', address), /refused|Couldn't connect|Could not connect/i);
    await alone.stop();
  });

  // In a suite of its own, for those are run last.
  describe('a change of address', () => {
    it('is told, and the new link works', async () => {
      await room.run('host', 'ip', 'address', 'del', `${ROOM.host}/24`, 'dev', 'out');
      await room.run('host', 'ip', 'address', 'add', '192.168.7.30/24', 'dev', 'out');
      const moved = `http://192.168.7.30:${port}/`;
      await up.waitFor(({ event, lan }) => event === 'lan' && (lan as string[]).join() === moved);
      assert.match(await room.run('phone', 'curl', '--silent', '--show-error', moved), /straight from/);
    });
  });
});

// SPDX-License-Identifier: Apache-2.0
// Any folder shows itself: `up` on folders and files as people have them, in Chromium, Firefox and curl.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'puppeteer-core';
import { ENTRIES_PER_PAGE } from '../../host-agent/static/listing-view.ts';
import { shortOrLong } from '../support/long.ts';
import { Porthole, scratch } from '../support/porthole.ts';
import { BROWSERS, eventually, siteFrame } from './support/any-browser.ts';

const DOCUMENTS = '/usr/share/doc';
/** More than are measured (MAX_MEASURED), and whole thousands. */
const MANY = shortOrLong(21_000, 50_000);
const LAST_PAGE = MANY / ENTRIES_PER_PAGE;
/** One red point. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const ODD_NAMES = ['two words.txt', '#hash & 100%.txt', '🎉.txt', 'new\nline.txt', 'Grüße.txt', "it's <b>.txt", 'a?b=c.txt', '%41.txt'];
/** What a name looks like in a text: line breaks of a page are its own matter. */
const lookOf = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A PDF of one empty page. */
function emptyPdf(): string {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  return `${text}xref\n0 4\n0000000000 65535 f \n${places.join('')}trailer<</Size 4/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
}

describe('any folder', function () {
  this.timeout(120_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  const browsers = new Map<string, Browser>();
  let host: Porthole | undefined;
  let origin = '';

  before(async () => {
    folder = await scratch();
    for (const browser of BROWSERS) if (!browser.missing) browsers.set(browser.name, await browser.start());
  });
  after(async () => {
    for (const browser of browsers.values()) await browser.close();
    await folder?.drop();
  });
  afterEach(async () => {
    await host?.stop();
    host = undefined;
  });

  /** Brings something online under a name; `nobody`: as a user who may not read everything. */
  const bring = async (what: string, name: string, nobody = false): Promise<void> => {
    const within = nobody && process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
    const home = join(folder.path, `home-${name}`);
    await fs.mkdir(home, { recursive: true });
    if (nobody) for (const path of [folder.path, home]) await fs.chmod(path, 0o777);
    host = new Porthole(['up', what, '--port', '0', '--name', name], home, { within });
    origin = new URL(String((await host.waitFor('ready', 40_000)).link)).origin;
  };
  /** Makes a folder with files in it. */
  const make = async (name: string, files: Record<string, string | Buffer> = {}): Promise<string> => {
    const path = join(folder.path, name);
    await fs.mkdir(path, { recursive: true });
    for (const [file, content] of Object.entries(files)) await fs.writeFile(join(path, file), content);
    return path;
  };
  /** What curl gets of the site; links ahead are followed. */
  const curl = async (path: string, ...more: string[]): Promise<Buffer> => {
    const { hostname, port } = new URL(origin);
    const args = ['-sSL', '--fail', '--resolve', `${hostname}:${port}:127.0.0.1`, ...more, origin + path];
    return (await promisify(execFile)('curl', args, { encoding: 'buffer', maxBuffer: 1e8 })).stdout;
  };
  /** Does the same in each browser there is. */
  const inEach = async (look: (page: Page, name: string) => Promise<void>, those = browsers): Promise<void> => {
    for (const [name, browser] of those) {
      const page = await browser.newPage();
      try {
        await page.goto(`${origin}/`);
        await look(page, name);
      } catch (thrown) {
        throw new Error(`in ${name}: ${(thrown as Error).message}`, { cause: thrown });
      } finally {
        await page.close();
      }
    }
  };
  const textOf = async (page: Page, path?: string): Promise<string> => {
    const frame = await siteFrame(page, path);
    // biome-ignore lint/performance/useDomNodeTextContent: what a person sees, spaces and all
    return frame.evaluate(() => document.body.innerText.replaceAll(/\s+/g, ' '));
  };

  for (const { name, missing } of BROWSERS) {
    it(`is looked at with ${name}`, function () {
      if (!missing) return;
      console.log(`      skipped: there is no ${name} on this machine (Debian: apt-get install ${missing})`);
      this.skip();
    });
  }

  it('pictures without an index page are tiles of thumbnails, each of which opens', async () => {
    const names = Array.from({ length: 6 }, (_, at) => `Holiday ${at + 1}.png`);
    await bring(await make('pictures', Object.fromEntries(names.map((name) => [name, PNG]))), 'pictures');
    assert.deepEqual(await curl('/Holiday%206.png'), PNG);
    await inEach(async (page) => {
      const frame = await siteFrame(page, '/');
      await eventually('every thumbnail', () =>
        frame.evaluate(() => document.images.length === 6 && [...document.images].every((image) => image.naturalWidth === 1)),
      );
      assert.equal(await frame.evaluate(() => document.body.className), 'tiles');
      await frame.evaluate(() => document.querySelector<HTMLElement>('tbody a')?.click());
      const shown = await siteFrame(page, '/Holiday%201.png');
      assert.equal(await shown.evaluate(() => document.images[0]?.naturalWidth), 1);
    });
  });

  it('a tree of documents is walked by keys, and its files without a type are read', async function () {
    if (!existsSync(join(DOCUMENTS, 'bash', 'copyright'))) {
      console.log(`      skipped: there is no ${DOCUMENTS} on this machine`);
      this.skip();
    }
    await bring(DOCUMENTS, 'documents');
    assert.match((await curl('/bash/')).toString(), /href="\.\/copyright"/);
    await inEach(async (page) => {
      const frame = await siteFrame(page, '/');
      await frame.evaluate(() => document.querySelector<HTMLInputElement>('[type=search]')?.focus());
      await page.keyboard.type('bash');
      await page.keyboard.press('Enter');
      assert.match(await textOf(page, '/?q=bash'), /bash\//);
      await (await siteFrame(page)).evaluate(() => document.querySelector<HTMLElement>('a[href="./bash/"]')?.click());
      const inside = await siteFrame(page, '/bash/');
      await inside.evaluate(() => document.body.focus());
      await page.keyboard.press('End');
      const last = await eventually('the last entry', () => inside.evaluate(() => document.activeElement?.getAttribute('href')));
      assert.equal(last, await inside.evaluate(() => [...document.querySelectorAll('tbody a')].at(-1)?.getAttribute('href')));
      await page.keyboard.press('Backspace');
      await siteFrame(page, '/');
      await (await siteFrame(page)).evaluate(() => location.assign('/bash/copyright'));
      const text = await siteFrame(page, '/bash/copyright');
      assert.equal(await text.evaluate(() => document.contentType), 'text/plain');
    });
  });

  it('a single PDF is a site', async () => {
    const path = join(await make('talks', { 'my talk.pdf': emptyPdf(), 'other.txt': 'not shared' }), 'my talk.pdf');
    await bring(path, 'talk');
    assert.equal((await curl('/')).toString(), emptyPdf());
    await assert.rejects(curl('/other.txt'), /404/);
    const shows = async (page: Page): Promise<void> => {
      const frame = await siteFrame(page, '/my%20talk.pdf');
      assert.equal(await frame.evaluate(() => document.contentType), 'application/pdf');
      await eventually('the file in place of the status page', () =>
        page.evaluate(() => getComputedStyle(document.getElementById('porthole-status') as HTMLElement).display === 'none'),
      );
      await eventually('its address', () => page.evaluate(() => location.pathname === '/my%20talk.pdf'));
    };
    const whole = await BROWSERS.find(({ name, missing }) => name === 'Chromium' && !missing)?.start(true);
    try {
      await inEach(shows, whole ? new Map([...browsers, ['Chromium', whole]]) : browsers);
    } finally {
      await whole?.close();
    }
  });

  it('an empty folder says so', async () => {
    await bring(await make('nothing'), 'nothing');
    assert.match((await curl('/')).toString(), /This folder is empty/);
    await inEach(async (page) => assert.match(await textOf(page, '/'), /This folder is empty/));
  });

  it(`${MANY} files are in order, with a way to the last of them`, async () => {
    const path = await make('many');
    for (let at = 0; at < MANY; at += 1000) {
      await Promise.all(Array.from({ length: 1000 }, (_, i) => fs.writeFile(join(path, `n${at + i + 1}`), '')));
    }
    await bring(path, 'many');
    assert.match((await curl(`/?page=${LAST_PAGE}`)).toString(), new RegExp(`"\\./n${MANY}"`));
    await inEach(async (page) => {
      const frame = await siteFrame(page, '/');
      assert.match(await textOf(page, '/'), new RegExp(`${MANY.toLocaleString('en')} entries, ${ENTRIES_PER_PAGE} on a page .* n1 .* n2 `));
      await frame.evaluate(() => [...document.querySelectorAll<HTMLElement>('nav a')].find((a) => a.textContent === 'Last')?.click());
      assert.match(await textOf(page, `/?page=${LAST_PAGE}`), new RegExp(`n${MANY} .*Page ${LAST_PAGE} of ${LAST_PAGE}`));
    });
  });

  it('files of any name open, and text of any kind is readable', async () => {
    const files: Record<string, string | Buffer> = Object.fromEntries(ODD_NAMES.map((name) => [name, `this is ${lookOf(name)}`]));
    files['latin.txt'] = Buffer.from('caf\xe9', 'latin1');
    files['latin.html'] = Buffer.from('<!doctype html><meta charset=iso-8859-1><p>caf\xe9', 'latin1');
    files['drawing.svgz'] = gzipSync('<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>');
    files['script.cjs'] = 'exports.a = 1;';
    files.README = 'read me';
    await bring(await make('odd', files), 'odd');
    for (const name of ODD_NAMES) {
      assert.equal((await curl(`/${encodeURIComponent(name)}`)).toString(), files[name]);
    }
    await inEach(async (page) => {
      const frame = await siteFrame(page, '/');
      const addresses = await frame.evaluate(() => [...document.querySelectorAll<HTMLAnchorElement>('tbody a')].map((a) => a.pathname));
      assert.equal(addresses.length, Object.keys(files).length);
      for (const address of addresses) {
        const name = decodeURIComponent(address).slice(1);
        if (name === 'drawing.svgz') continue;
        await (await siteFrame(page)).evaluate((to) => location.assign(to), address);
        const text = await textOf(page, address);
        assert.equal(lookOf(text), name.startsWith('latin') ? 'café' : lookOf(String(files[name])), name);
      }
      const width = await (await siteFrame(page)).evaluate(async () => {
        const image = new Image();
        image.src = '/drawing.svgz';
        await image.decode();
        return image.naturalWidth;
      });
      assert.equal(width, 7);
    });
  });

  it('what cannot be had is left out, with the reason', async () => {
    const path = await make('mixed', { 'page.txt': 'page', 'locked.txt': 'locked', '.secret': 'secret', 'porthole.config.json': '{}' });
    await fs.chmod(path, 0o755);
    await fs.chmod(join(path, 'locked.txt'), 0);
    await fs.symlink('page.txt', join(path, 'link.txt'));
    await fs.symlink('/etc', join(path, 'out'));
    execFileSync('mkfifo', [join(path, 'pipe')]);
    await fs.writeFile(Buffer.concat([Buffer.from(`${path}/bad`), Buffer.from([0xe9])]), '');
    await bring(path, 'mixed', true);
    const words =
      'Not shown: hidden files, 1 link that leads out or nowhere, 1 that is neither file nor folder, 1 that may not be read, 1 whose name no link can carry.';
    assert.ok((await curl('/')).includes(words));
    for (const hidden of ['/.secret', '/porthole.config.json', '/out/passwd', '/pipe']) await assert.rejects(curl(hidden), /404/, hidden);
    await assert.rejects(curl('/locked.txt'), /403/);
    await inEach(async (page) => {
      const text = await textOf(page, '/');
      assert.ok(text.includes(words), text);
      assert.match(text, /link\.txt .* page\.txt/);
      assert.doesNotMatch(text, /secret|config|locked|pipe/);
    });
  });

  it('with --no-listing is a folder without a page: nothing is there', async () => {
    const path = await make('quiet', { 'a.txt': 'a' });
    const home = join(folder.path, 'home-quiet');
    await fs.mkdir(home, { recursive: true });
    host = new Porthole(['up', path, '--port', '0', '--name', 'quiet', '--no-listing'], home);
    origin = new URL(String((await host.waitFor('ready', 40_000)).link)).origin;
    await assert.rejects(curl('/'), /404/);
    assert.equal((await curl('/a.txt')).toString(), 'a');
  });
});

// SPDX-License-Identifier: Apache-2.0
// Long uploads from pages in Chromium and Firefox: the app gets them whole, with their length; no end's memory grows; each end may break off.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, ElementHandle, Frame, Page } from 'puppeteer-core';
import { isLong, shortOrLong } from '../support/long.ts';
import { riseDuring } from '../support/memory-of.ts';
import { Porthole, type Scratch, scratch } from '../support/porthole.ts';
import { type Sent, UploadApp } from '../support/upload-app.ts';
import { BROWSERS, eventually, siteFrame } from './support/any-browser.ts';

const MIB = 2 ** 20;
const BYTES = shortOrLong(256, 1024) * MIB;
const SHORT_BYTES = 3 * MIB;
/** What host and suite may rise by, in MiB. */
const MOST_RISE_MIB = 60;
/** What a browser may: it collects what was read and encrypted when it likes to, and has no more of it however long the content is. */
const MOST_BROWSER_RISE_MIB = 200;

/** A file whose pieces differ, and its hash. */
async function makeFile(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  const piece = Buffer.alloc(MIB, 'Porthole ');
  for (let at = 0; at < bytes; at += MIB) {
    piece.writeUInt32BE(at / MIB);
    hash.update(piece);
    await file.write(piece);
  }
  await file.close();
  return hash.digest('hex');
}

/** In a page: what an XMLHttpRequest that sends so much told of itself. Progress is told once, when it came more than once. */
async function eventsOfXhr(url: string, bytes: number, end: 'load' | 'abort' | 'timeout'): Promise<string[]> {
  const told: string[] = [];
  const xhr = new XMLHttpRequest();
  const tell = (what: string): void => {
    if (told.at(-1) !== what) told.push(what);
  };
  for (const type of ['loadstart', 'progress', 'load', 'abort', 'timeout', 'error', 'loadend'] as const) {
    xhr.upload.addEventListener(type, ({ loaded, total }) => {
      const part = loaded === total ? 'all' : loaded === 0 ? 'none' : 'some';
      if (type === 'abort' || type === 'timeout' || told.at(-1) === `upload ${end}`) return tell(`upload ${type}`);
      if (type === 'progress' && part !== 'all') return;
      tell(`upload ${type} ${part}${type === 'loadstart' ? '' : ` of ${total - bytes < 1000}`}`);
      if (end === 'abort' && type === 'loadstart') setTimeout(() => xhr.abort(), 300);
    });
    if (type !== 'progress' && type !== 'loadstart') xhr.addEventListener(type, () => tell(`${type} ${xhr.readyState} ${xhr.status}`));
  }
  xhr.addEventListener('readystatechange', () => tell(`state ${xhr.readyState}`));
  xhr.open('POST', url);
  xhr.setRequestHeader('x-own', 'yes');
  if (end === 'timeout') xhr.timeout = 500;
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)]), 'it.bin');
  await new Promise((resolve) => {
    xhr.addEventListener('loadend', () => setTimeout(resolve));
    xhr.send(form);
  });
  return told;
}

for (const { name, missing, start } of BROWSERS) {
  describe(`uploads from pages in ${name}`, function () {
    this.timeout(isLong ? 900_000 : 180_000);
    let folder: Scratch;
    let app: UploadApp;
    let suite: Porthole;
    let host: Porthole;
    let browser: Browser;
    let page: Page;
    let frame: Frame;
    let origin: string;
    let direct: Page; // the app, asked without Porthole
    const hashes: Record<'long' | 'short', string> = { long: '', short: '' };

    before(async function () {
      if (missing || process.platform !== 'linux') {
        console.log(`      skipped: there is no ${name} on this machine (Debian: apt-get install ${missing})`);
        this.skip();
      }
      folder = await scratch();
      hashes.long = await makeFile(join(folder.path, 'long'), BYTES);
      hashes.short = await makeFile(join(folder.path, 'short'), SHORT_BYTES);
      app = await UploadApp.start();
      suite = new Porthole(['suite', '--port', '0', '--address', '127.0.0.1'], folder.path);
      const at = String((await suite.waitFor('ready')).suite);
      host = new Porthole(['host', String(app.port), '--suite', at, '--name', 'app'], join(folder.path, 'host'), { cwd: folder.path });
      origin = new URL(String((await host.waitFor('ready')).link)).origin;
      browser = await start();
      page = await browser.newPage();
      await page.goto(`${origin}/`);
      frame = await siteFrame(page, '/');
      direct = await browser.newPage();
      await direct.goto(`http://127.0.0.1:${app.port}/`);
    });
    after(async () => {
      await browser?.close();
      await host?.stop();
      await suite?.stop();
      app?.close();
      await folder?.drop();
    });

    /** Puts a file into the page's form. */
    const choose = async (of: Frame, which: keyof typeof hashes): Promise<void> => {
      const input = (await of.$('#file')) as ElementHandle<HTMLInputElement>;
      await input.uploadFile(join(folder.path, which));
    };
    const fetched = (of: Frame, path: string): Promise<Sent> =>
      of.evaluate(async (path) => {
        const body = (document.getElementById('file') as HTMLInputElement).files?.[0] as File;
        return (await (await fetch(path, { method: 'POST', body, headers: { 'x-own': 'yes' } })).json()) as Sent;
      }, path);

    it(`a file of ${BYTES / MIB} MiB by fetch: whole, its length known, and no end holds it`, async () => {
      await choose(frame, 'short');
      await fetched(frame, '/count'); // what is loaded for the first one is no memory of this one
      await choose(frame, 'long');
      const pids = { browser: browser.process()?.pid as number, host: host.pid, suite: suite.pid };
      let sent: Sent | undefined;
      const from = performance.now();
      const rise = await riseDuring(pids, async () => {
        sent = await fetched(frame, '/count');
      });
      if (isLong) console.log(`      ${Math.round((performance.now() - from) / 1000)} s`, rise);
      assert.deepEqual([sent?.bytes, sent?.length, sent?.sha256, sent?.mark], [BYTES, String(BYTES), hashes.long, null]);
      for (const [end, mib] of Object.entries(rise)) {
        assert.ok(mib < (end === 'browser' ? MOST_BROWSER_RISE_MIB : MOST_RISE_MIB), `${end} rose by ${mib.toFixed(0)} MiB`);
      }
    });

    for (const end of ['load', 'abort', 'timeout'] as const) {
      it(`an XMLHttpRequest that ends with ${end} tells what it tells without Porthole`, async () => {
        // What is broken off is more than systems take in at once.
        const [path, bytes] = end === 'load' ? ['/count', SHORT_BYTES] : ['/crawl', 8 * SHORT_BYTES];
        const expected = await direct.evaluate(eventsOfXhr, path, bytes, end);
        const aborted = end === 'load' ? null : once(app, 'aborted');
        assert.deepEqual(await frame.evaluate(eventsOfXhr, path, bytes, end), expected);
        await aborted;
      });
    }

    it('a form with a file goes as it does without Porthole, and its answer is shown', async () => {
      const send = async (of: Page, inside: Frame): Promise<Sent> => {
        await choose(inside, 'short');
        const sent = once(app, 'sent') as Promise<[Sent]>;
        await inside.evaluate(() => document.getElementById('send')?.click());
        await eventually('the answer', async () =>
          (inside === of.mainFrame() ? inside : await siteFrame(of, '/form?x=1')).evaluate(() => document.title === 'Sent'),
        );
        return (await sent)[0];
      };
      const tab = await browser.newPage();
      await tab.goto(`${origin}/`);
      const [ours, theirs] = [await send(tab, await siteFrame(tab, '/')), await send(direct, direct.mainFrame())];
      assert.equal(ours.form, theirs.form);
      assert.equal(ours.length, String(ours.bytes));
      assert.match(ours.form, /name="word"[\s\S]*filename="short"[\s\S]*name="by"\r\n\r\nbutton\r\n/);
      assert.match(ours.accept, /text\/html/);
      await tab.close();
    });

    it(`what the app takes longer over than a request may stay unanswered: fetch, XMLHttpRequest and form`, async () => {
      const tab = await browser.newPage();
      await tab.goto(`${origin}/`);
      const inside = await siteFrame(tab, '/');
      await choose(inside, 'short');
      await inside.evaluate(() => {
        (document.getElementById('form') as HTMLFormElement).action = '/slow-form';
        document.getElementById('send')?.click();
      });
      await choose(frame, 'short');
      const asked = [
        fetched(frame, '/slow'),
        frame.evaluate(async (path) => {
          const xhr = new XMLHttpRequest();
          xhr.open('PUT', path);
          xhr.setRequestHeader('content-type', 'application/x-own');
          xhr.responseType = 'json';
          await new Promise((resolve) => {
            xhr.onloadend = resolve;
            xhr.send((document.getElementById('file') as HTMLInputElement).files?.[0]);
          });
          return xhr.response as Sent;
        }, '/slow'),
      ];
      const [byFetch, byXhr] = await Promise.all(asked);
      for (const sent of [byFetch, byXhr]) assert.deepEqual([sent?.sha256, sent?.length], [hashes.short, String(SHORT_BYTES)]);
      assert.deepEqual([byFetch?.method, byXhr?.method, byXhr?.type], ['POST', 'PUT', 'application/x-own']);
      const shown = await siteFrame(tab, '/slow-form');
      await eventually('the answer to the form', () => shown.evaluate(() => document.querySelector('h1')?.textContent === 'Sent'));
      await tab.close();
    });

    it('an app that refuses early is heard, and one that sends the browser elsewhere gets it there', async () => {
      await choose(frame, 'short');
      const refused = await frame.evaluate(async () => {
        const body = (document.getElementById('file') as HTMLInputElement).files?.[0] as File;
        const answer = await fetch('/refuse', { method: 'POST', body });
        return [answer.status, await answer.text()];
      });
      assert.deepEqual(refused, [413, 'too much']);
      const sent = await fetched(frame, '/on');
      assert.deepEqual([sent.path, sent.sha256], ['/count', hashes.short]);
      const form = await frame.evaluate(async () => {
        const form = new FormData();
        form.append('file', (document.getElementById('file') as HTMLInputElement).files?.[0] as File);
        const xhr = new XMLHttpRequest();
        xhr.open('POST', '/on');
        xhr.responseType = 'json';
        await new Promise((resolve) => {
          xhr.onloadend = resolve;
          xhr.send(form);
        });
        return xhr.response as Sent;
      });
      assert.equal(form.path, '/count');
      assert.match(form.form, /^--BOUNDARY\r\n[\s\S]*filename="short"/);
    });

    it('an upload that the page gives up, or leaves, ends at the app', async () => {
      await choose(frame, 'short');
      const begun = once(app, 'begun');
      const aborted = once(app, 'aborted');
      const failed = frame.evaluate(() => {
        const body = (document.getElementById('file') as HTMLInputElement).files?.[0] as File;
        const stop = new AbortController();
        (window as { stopIt?: () => void }).stopIt = () => stop.abort();
        return fetch('/crawl', { method: 'POST', body, signal: stop.signal }).catch((error: Error) => [
          error.name,
          error instanceof DOMException,
        ]);
      });
      await begun;
      await frame.evaluate(() => (window as { stopIt?: () => void }).stopIt?.());
      await aborted;
      assert.deepEqual(await failed, ['AbortError', true]);
      const [again, left] = [once(app, 'begun'), once(app, 'aborted')];
      await frame.evaluate(() => {
        const body = (document.getElementById('file') as HTMLInputElement).files?.[0] as File;
        void fetch('/crawl', { method: 'POST', body });
      });
      await again;
      await frame.evaluate(() => location.assign('/?left'));
      await left;
      frame = await siteFrame(page, '/?left');
    });
  });
}

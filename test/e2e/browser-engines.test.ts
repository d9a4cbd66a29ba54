// SPDX-License-Identifier: Apache-2.0
// What a site's pages need most, in the engines beside Chromium's: a login that is kept, document.cookie, a cache, WebSockets, workers.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { error } from 'selenium-webdriver';
import { FRAME_ID } from '../../client-runtime/browser/shared/bridge.ts';
import { appConnect } from '../../host-agent/app/upgrade.ts';
import { type App, socketApp } from '../support/web-socket-app.ts';
import { until } from './support/browser-stage.ts';
import { loginSite } from './support/login-site.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';
import { startWebKit, webkitMissing } from './support/webkit.ts';
import { ALL_RIGHT, KINDS, workerSite } from './support/worker-site.ts';

const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path));
/** A first visit, in a browser that was just started, beside whatever else the machine does. */
const WAIT_MS = 90_000;

/** A browser with one tab. */
interface Driven {
  go(url: string): Promise<void>;
  /** What an expression (or a promise of one) is in the frame that shows the site; null while there is none, or another page comes. */
  site(expression: string): Promise<unknown>;
  stop(): Promise<void>;
}

async function firefox(folder: string): Promise<Driven> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    userDataDir: join(folder, 'firefox'),
  });
  const page = await browser.newPage();
  return {
    go: async (url) => void (await page.goto(url)),
    site: async (expression) => {
      const frame = page.frames().find((one) => one.parentFrame() === page.mainFrame());
      return (await frame?.evaluate(expression).catch(() => null)) ?? null;
    },
    stop: () => browser.close(),
  };
}

async function webkit(folder: string): Promise<Driven> {
  const { driver, stop } = await startWebKit(folder);
  return {
    go: (url) => driver.get(url),
    async site(expression) {
      try {
        await driver.switchTo().frame(await driver.findElement({ id: FRAME_ID }));
        const script = `const done = arguments[arguments.length - 1]; Promise.resolve(${expression}).then(done, (error) => done(String(error)));`;
        return await driver.executeAsyncScript(script);
      } catch (thrown) {
        if (thrown instanceof error.WebDriverError) return null;
        throw thrown;
      } finally {
        await driver.switchTo().defaultContent();
      }
    },
    stop,
  };
}

for (const { name, missing, start, fails } of [
  // What such a worker imports, this engine asks the network for.
  { name: 'Firefox', missing: FIREFOX ? null : 'firefox-esr', start: firefox, fails: ['module of a blob: error undefined'] },
  { name: 'WebKit', missing: webkitMissing(), start: webkit, fails: [] },
]) {
  describe(`browser: a site's cookies and WebSockets in ${name}`, function () {
    this.timeout(4 * WAIT_MS);
    let app: App;
    let stage: SiteStage;
    let browser: Driven;

    before(async function () {
      if (missing) {
        console.log(`      skipped: there is no ${name} on this machine (Debian: apt-get install ${missing})`);
        this.skip();
      }
      app = await socketApp();
      stage = await siteStage('engine', Object.assign(loginSite().site, { connect: appConnect(app.origin) }));
      browser = await start(stage.folder.path);
      await browser.go(`${stage.origin}/`);
      await shows('Login');
    });
    after(async () => {
      await browser?.stop();
      await stage?.close();
      await app?.close();
    });

    const shows = (heading: string): Promise<void> =>
      until(
        `the site shows ${heading}`,
        async () => (await browser.site(`document.querySelector('h1')?.textContent`)) === heading,
        WAIT_MS,
      );

    it('lets a person in, and says in each page from its first script on what is known', async () => {
      await browser.site(`document.querySelector('button').click()`);
      await shows('Inside');
      assert.deepEqual(await browser.site('[document.cookie, document.documentElement.dataset.first].join()'), 'keep=long,keep=long');
      await browser.site(`void (document.cookie = 'mine=1; path=/')`);
      assert.equal(
        await browser.site(`fetch('/sent').then((answer) => answer.json()).then(({ cookie }) => cookie)`),
        'session=s3cret; keep=long; mine=1',
      );
      await browser.go(`${stage.origin}/inside`);
      await shows('Inside');
      assert.equal(await browser.site('document.cookie'), 'keep=long; mine=1');
    });

    it('keeps what says how long, over a reload as well', async () => {
      const lasting = `fetch('/lasting').then((answer) => answer.text())`;
      let said: unknown = null;
      await until('it is kept', async () => {
        const before = said;
        said = await browser.site(lasting);
        return said !== null && said === before;
      });
      await browser.go(`${stage.origin}/inside`);
      await shows('Inside');
      assert.equal(await browser.site(lasting), said);
    });

    it('has a WebSocket both ways, with its words at the end', async () => {
      const said = await browser.site(`new Promise((resolve) => {
        const said = [];
        const socket = new WebSocket('/echo');
        socket.binaryType = 'arraybuffer';
        socket.onopen = () => { socket.send('grüße'); socket.send(new Uint8Array(100_000)); };
        socket.onmessage = ({ data }) => {
          said.push(typeof data === 'string' ? data : data.byteLength);
          if (said.length === 2) socket.close(4000, 'enough');
        };
        socket.onclose = ({ code, reason, wasClean }) => resolve([...said, code, reason, wasClean].join());
      })`);
      assert.equal(said, 'grüße,100000,4000,enough,true');
      assert.equal(app.requests.at(-1)?.headers.cookie, 'session=s3cret; keep=long; mine=1');
    });

    it('has a cookieStore of the site’s, where it has one, and an answer that clears all', async () => {
      const said = await browser.site(`(async () => {
        if (!('cookieStore' in window)) return 'none';
        await cookieStore.set('stored', 'grüße');
        return (await cookieStore.getAll()).map(({ name, value }) => name + '=' + value).sort().join('; ');
      })()`);
      assert.ok(said === 'none' || said === 'keep=long; mine=1; stored=grüße', String(said));
      await browser.site(`void (localStorage.own = 'mine')`);
      assert.equal(await browser.site(`fetch('/clear').then(() => [document.cookie, localStorage.own].join())`), ',');
      assert.match(String(await browser.site(`localStorage.getItem('porthole-visitor')`)), /^[0-9a-f]{64}$/);
      assert.equal(await browser.site(`fetch('/sent').then((answer) => answer.json()).then(({ cookie }) => String(cookie))`), 'null');
    });

    it('has workers that begin with ours, of every kind', async () => {
      const workers = await siteStage('workers', Object.assign(workerSite, { connect: appConnect(app.origin) }));
      try {
        await browser.go(`${workers.origin}/`);
        await shows('Workers');
        const wrong: string[] = [];
        for (const [kind, { start, strict }] of Object.entries(KINDS)) {
          const late = `new Promise((resolve) => setTimeout(resolve, 20_000, 'nothing'))`;
          const said = await browser.site(`Promise.race([${start}, ${late}])`);
          if (said !== `${strict ? 'strict; ' : ''}${ALL_RIGHT}`) wrong.push(`${kind}: ${said}`);
        }
        assert.deepEqual(wrong, fails);
      } finally {
        await workers.close();
      }
    });
  });
}

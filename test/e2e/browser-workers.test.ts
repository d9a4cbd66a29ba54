// SPDX-License-Identifier: Apache-2.0
// Workers of a site's pages in Chromium: WebSockets, cookies, events and requests as in its pages, from a worker's first line on.

import assert from 'node:assert/strict';
import type { Browser, Frame, Page } from 'playwright-core';
import { appConnect } from '../../host-agent/app/upgrade.ts';
import { type App, socketApp } from '../support/web-socket-app.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { shows, until } from './support/browser-stage.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';
import { ALL_RIGHT, KINDS, workerSite } from './support/worker-site.ts';

describe('browser: workers of a site', function () {
  this.timeout(120_000);
  let app: App;
  let stage: SiteStage;
  let browser: Browser;
  let tab: Page;
  const closed: string[] = [];
  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    app = await socketApp({
      onSocket(socket, { url }) {
        socket.on('message', (data, binary) => socket.send(data, { binary }));
        socket.on('close', (code) => closed.push(`${url} ${code}`));
      },
    });
    stage = await siteStage('workers', Object.assign(workerSite, { connect: appConnect(app.origin) }));
    browser = await startChromium();
    tab = await browser.newPage();
    await tab.goto(`${stage.origin}/`);
    await shows(tab, 'Workers', '/', 40_000);
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
    await app?.close();
  });
  const frame = (): Frame => tab.frames().find((one) => one.parentFrame() === tab.mainFrame()) as Frame;

  for (const [kind, { start, strict }] of Object.entries(KINDS))
    it(`a worker, ${kind}, has what pages have`, async () => {
      assert.equal(await frame().evaluate(start), `${strict ? 'strict; ' : ''}${ALL_RIGHT}`);
      assert.equal(app.requests.at(-1)?.headers.cookie, 'seat=7');
      assert.equal(app.requests.at(-1)?.headers.origin, stage.origin, 'as the site’s own');
    });

  it('numbers of lines stay as they are, and a worker that ends ends its WebSockets', async () => {
    const line = await frame().evaluate(
      () =>
        new Promise((resolve) => {
          const worker = new Worker(URL.createObjectURL(new Blob(['\n\nthrow new Error("third line")'], { type: 'text/javascript' })));
          worker.onerror = ({ lineno }) => resolve(lineno);
        }),
    );
    assert.equal(line, 3);
    await frame().evaluate(
      () =>
        new Promise<void>((resolve) => {
          const text = `const socket = new WebSocket(self.origin.replace('http', 'ws') + '/held'); socket.onopen = () => postMessage(1);`;
          const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
          worker.onmessage = () => {
            worker.terminate();
            resolve();
          };
        }),
    );
    await until('the app hears of the end', () => closed.some((one) => one.startsWith('/held')));
  });

  it('a class of its own to another host is the browser’s, and what is no address is refused', async () => {
    const port = new URL(app.origin).port;
    const said = await frame().evaluate((port) => {
      const text = `let wrong; try { new WebSocket('ftp://x/'); } catch (error) { wrong = error.name; }
        class Mine extends WebSocket {}
        const socket = new Mine('ws://127.0.0.1:${port}/past');
        socket.onopen = () => { postMessage([wrong, socket instanceof WebSocket, socket instanceof Mine, socket.url].join()); socket.close(); };
        socket.onerror = () => postMessage('error');`;
      const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
      return new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
      });
    }, port);
    assert.equal(said, `SyntaxError,true,true,ws://127.0.0.1:${port}/past`);
  });
});

// SPDX-License-Identifier: Apache-2.0
// The browser end in a real WebKit: a site opens, busy pages are answered, tabs come and go, a file is fetched whole.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { error } from 'selenium-webdriver';
import { FRAME_ID } from '../../client-runtime/browser/shared/bridge.ts';
import { Porthole, scratch } from '../support/porthole.ts';
import { until } from './support/browser-stage.ts';
import { makeManySite, PICTURES, SCRIPTS } from './support/many-site.ts';
import { startWebKit, type WebKit, webkitMissing } from './support/webkit.ts';

describe('browser: WebKit', function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  let host: Porthole;
  let origin: string;
  let webkit: WebKit;

  before(async function () {
    const missing = webkitMissing();
    if (missing) {
      console.log(`      skipped: there is no WebKit on this machine (Debian: apt-get install ${missing})`);
      this.skip();
    }
    folder = await scratch();
    await makeManySite(join(folder.path, 'site'));
    host = new Porthole(['up', join(folder.path, 'site'), '--port', '0', '--name', 'kit'], join(folder.path, 'home'), { cwd: folder.path });
    origin = new URL(String((await host.waitFor('ready')).link)).origin;
    webkit = await startWebKit(folder.path);
  });
  after(async () => {
    await webkit?.stop();
    await host?.stop();
    await folder?.drop();
  });

  /** What a script returns in the frame that shows the site; null while there is none, or another page comes. */
  const inSite = async <T>(script: string): Promise<T | null> => {
    const { driver } = webkit;
    try {
      await driver.switchTo().frame(await driver.findElement({ id: FRAME_ID }));
      return await driver.executeScript<T>(script);
    } catch (thrown) {
      if (thrown instanceof error.WebDriverError) return null;
      throw thrown;
    } finally {
      await driver.switchTo().defaultContent();
    }
  };
  const shows = (heading: string): Promise<void> =>
    until(`the site shows ${heading}`, async () => (await inSite(`return document.querySelector('h1')?.textContent`)) === heading, 90_000);

  it('opens a page of many files whole, by the relay where it has no WebRTC', async () => {
    const { driver } = webkit;
    await driver.get(`${origin}/`);
    await shows('Many');
    await until('all is loaded', async () => (await inSite('return document.readyState')) === 'complete', 90_000);
    const pictures = '[...document.images].filter(({ naturalWidth }) => naturalWidth > 0).length';
    assert.deepEqual(await inSite(`return [n, ${pictures}]`), [SCRIPTS, PICTURES]);
    const page = await driver.executeScript<{ rtc: boolean; via: string; isHidden: boolean }>(
      `return {
         rtc: 'RTCPeerConnection' in window,
         via: document.getElementById('porthole-badge').dataset.via,
         isHidden: document.getElementById('porthole-status').hidden,
       }`,
    );
    assert.ok(page.isHidden);
    if (!page.rtc) assert.equal(page.via, 'relay');
  });

  it('answers what a page asked for that blocks its thread for 4 s', async () => {
    await webkit.driver.get(`${origin}/busy.html?ms=4000`);
    await shows('200 here');
  });

  it('shows the site in two tabs, and goes on in the second when the first is closed', async () => {
    const { driver } = webkit;
    const first = await driver.getWindowHandle();
    await driver.get(`${origin}/busy.html?ms=0`);
    await shows('200 here');
    await driver.switchTo().newWindow('tab');
    await driver.get(`${origin}/busy.html?ms=0`);
    await shows('200 here');
    const second = await driver.getWindowHandle();
    await driver.switchTo().window(first);
    await driver.close();
    await driver.switchTo().window(second);
    await inSite(`fetch('/large.bin').then((answer) => answer.arrayBuffer()).then(({ byteLength }) => { window.bytes = byteLength; })`);
    await until('all of the file is there', async () => (await inSite<number>('return window.bytes')) === 24 * 1024 * 1024, 60_000);
  });
});

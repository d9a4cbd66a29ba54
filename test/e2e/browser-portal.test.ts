// SPDX-License-Identifier: Apache-2.0
// The portal in a real browser: it follows presence without a reload, searches as one types, obeys its own policy.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { cleanUp, folder, host, later, openSuite } from '../unit/signaling/helper.ts';

const CHROMIUM = '/usr/bin/chromium';

describe('portal in Chromium', () => {
  afterEach(cleanUp);

  it('follows presence, survives a restart of the suite, searches, and runs nothing that a host wrote', async function () {
    // Without Debian's Chromium there is nothing to run it in.
    if (!existsSync(CHROMIUM)) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    const dataFolder = await folder();
    const suite = await openSuite({ dataFolder, limits: { presenceMs: 10 } });
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
    const browser = await chromium.launchPersistentContext(await folder(), {
      executablePath: CHROMIUM,
      args: [...args, '--disable-component-update', '--disable-sync'],
    });
    later(() => browser.close());
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (line) => void (/Content Security Policy/.test(line.text()) && faults.push(line.text())));
    page.on('dialog', (dialog) => void faults.push(dialog.message()));
    await page.goto(`http://127.0.0.1:${suite.port}/`);
    assert.equal(page.url(), `http://localhost:${suite.port}/`);
    await page.getByText('No sites yet').waitFor();
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));

    const card = { title: '<script>alert(1)</script><img src=x onerror=alert(1)>', keywords: ['sea'] };
    const site = await host(suite, 'demo', { card });
    await page.locator('.site.online').waitFor();
    site.socket.disconnect();
    await page.locator('.site.offline').waitFor();
    await page.getByText('last seen just now').waitFor();

    await suite.close();
    await page.locator('#live').waitFor({ state: 'hidden' });
    const again = await openSuite({ dataFolder, port: suite.port, limits: { presenceMs: 10 } });
    await page.locator('#live').waitFor();
    await host(again, 'demo', { card }, site.own);
    await page.locator('.site.online').waitFor();

    await page.fill('#q', 'planes');
    await page.getByText('Nothing matches “planes”').waitFor();
    await page.fill('#q', 'sea');
    await page.locator('.site.online').waitFor();
    assert.equal(page.url(), `http://localhost:${suite.port}/?q=sea`);
    assert.equal(await page.evaluate(() => (globalThis as { sameDocument?: boolean }).sameDocument), true, 'never reloaded');
    assert.deepEqual(faults, []);
  });
});

// SPDX-License-Identifier: Apache-2.0
// Chromium's Local Network Access, on for WebRTC: granted, denied or not answered, a page of a public suite is soon on a path.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { Namespace, noNamespaceReason } from '../support/no-udp.ts';
import { Porthole, type Scratch, scratch } from '../support/porthole.ts';
import { CHROMIUM_FLAGS, chromiumPath } from './support/browser-chromium.ts';

/** The permission's names: of the local network, and of this machine. */
const PERMISSIONS = ['local-network-access', 'local-network', 'loopback-network'] as const;
/** Milliseconds from a tab's beginning to its first path, beside twice what the same machine takes where all is allowed. */
const WITHIN_MS = 3_000;
/** How long a path is waited for on a machine that is as busy as can be, in milliseconds. */
const WAIT_MS = 80_000;

describe('Local Network Access in Chromium', function () {
  this.timeout(120_000);
  let folder: Scratch;
  let namespace: Namespace;
  let up: Porthole;
  let origin: string;
  let browser: Browser;
  let devtools: CDPSession;

  before(async function () {
    const reason = chromiumPath() ? noNamespaceReason() : 'there is no Chromium on this machine (Debian: apt-get install chromium)';
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    folder = await scratch();
    const near = join(folder.path, 'near');
    await mkdir(near);
    await writeFile(join(near, 'index.html'), '<!doctype html><title>Near</title><h1>Near</h1>');
    namespace = await Namespace.open();
    up = new Porthole(['up', near, '--port', '0', '--name', 'near'], join(folder.path, 'home'), {
      cwd: folder.path,
      within: namespace.enter,
    });
    const ready = await up.waitFor('ready');
    const link = new URL(String(ready.link));
    origin = link.origin;
    browser = await chromium.launch({
      executablePath: await namespace.wrapper(chromiumPath() as string, folder.path),
      args: [
        ...CHROMIUM_FLAGS,
        // To the browser the suite is on the Internet; the host's own address (RFC 1918) is not.
        `--ip-address-space-overrides=127.0.0.1:${link.port}=public,[::1]:${link.port}=public`,
        '--enable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebRTC',
      ],
    });
    devtools = await browser.newBrowserCDPSession();
  });
  after(async () => {
    await browser?.close();
    await up?.stop();
    namespace?.close();
    await folder?.drop();
  });

  /** Opens the site in a profile of its own, in which the permission stands so. */
  async function open(setting: 'granted' | 'denied' | 'prompt'): Promise<{ page: Page; took: number; via: string }> {
    const page = await (await browser.newContext()).newPage();
    const { targetInfos } = await devtools.send('Target.getTargets');
    const browserContextId = targetInfos.findLast(({ type, url }) => type === 'page' && url === 'about:blank')?.browserContextId;
    for (const name of PERMISSIONS) {
      await devtools.send('Browser.setPermission', { permission: { name }, setting, origin, browserContextId }).catch(() => undefined);
    }
    await page.goto(`${origin}/`, { timeout: WAIT_MS });
    const badge = page.locator('#porthole-badge[data-via]:not([data-via=""])');
    await badge.waitFor({ state: 'attached', timeout: WAIT_MS });
    const took = await page.evaluate(() => performance.now());
    return { page, took, via: (await badge.getAttribute('data-via')) ?? '' };
  }
  const stateOf = (page: Page): Promise<string> =>
    page.evaluate(async (names) => {
      for (const name of names) {
        const status = await navigator.permissions.query({ name: name as PermissionName }).catch(() => null);
        if (status) return status.state;
      }
      return 'no such permission';
    }, PERMISSIONS);

  let allowed = 0;
  for (const setting of ['granted', 'denied', 'prompt'] as const) {
    const expected = setting === 'granted' ? 'data-channel' : 'relay';
    it(`${setting}: the site is there within ${WITHIN_MS / 1000} s, by ${expected}`, async () => {
      const { page, took, via } = await open(setting);
      assert.equal(await stateOf(page), setting);
      assert.equal(via, expected);
      if (setting === 'granted') allowed = took;
      assert.ok(took < WITHIN_MS + 2 * allowed, `${Math.round(took)} ms; granted: ${Math.round(allowed)} ms`);
      await page.context().close();
    });
  }
});

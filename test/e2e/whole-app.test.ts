// SPDX-License-Identifier: Apache-2.0
// A whole app that nobody here wrote, DokuWiki, in Chromium: the same script directly, over a data channel, by `open` and by the gateway.

import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { drive } from '../apps/kit/drive.ts';
import { faults } from '../apps/kit/table.ts';
import { dokuwiki } from '../apps/whole/dokuwiki.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';

describe('a whole app (DokuWiki)', function () {
  this.timeout(300_000);
  let browser: Browser;
  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    browser = await startChromium();
  });
  after(() => browser?.close());

  it('does by Porthole what it does directly: pages, a login, a page that is written, and an upload', async function () {
    const said: string[] = [];
    const rows = await drive(dokuwiki, ['direct', 'data channel', 'open', 'gateway'], browser, (words) => said.push(words));
    if (typeof rows === 'string') {
      console.log(`      skipped: ${rows}`);
      return this.skip();
    }
    assert.equal(rows.length, 4);
    assert.deepEqual(rows.flatMap(faults), [], said.join('\n'));
  });
});

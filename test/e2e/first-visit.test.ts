// SPDX-License-Identifier: Apache-2.0
// A first visit to a site in Chromium, on the wire: what comes before the site's own first byte, and with what cryptography.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noChromium } from '../../bench/lib/devtools.ts';
import { firstVisit } from '../../bench/lib/first-visit.ts';
import { FIRST_VISIT_BYTES } from '../support/first-visit.ts';
import { Porthole, scratch } from '../support/porthole.ts';

/** In front of the session's script: its WebCrypto is an older one. */
const WITHOUT_X25519 = `{ const { importKey } = crypto.subtle; crypto.subtle.importKey = async function (...given) {
  if (given[2].name === 'X25519') throw new DOMException('not here', 'NotSupportedError');
  return importKey.apply(this, given);
}; }
`;

describe('a first visit', function () {
  this.timeout(90_000);
  let home: Awaited<ReturnType<typeof scratch>>;
  let host: Porthole;
  let link: string;
  before(async function () {
    const reason = noChromium();
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    home = await scratch();
    const folder = join(home.path, 'site');
    await mkdir(folder);
    await writeFile(join(folder, 'index.html'), '<!doctype html><meta charset="utf-8"><title>Small</title><h1>A small site</h1>');
    host = new Porthole(['up', folder, '--port', '0'], home.path);
    link = String((await host.waitFor('ready')).link);
  });
  after(async () => {
    host?.process.kill('SIGTERM');
    await host?.ended;
    await home?.drop();
  });

  it(`FIRST_VISIT_BYTES: ${FIRST_VISIT_BYTES} bytes at the most come before the site's own first byte`, async () => {
    const { bytes, crossed } = await firstVisit({ url: link, slower: 6, framed: true });
    const listed = crossed.map((one) => `${new URL(one.url).pathname} ${one.bytes}`);
    assert.ok(bytes <= FIRST_VISIT_BYTES, `${bytes}: ${listed.join(', ')}`);
    // Nothing was left out of the count.
    for (const path of [/^\/ [1-9]\d{3}/, /\/assets\/chunk-\S+ [1-9]\d{4}/, /\/sw\.js [1-9]\d{3}/, /\/rendezvous\/ [1-9]\d{2}/]) {
      assert.ok(
        listed.some((one) => path.test(one)),
        `${path} in ${listed.join(', ')}`,
      );
    }
  });

  it('in a browser whose WebCrypto has no X25519 is sealed by noble, which others do not load', async () => {
    for (const inWorkers of ['', WITHOUT_X25519]) {
      const { crossed } = await firstVisit({ url: link, slower: 1, framed: true, inWorkers });
      const paths = crossed.map(({ url }) => new URL(url).pathname);
      assert.equal(
        paths.some((path) => path.includes('/noble-part-')),
        inWorkers !== '',
        paths.join(),
      );
    }
  });
});

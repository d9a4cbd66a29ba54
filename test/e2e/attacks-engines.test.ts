// SPDX-License-Identifier: Apache-2.0
// The walls of `porthole open` stand on what browsers say of a request and where they keep what: attacks in Chromium, Firefox and WebKit.

import assert from 'node:assert/strict';
import { type Gateway, openGateway } from '../../client-runtime/visit/local-gateway.ts';
import { type Scratch, scratch } from '../support/porthole.ts';
import { BROWSERS } from './support/any-browser.ts';
import { type Bare, bare, type Seen, victimSite } from './support/attack-stage.ts';
import * as attacks from './support/attacks.ts';
import { until } from './support/browser-stage.ts';
import { startWebKit, webkitMissing } from './support/webkit.ts';

/** A whole start of a page, beside whatever else the machine does, in milliseconds. */
const WAIT_MS = 40_000;

/** A browser with one tab. */
interface Driven {
  go(address: string): Promise<unknown>;
  title(): Promise<string>;
  address(): Promise<string>;
  stop(): Promise<unknown>;
}

const ENGINES: readonly { name: string; missing: string | null; start(folder: string): Promise<Driven> }[] = [
  ...BROWSERS.map(({ name, missing, start }) => ({
    name,
    missing,
    start: async (): Promise<Driven> => {
      const browser = await start(true);
      const page = await browser.newPage();
      return { go: (to) => page.goto(to), title: () => page.title(), address: async () => page.url(), stop: () => browser.close() };
    },
  })),
  {
    name: 'WebKit',
    missing: webkitMissing(),
    start: async (folder) => {
      const { driver, stop } = await startWebKit(folder);
      return { go: (to) => driver.get(to), title: () => driver.getTitle(), address: () => driver.getCurrentUrl(), stop };
    },
  },
];

/** What is tried, by the name that its requests have in their queries. */
const TRIED = {
  form: attacks.formInFrame,
  blind: attacks.postBlind,
  image: attacks.image,
  script: attacks.script,
  frame: attacks.embed,
  read: attacks.read,
  put: attacks.put,
} as const;

for (const { name, missing, start } of ENGINES) {
  describe(`attacks on a site that is open, in ${name}`, function () {
    this.timeout(180_000);
    let folder: Scratch;
    let gateway: Gateway;
    let naive: Bare;
    let attacker: Bare;
    let browser: Driven;
    let victimSaw: Seen[];
    let naiveSaw: Seen[];

    before(async function () {
      if (missing) {
        console.log(`      skipped: there is no ${name} on this machine (Debian: apt-get install ${missing})`);
        this.skip();
      }
      folder = await scratch();
      const [victim, unguarded] = [victimSite(), victimSite()];
      victimSaw = victim.seen;
      naiveSaw = unguarded.seen;
      gateway = await openGateway(
        {
          fetch: async ({ method, url, headers, body }) =>
            victim.site(new Request(url, { method, headers: [...headers], body, duplex: 'half' } as never), undefined as never),
        },
        { port: 0, authority: 'victim.example', label: 'victim' },
      );
      naive = await bare(unguarded.site);
      attacker = await bare(async (request) => {
        const targets = [`${gateway.url}shared`, `http://naive.localhost:${naive.port}/shared`];
        const tries = Object.entries(TRIED).flatMap(([what, run]) => targets.map((to) => `await (${run})('${to}?${what}');`));
        const socket = `document.title = String(await (${attacks.webSocket})('${gateway.url}'));`;
        const page = `<title>busy</title><body><script>(async () => { ${new URL(request.url).search === '' ? '' : tries.join('\n')} ${socket} })()</script>`;
        return new Response(page, {
          headers: [
            ['content-type', 'text/html; charset=utf-8'],
            ['set-cookie', 'tossed=1; Domain=localhost; Path=/'],
          ],
        });
      });
      browser = await start(folder.path);
    });
    after(async () => {
      await browser?.stop();
      for (const one of [gateway, naive, attacker]) await one?.close();
      await folder?.drop();
    });

    it('fail by what another origin’s page asks for, writes, frames and connects to', async () => {
      await browser.go(`http://localhost:${attacker.port}/?all`);
      await until('all was tried, and no WebSocket opened', async () => (await browser.title()) === 'false', WAIT_MS);
      for (const what of Object.keys(TRIED)) {
        assert.ok(
          naiveSaw.some(({ path }) => path === `/shared?${what}`),
          `${what} works without walls`,
        );
      }
      assert.deepEqual(victimSaw, []);
    });

    it('fail by a cookie for all names below localhost; and localhost itself leads to the site’s own origin', async () => {
      for (const host of ['localhost', 'other.localhost']) await browser.go(`http://${host}:${attacker.port}/`);
      await browser.go(`http://localhost:${gateway.port}/landing`);
      assert.equal(await browser.address(), `${gateway.url}landing`);
      assert.equal(await browser.title(), 'Victim');
      assert.equal(victimSaw.find(({ path }) => path === '/landing')?.cookie, '');
    });
  });
}

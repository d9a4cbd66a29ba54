// SPDX-License-Identifier: Apache-2.0
// Attacks on a site that a person has by `porthole open`, in Chromium: by another app of the machine, another site's `open`, and a page of the Internet.

import assert from 'node:assert/strict';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { appConnect } from '../../host-agent/app/upgrade.ts';
import { newIdentity, serve } from '../../host-agent/index.ts';
import { Porthole, type Scratch, scratch } from '../support/porthole.ts';
import { type App, socketApp } from '../support/web-socket-app.ts';
import { attackersPage, type Bare, bare, type Seen, victimSite } from './support/attack-stage.ts';
import * as attacks from './support/attacks.ts';
import { CHROMIUM_FLAGS, chromiumPath, enginePath } from './support/browser-chromium.ts';
import { until } from './support/browser-stage.ts';

/** Names that the attacker's own name server leads to this machine (DNS rebinding). */
const FOREIGN = ['evil.example', 'rebound.example'];

describe('attacks on a site that is open (`porthole open`)', function () {
  this.timeout(120_000);
  let folder: Scratch;
  let suite: Porthole;
  let socket: App;
  const hosts: Awaited<ReturnType<typeof serve>>[] = [];
  const opens: Porthole[] = [];
  const servers: Bare[] = [];
  /** The site, as a person has it; and as an app without walls would have it. */
  let victim: { url: string; port: number; seen: Seen[] };
  let naive: { url: string; port: number; seen: Seen[] };
  let evilLink: string;
  let victimLink: string;
  let browser: Browser;
  let context: BrowserContext;
  /** Pages of attackers, by whose they are. */
  const attackers: Record<string, string> = {};

  const open = async (link: string, port = 0): Promise<Porthole> => {
    const started = new Porthole(['open', link, '--port', String(port)], folder.path);
    opens.push(started);
    await started.waitFor('ready');
    return started;
  };
  const readyOf = async (one: Porthole): Promise<{ url: string; port: number }> =>
    (await one.waitFor('ready')) as unknown as { url: string; port: number };
  const online = async (name: string, site: Parameters<typeof serve>[0]['site']): Promise<string> => {
    const { suite: at } = (await suite.waitFor('ready')) as unknown as { suite: string };
    const host = await serve({ suite: at, name, site, identity: newIdentity(), home: folder.path });
    hosts.push(host);
    return (await host.ready).link;
  };

  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    folder = await scratch();
    suite = new Porthole(['suite', '--port', '0', '--address', '127.0.0.1'], folder.path);
    socket = await socketApp();
    const { site, seen } = victimSite();
    victimLink = await online('victim', Object.assign(site, { connect: appConnect(socket.origin) }));
    evilLink = await online('evil', attackersPage);
    victim = { ...(await readyOf(await open(victimLink))), seen };
    const evil = await readyOf(await open(evilLink));
    const unguarded = victimSite();
    const app = await bare(unguarded.site);
    const neighbour = await bare(attackersPage);
    servers.push(app, neighbour);
    naive = { url: `http://naive.localhost:${app.port}/`, port: app.port, seen: unguarded.seen };
    attackers['another app of the machine'] = `http://localhost:${neighbour.port}/`;
    attackers['another site that is open'] = evil.url;
    attackers['a page of the Internet'] = `http://evil.example:${neighbour.port}/`;
    attackers['the site’s name at another port'] = `http://${new URL(victim.url).hostname}:${neighbour.port}/`;
    browser = await chromium.launch({
      executablePath: enginePath() ?? '',
      headless: true,
      args: [...CHROMIUM_FLAGS, `--host-resolver-rules=${FOREIGN.map((name) => `MAP ${name} 127.0.0.1`).join()}`],
    });
    await anew();
    for (const [who, at] of Object.entries(attackers)) lairs.set(who, await pageAt(at));
  });
  after(async () => {
    await context?.close();
    await browser?.close();
    for (const one of opens) await one.stop();
    for (const one of servers) await one.close();
    for (const one of hosts) await one.close(0);
    await socket?.close();
    await suite?.stop();
    await folder?.drop();
  });
  const anew = async (): Promise<void> => {
    await context?.close();
    context = await browser.newContext();
  };

  const pageAt = async (address: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(address);
    return page;
  };

  let marks = 0;
  /** The attackers' pages, for the attacks that leave nothing but frames and windows. */
  const lairs = new Map<string, Page>();
  /**
   * Runs an attack from each attacker's page, on the app without walls and on the site.
   * @returns the requests that came of it at the two
   */
  async function attacked(run: (address: string) => unknown, path: string): Promise<{ naive: Seen[]; victim: Seen[] }> {
    const found: { naive: Seen[]; victim: Seen[] } = { naive: [], victim: [] };
    for (const [who, page] of lairs) {
      const mark = `${path}?${++marks}`;
      const fits = ({ path }: Seen): boolean => path === mark;
      // The naive one last: by the time that it has its request, the site would have had its own.
      await page.evaluate(run, new URL(mark, victim.url).href);
      await page.evaluate(run, new URL(mark, naive.url).href);
      await until(`the attack works without walls, from ${who}`, () => naive.seen.some(fits));
      found.naive.push(...naive.seen.filter(fits));
      found.victim.push(...victim.seen.filter(fits));
    }
    for (const page of context.pages()) if (![...lairs.values()].includes(page)) await page.close();
    return found;
  }

  for (const [what, run, path] of [
    ['a form in a frame', attacks.formInFrame, '/write'],
    ['a form in a window of its own', attacks.formInWindow, '/write'],
    ['a blind POST by fetch', attacks.postBlind, '/write'],
    ['a beacon', attacks.beacon, '/write'],
    ['an image whose address does something', attacks.image, '/delete'],
    ['a script that says what the site knows', attacks.script, '/script'],
    ['a frame around it (clickjacking)', attacks.embed, '/landing'],
    ['reading what it lets all origins read', attacks.read, '/shared'],
    ['a PUT that it lets all origins make', attacks.put, '/shared'],
  ] as const) {
    it(`fail by ${what}`, async () => {
      const found = await attacked(run as (address: string) => unknown, path);
      assert.ok(found.naive.length >= 4);
      assert.deepEqual(found.victim, []);
    });
  }

  it('fail by a WebSocket of another’s page', async () => {
    for (const page of lairs.values()) {
      assert.equal(await page.evaluate(attacks.webSocket, socket.origin), true, 'without walls it opens');
      const before = socket.requests.length;
      assert.equal(await page.evaluate(attacks.webSocket, victim.url), false);
      assert.equal(socket.requests.length, before);
    }
    const own = await pageAt(victim.url);
    assert.equal(await own.evaluate(attacks.webSocket, victim.url), true, 'the site’s own page has it');
  });

  describe('in a browser as new', () => {
    beforeEach(anew);

    it('fail by a name that is led to this machine (DNS rebinding)', async () => {
      for (const [port, at] of [
        [naive.port, 'naive'],
        [victim.port, 'victim'],
      ] as const) {
        const page = await context.newPage();
        const answer = await page.goto(`http://rebound.example:${port}/landing`);
        const text = await page.evaluate(attacks.read, `http://rebound.example:${port}/private`);
        if (at === 'naive') assert.match(text ?? '', /secret/, 'without walls the page reads all of it');
        else assert.deepEqual([answer?.status(), text], [403, null]);
      }
    });

    it('fail by the site’s own name at the port of another site that is open, where its cookies would go', async () => {
      const page = await pageAt(victim.url);
      await page.evaluate(() => fetch('/login', { method: 'POST' }));
      const { hostname } = new URL(victim.url);
      const neighbour = new URL(attackers['another app of the machine'] as string).port;
      const [there] = await Promise.all([
        page.waitForRequest(`http://${hostname}:${neighbour}/`),
        page.goto(`http://${hostname}:${neighbour}/`),
      ]);
      assert.match(
        (await there.allHeaders()).cookie ?? '',
        /session/,
        'browsers know no ports: the machine’s own apps are trusted with that',
      );
      const evil = new URL(attackers['another site that is open'] as string).port;
      assert.equal((await page.goto(`http://${hostname}:${evil}/`))?.status(), 403);
    });

    it('fail by cookies for all names below localhost', async () => {
      for (const at of Object.values(attackers)) {
        await (await pageAt(at)).evaluate(attacks.cookiesFor, { domain: 'localhost', count: 1, size: 8 });
      }
      const above = await pageAt(`http://below.naive.localhost:${naive.port}/`);
      await above.evaluate(attacks.cookiesFor, { domain: 'naive.localhost', count: 1, size: 8 });
      await pageAt(naive.url);
      assert.match(naive.seen.findLast(({ path }) => path === '/')?.cookie ?? '', /tossed/, 'below a name that is nobody’s own it works');
      await pageAt(new URL('/landing', victim.url).href);
      assert.doesNotMatch(victim.seen.findLast(({ path }) => path === '/landing')?.cookie ?? '', /tossed/);
    });

    it('fail by more cookies than a server reads', async () => {
      for (const at of Object.values(attackers)) {
        await (await pageAt(at)).evaluate(attacks.cookiesFor, { domain: 'localhost', count: 60, size: 4000 });
      }
      const above = await pageAt(`http://below.naive.localhost:${naive.port}/`);
      await above.evaluate(attacks.cookiesFor, { domain: 'naive.localhost', count: 60, size: 4000 });
      const page = await context.newPage();
      const [answer] = await Promise.all([page.waitForResponse(naive.url), page.goto(naive.url).catch(() => undefined)]);
      assert.equal(answer.status(), 431, 'below a name that is nobody’s own it works');
      assert.equal((await (await context.newPage()).goto(victim.url))?.status(), 200);
    });

    it('fail by a service worker, and by storage, of the site that was open at the same port before', async () => {
      // Without walls: two apps, one after the other, at the same address.
      const leave = async (page: Page): Promise<string> => {
        await page.evaluate(() => localStorage.setItem('left', 'by another'));
        return page.evaluate(attacks.registerWorker, '/worker.js');
      };
      const first = await bare(attackersPage);
      const page = await pageAt(`http://localhost:${first.port}/`);
      assert.equal(await leave(page), 'registered');
      await until('it answers', async () => (await page.goto(`http://localhost:${first.port}/`).then((got) => got?.text())) === 'owned');
      await first.close();
      assert.equal(await (await page.goto(`http://localhost:${first.port}/`))?.text(), 'owned', 'it answers for whatever comes there next');

      const evil = await open(evilLink);
      const { port } = await readyOf(evil);
      await page.goto(`http://localhost:${port}/`);
      assert.equal(page.url(), (await readyOf(evil)).url);
      assert.equal(await leave(page), 'registered', 'it may have one at an origin of its own');
      await evil.stop();
      const next = await readyOf(await open(victimLink, port));
      for (const address of [`http://localhost:${port}/`, `http://127.0.0.1:${port}/`, next.url]) {
        await page.goto(address);
        assert.equal(await page.locator('h1').textContent(), 'Victim');
        assert.equal(await page.evaluate(() => localStorage.getItem('left')), null);
        assert.equal(page.url(), next.url);
      }
    });

    it('fail by a frame of what leads there', async () => {
      const around = await pageAt(attackers['a page of the Internet'] as string);
      const before = victim.seen.length;
      await around.evaluate(attacks.embed, `http://localhost:${victim.port}/landing`);
      assert.equal(victim.seen.length, before);
      assert.deepEqual(
        await Promise.all(
          around
            .frames()
            .slice(1)
            .map((frame) => frame.locator('h1').count()),
        ),
        around
          .frames()
          .slice(1)
          .map(() => 0),
      );
    });

    it('do not keep a link to the site from leading to it', async () => {
      for (const at of Object.values(attackers)) {
        const page = await pageAt(at);
        await page.evaluate((to) => location.assign(to), new URL('/landing', victim.url).href);
        await page.waitForURL(new URL('/landing', victim.url).href);
        assert.equal(await page.locator('h1').textContent(), 'Victim');
      }
    });
  });
});

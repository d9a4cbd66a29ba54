// SPDX-License-Identifier: Apache-2.0
// A suite with three sites, two of them hostile, whose names are one site to a browser; a person who is logged in at the third; and a server without walls beside them.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { appConnect } from '../../../host-agent/app/upgrade.ts';
import { newIdentity, type Site, serve } from '../../../host-agent/index.ts';
import { Porthole, type Scratch, scratch } from '../../support/porthole.ts';
import { type App, socketApp } from '../../support/web-socket-app.ts';
import { attackersPage, type Bare, bare, type Seen, victimSite } from './attack-stage.ts';
import { chromiumPath, startChromium } from './browser-chromium.ts';
import { shows } from './browser-stage.ts';

/** The suite's domain. Below it a cookie may be for all names, as below any that is not on the list of public suffixes. */
export const DOMAIN = 'suite.localhost';

/** A whole first visit, beside whatever else the machine does, in milliseconds. */
const FIRST_MS = 40_000;

/** What tests have of it. */
export interface AttackSuite {
  readonly context: BrowserContext;
  /** The tab with the site that is attacked, logged in. */
  readonly prey: Page;
  /** What came to that site. */
  readonly victim: Seen[];
  /** What came to a site that is like it, and lets in friends alone, of whom the person is one. */
  readonly friends: Seen[];
  readonly socket: App;
  /** The same site without walls, on a name of the same domain; the browser is logged in there, too. */
  readonly naive: { readonly origin: string; readonly socketOrigin: string; readonly seen: Seen[] };
  readonly folder: Scratch;
  /** The attackers' pages, each in its own tab. */
  attackers(): Frame[];
  origin(site: 'victim' | 'friends' | 'evil' | 'worse'): string;
  page(address: string): Promise<Page>;
  /** The page of the site that a tab shows. */
  frame(page: Page): Promise<Frame>;
  /** The site's own page asks for something of its own. */
  ask(path: string): Promise<void>;
  /** The next test has a browser as new, not this one cleared up. */
  renew(): void;
  /** The whole answer of the suite to a head, to which `Connection: close` and its end are added. */
  raw(head: string): Promise<string>;
}

/** Sets the stage before the tests of a suite of tests, and takes it down after them. */
export function attackSuite(): AttackSuite {
  const stage = {} as { -readonly [K in keyof AttackSuite]: AttackSuite[K] };
  let suite: Porthole;
  let browser: Browser;
  let port: number;
  const hosts: Awaited<ReturnType<typeof serve>>[] = [];
  const servers: Bare[] = [];
  const tabs: Page[] = [];

  stage.origin = (site) => `http://${site}.${DOMAIN}:${port}`;
  stage.frame = async (page) => {
    const found = page.frames().find((one) => one.parentFrame() === page.mainFrame());
    assert.ok(found);
    return found;
  };
  stage.page = async (address) => {
    const page = await stage.context.newPage();
    await page.goto(address);
    return page;
  };
  stage.attackers = () => tabs.map((tab) => tab.frames().find((one) => one.parentFrame() === tab.mainFrame()) as Frame);
  stage.ask = async (path) => (await stage.frame(stage.prey)).evaluate(async (path) => void (await fetch(path, { method: 'POST' })), path);
  stage.raw = (head) =>
    new Promise((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(`${head}Connection: close\r\n\r\n`));
      socket.setEncoding('latin1').on('data', (piece: string) => {
        text += piece;
      });
      socket.on('error', reject).on('end', () => {
        socket.end();
        resolve(text);
      });
    });

  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    stage.folder = await scratch();
    suite = new Porthole(['suite', '--port', '0', '--address', '127.0.0.1', '--domain', DOMAIN], stage.folder.path);
    port = (await suite.waitFor('ready')).port as number;
    stage.socket = await socketApp();
    const { site, seen } = victimSite();
    stage.victim = seen;
    const among = victimSite();
    stage.friends = among.seen;
    const sites: Record<string, Site> = {
      friends: among.site,
      victim: Object.assign(site, { connect: appConnect(stage.socket.origin) }),
      evil: attackersPage,
      worse: attackersPage,
    };
    for (const [name, site] of Object.entries(sites)) {
      const more = name === 'friends' ? { gate: { authorize: async () => ({ who: 'key of a friend' }) } } : {};
      const at = { suite: `http://${DOMAIN}:${port}`, name, identity: newIdentity(), home: stage.folder.path };
      const host = await serve({ ...at, site, ...more });
      hosts.push(host);
      await host.ready;
    }
    const unguarded = victimSite();
    const server = await bare(unguarded.site);
    servers.push(server);
    const socketPort = new URL(stage.socket.origin).port;
    stage.naive = {
      origin: `http://naive.${DOMAIN}:${server.port}`,
      socketOrigin: `http://naive.${DOMAIN}:${socketPort}`,
      seen: unguarded.seen,
    };
    browser = await startChromium();
  });
  /** A browser as new, in which a person is at the site and at the attackers', each for the first time. */
  const begin = async (): Promise<void> => {
    await stage.context?.close();
    stage.context = await browser.newContext();
    const naive = await stage.page(`${stage.naive.origin}/`);
    await naive.evaluate(() => fetch('/login', { method: 'POST' }));
    await naive.close();
    stage.prey = await stage.page(`${stage.origin('victim')}/`);
    await shows(stage.prey, 'Victim', '/', FIRST_MS);
    await stage.ask('/login');
    tabs.length = 0;
    for (const name of ['evil', 'worse'] as const) {
      const tab = await stage.page(`${stage.origin(name)}/`);
      await shows(tab, 'Attacker', '/', FIRST_MS);
      tabs.push(tab);
    }
  };
  /** The same browser without what a test left: other tabs, cookies that attackers set, and what is in their pages. */
  const goOn = async (): Promise<void> => {
    for (const page of stage.context.pages()) if (page !== stage.prey && !tabs.includes(page)) await page.close();
    await stage.context.clearCookies({ name: /^(tossed|planted)/ });
    if (new URL(stage.prey.url()).pathname !== '/') await stage.prey.goto(`${stage.origin('victim')}/`);
    await shows(stage.prey, 'Victim', '/', FIRST_MS);
    for (const at of stage.attackers()) await Promise.all([at.waitForNavigation(), at.evaluate(() => location.reload())]);
  };
  /** Whether the browser can be gone on with: after a test that passed, unless a new one is wanted. */
  let isFit = false;
  let wantsNew = false;
  stage.renew = () => {
    wantsNew = true;
  };
  beforeEach(async () => {
    await (isFit && !wantsNew ? goOn() : begin());
    wantsNew = false;
  });
  afterEach(function () {
    isFit = this.currentTest?.state === 'passed';
  });
  after(async () => {
    await stage.context?.close();
    await browser?.close();
    for (const one of servers) await one.close();
    for (const one of hosts) await one.close(0);
    await stage.socket?.close();
    await suite?.stop();
    await stage.folder?.drop();
  });
  return stage;
}

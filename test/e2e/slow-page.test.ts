// SPDX-License-Identifier: Apache-2.0
// A page of many files over a home's slow uplink with a long queue, in Chromium, while a large download runs in another tab.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { bytesPerSecond, shape, type Uplink } from '../lab/shaping.ts';
import { Porthole, type Scratch, scratch } from '../support/porthole.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { noBridgeReason, OneBridge, ROOM } from './support/one-bridge.ts';

const LINE: Uplink = { mbit: 2, queueMs: 300 };
const DOWNLOAD_BYTES = 50_000_000;
const PICTURES = 24;
const SCRIPTS = 10;
const STYLES = 6;
const PART_BYTES = 5000;
/** How much longer the page may take beside the download: half of the line is not its own, and there is a queue. */
const TIMES = 4;
const BESIDE_MS = 3000;
/** Pages of the same kind, as the browser keeps what it has seen. */
const PAGES = ['warm', 'alone', 'beside'] as const;

interface Seen {
  /** Milliseconds from the navigation. */
  readonly paintMs: number;
  readonly loadMs: number;
  readonly missing: readonly string[];
}

describe('a page on a slow uplink', () => {
  let folder: Scratch;
  let room: OneBridge;
  let suite: Porthole;
  let host: Porthole;
  let browser: Browser;
  let context: BrowserContext;
  let link: string;

  before(async function () {
    this.timeout(60_000);
    const reason = noBridgeReason() ?? (chromiumPath() ? null : 'there is no Chromium');
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    folder = await scratch();
    await makeSite(join(folder.path, 'site'));
    room = await OneBridge.open();
    // Chromium calls a suite secure that is on its own machine.
    suite = new Porthole(['suite', '--port', '0', '--address', '0.0.0.0'], join(folder.path, 'suite'), {
      cwd: folder.path,
      within: room.enter('phone'),
    });
    const { port } = await suite.waitFor('ready');
    await room.run('host', 'tc', ...shape('out', LINE).split(' '));
    host = new Porthole(
      ['host', join(folder.path, 'site'), '--suite', `http://${ROOM.phone}:${port}`, '--name', 'home'],
      join(folder.path, 'host'),
      {
        cwd: folder.path,
        within: room.enter('host'),
      },
    );
    await host.waitFor('ready');
    link = `http://home.localhost:${port}/`;
    browser = await startChromium(await room.wrapper('phone', chromiumPath() as string, folder.path));
    context = await browser.newContext();
  });
  after(async () => {
    await browser?.close();
    await host?.stop();
    await suite?.stop();
    room?.close();
    await folder?.drop();
  });

  it('comes whole, and not much later, beside a download of 50 MB in another tab', async function () {
    this.timeout(180_000);
    await (await open(context, `${link}warm/`)).close(); // the shell, and what the machine compiles
    const alone = await look(context, `${link}alone/`);
    const other = await open(context, `${link}download.html`);
    const frame = await frameOf(other);
    await frame.waitForFunction(() => (window as unknown as { got: number }).got > 300_000, null, { timeout: 60_000 });
    const before = await frame.evaluate(() => (window as unknown as { got: number }).got);
    const from = performance.now();
    const beside = await look(context, `${link}beside/`);
    const seconds = (performance.now() - from) / 1000;
    const got = (await frame.evaluate(() => (window as unknown as { got: number }).got)) - before;
    const share = got / seconds / bytesPerSecond(LINE);
    console.log(
      `      alone: first paint ${alone.paintMs} ms, load ${alone.loadMs} ms; beside: ${beside.paintMs} ms, ${beside.loadMs} ms; meanwhile the download had ${(100 * share).toFixed(0)} % of the line`,
    );
    assert.deepEqual([alone.missing, beside.missing], [[], []]);
    assert.ok(beside.loadMs <= TIMES * alone.loadMs + BESIDE_MS, `${beside.loadMs} ms in place of ${alone.loadMs}`);
    assert.ok(got > 0, 'the download goes on');
    assert.equal(await frame.evaluate(() => (window as unknown as { failure: string }).failure), '');
    const lost = host.events.filter(({ kind }) => kind === 'lost' || kind === 'silent');
    assert.deepEqual(lost, []);
    await other.close();
  });
});

/** Pages that show all that they are made of, and one that downloads. */
async function makeSite(folder: string): Promise<void> {
  const part = (head: string, tail: string): string => `${head}${randomBytes(PART_BYTES).toString('base64').slice(0, PART_BYTES)}${tail}`;
  for (const name of PAGES) {
    const own = join(folder, name);
    await mkdir(own, { recursive: true });
    const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    for (const index of numbers(PICTURES)) {
      const picture = part(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><!--',
        '--><rect width="40" height="40"/></svg>',
      );
      await writeFile(join(own, `p${index}.svg`), picture);
    }
    for (const index of numbers(SCRIPTS)) await writeFile(join(own, `s${index}.js`), part('/*', `*/(window.ran ??= []).push(${index});`));
    for (const index of numbers(STYLES))
      await writeFile(join(own, `c${index}.css`), part('/*', `*/.c${index} { color: rgb(${index}, 1, 1) }`));
    const html = [
      '<!doctype html><title>Many</title>',
      ...numbers(STYLES).map((index) => `<link rel="stylesheet" href="c${index}.css">`),
      ...numbers(SCRIPTS).map((index) => `<script defer src="s${index}.js"></script>`),
      '<h1>Many files</h1>',
      ...numbers(STYLES).map((index) => `<p class="c${index}">${index}</p>`),
      ...numbers(PICTURES).map((index) => `<img alt="" src="p${index}.svg">`),
    ];
    await writeFile(join(own, 'index.html'), html.join('\n'));
  }
  await writeFile(join(folder, 'big.bin'), randomBytes(DOWNLOAD_BYTES));
  const script = `window.got = 0; window.failure = '';
    (async () => { const answer = await fetch('big.bin'); for await (const piece of answer.body) window.got += piece.length; })()
      .catch((error) => { window.failure = String(error); });`;
  await writeFile(join(folder, 'download.html'), `<!doctype html><title>Download</title><h1>Download</h1><script>${script}</script>`);
}

async function open(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await frameOf(page);
  return page;
}

/** The site's page, once it is there. */
async function frameOf(page: Page): Promise<Frame> {
  const element = await page.waitForSelector('#porthole-frame', { timeout: 60_000 });
  const frame = (await element.contentFrame()) as Frame;
  await frame.waitForSelector('h1', { timeout: 60_000 });
  return frame;
}

/** Opens a page of many files in a tab of its own, and sees when it is painted and loaded, and what did not come. */
async function look(context: BrowserContext, url: string): Promise<Seen> {
  const page = await context.newPage();
  const from = performance.timeOrigin + performance.now();
  await page.goto(url);
  const frame = await frameOf(page);
  await frame.waitForFunction(() => document.readyState === 'complete', null, { timeout: 90_000 });
  const { paintAt, loadAt, missing } = await frame.evaluate(
    ([scripts, styles]) => {
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      const ran = (window as unknown as { ran?: number[] }).ran ?? [];
      const colour = (index: number): string => getComputedStyle(document.querySelector(`.c${index}`) as Element).color;
      return {
        paintAt: performance.timeOrigin + (paint?.startTime ?? Number.NaN),
        loadAt: performance.timeOrigin + (navigation?.loadEventEnd ?? Number.NaN),
        missing: [
          ...[...document.images].filter(({ naturalWidth }) => naturalWidth === 0).map(({ src }) => src),
          ...Array.from({ length: scripts as number }, (_, index) => index)
            .filter((index) => !ran.includes(index))
            .map((index) => `s${index}`),
          ...Array.from({ length: styles as number }, (_, index) => index)
            .filter((index) => colour(index) !== `rgb(${index}, 1, 1)`)
            .map((index) => `c${index}`),
        ],
      };
    },
    [SCRIPTS, STYLES],
  );
  await page.close();
  return { paintMs: Math.round(paintAt - from), loadMs: Math.round(loadAt - from), missing };
}

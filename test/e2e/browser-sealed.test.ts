// SPDX-License-Identifier: Apache-2.0
// What a site's page asks for, in Chromium, goes by its session: nothing by the suite's gateway, which sees what it passes on.

import assert from 'node:assert/strict';
import { type Browser, chromium, type Frame, type Page } from 'playwright-core';
import type { Site } from '../../host-agent/index.ts';
import { CHROMIUM_FLAGS, chromiumPath, enginePath } from './support/browser-chromium.ts';
import { shows, until } from './support/browser-stage.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

/** Whatever a page can ask for by its markup. */
const MARKUP = `<h1>All kinds</h1>
<link rel=stylesheet href=/style.css><link rel=preload as=fetch href=/preload crossorigin><link rel=prefetch href=/prefetch>
<link rel=modulepreload href=/preloaded.js>
<img src=/img srcset="/srcset 1x"><picture><source srcset=/source><img src=/none></picture>
<object id=object data=/object.svg type=image/svg+xml></object><embed id=embed src=/embed.svg type=image/svg+xml>
<object id=missing data=/missing><b>in its place</b></object>
<object id=confined data=/confined.svg type=image/svg+xml></object>
<iframe src=/frame></iframe><iframe id=alone sandbox=allow-scripts src=/sandboxed></iframe>
<video src=/video poster=/poster></video><video><source src=/video2><track src=/track default></video>
<svg><use href="/use.svg#a"/><image href=/svg-image></image></svg>
<script type=speculationrules>{"prefetch":[{"source":"list","urls":["/foreseen"],"eagerness":"immediate"}]}</script>
<form id=form action=/form method=post target=inner></form><iframe name=inner></iframe>
<script src=/script.js></script><script type=module src=/module.js></script>`;

/** And by its scripts. */
const SCRIPT = `
const own = location.origin;
const blob = (text, type) => URL.createObjectURL(new Blob([text], { type }));
new Worker('/worker.js');
new Worker('/module-worker.js', { type: 'module' });
new Worker(blob("fetch('" + own + "/blob-fetch'); importScripts('" + own + "/blob-import.js')", 'text/javascript'));
new SharedWorker('/shared.js');
navigator.sendBeacon('/beacon', 'x');
fetch('/keepalive', { method: 'POST', body: 'x', keepalive: true });
new EventSource('/events');
new Image().src = 'http://elsewhere.localhost:1/';
globalThis.fetchLater?.('/later', { activateAfter: 0 });
const inside = document.createElement('iframe');
inside.srcdoc = '<img src=/srcdoc>';
const made = document.createElement('iframe');
made.src = blob('<img src="' + own + '/past-image"><script>fetch("' + own + '/past-fetch").catch(() => 0)<\\/script>', 'text/html');
document.body.append(inside, made);
document.getElementById('form').submit();
import('/imported.js');
try {
  const request = new XMLHttpRequest();
  request.open('GET', '/synchronous', false);
  request.send();
} catch (error) {
  document.documentElement.dataset.synchronous = error.name + ': ' + error.message;
}`;
const IN_WORKER = (name: string): string =>
  `fetch('/${name}-fetch'); const request = new XMLHttpRequest(); request.open('GET', '/${name}-synchronous', false); request.send();`;

/** What the host is to be asked, beside the page. */
const ASKED = [
  ...['style.css', 'imported.css', 'background', 'preload', 'prefetch', 'preloaded.js', 'srcset', 'source', 'object.svg'],
  ...['embed.svg', 'missing', 'frame', 'video', 'poster', 'video2', 'track', 'use.svg', 'svg-image', 'script.js', 'module.js', 'worker.js'],
  ...['module-worker.js', 'blob-fetch', 'blob-import.js', 'shared.js', 'beacon', 'keepalive', 'events', 'srcdoc', 'imported.js', 'form'],
  ...['worker-fetch', 'worker-synchronous', 'module-fetch', 'module-synchronous', 'shared-fetch', 'report'],
];

describe('browser: all that a page asks for is sealed', function () {
  this.timeout(120_000);
  let stage: SiteStage;
  let browser: Browser;
  let page: Page;
  /** Who asked for what: the agents of visits, by paths. */
  const agents = new Map<string, string>();
  const site: Site = async ({ url }, { agent }) => {
    const { pathname } = new URL(url);
    if (agents.get(pathname) !== 'porthole-gateway') agents.set(pathname, agent ?? '');
    const answer = (text: string, type: string, more: Record<string, string> = {}): Response =>
      new Response(text, { headers: { 'content-type': type, ...more } });
    if (pathname === '/') {
      const policy = "default-src 'self' 'unsafe-inline' blob:; img-src 'self'; report-uri /report";
      return answer(`<!doctype html><meta charset=utf-8>${MARKUP}`, 'text/html', { 'content-security-policy': policy });
    }
    if (pathname === '/style.css') return answer('@import "/imported.css"; h1 { background: url(/background) }', 'text/css');
    if (pathname === '/script.js') return answer(SCRIPT, 'text/javascript');
    if (pathname === '/worker.js') return answer(IN_WORKER('worker'), 'text/javascript');
    if (pathname === '/module-worker.js') return answer(IN_WORKER('module'), 'text/javascript');
    if (pathname === '/shared.js') return answer("fetch('/shared-fetch')", 'text/javascript');
    if (pathname.endsWith('.js')) return answer('', 'text/javascript');
    if (pathname.endsWith('.css')) return answer('', 'text/css');
    if (pathname === '/confined.svg') {
      const script = "<script>parent.document.documentElement.dataset.confined = 'ran'</script>";
      const drawn = `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`;
      return answer(drawn, 'image/svg+xml', { 'content-security-policy': 'sandbox' });
    }
    if (pathname.endsWith('.svg')) return answer('<svg xmlns="http://www.w3.org/2000/svg"><title>drawn</title></svg>', 'image/svg+xml');
    if (pathname === '/events') return answer('data: 1\n\n', 'text/event-stream');
    if (pathname === '/missing') return new Response(null, { status: 404 });
    return answer('x', 'text/plain');
  };

  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    stage = await siteStage('kinds', site);
    browser = await chromium.launch({ executablePath: enginePath() ?? '', headless: true, args: CHROMIUM_FLAGS });
    page = await browser.newPage();
    await page.goto(`${stage.origin}/`);
    await shows(page, 'All kinds', '/', 40_000);
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });
  const frame = (): Frame => page.frames().find((one) => one.parentFrame() === page.mainFrame()) as Frame;

  it('by markup, style, script, worker, beacon, report', async () => {
    const missing = (): string[] => ASKED.filter((name) => !agents.has(`/${name}`));
    await until('all are asked for', () => missing().length === 0, 40_000).catch(() =>
      assert.fail(`nobody asked for ${missing().join(', ')}`),
    );
    assert.deepEqual(
      [...agents].filter(([, agent]) => agent !== 'porthole/browser').map(([path, agent]) => `${path} by ${agent}`),
      [],
    );
  });

  it('and objects, which browsers keep from service workers, show what the site has for them, or what stands in their place', async () => {
    const title = (id: string): Promise<string | undefined> =>
      frame().evaluate((id) => {
        const element = document.getElementById(id) as HTMLObjectElement | HTMLEmbedElement;
        return element.getSVGDocument()?.querySelector('title')?.textContent ?? undefined;
      }, id);
    await until('they are drawn', async () => (await title('object')) === 'drawn' && (await title('embed')) === 'drawn');
    await frame().getByText('in its place').waitFor();
  });

  it('an object with a policy of its own stays empty: from memory it would be under the page’s alone', async () => {
    const left = (): Promise<string | null | undefined> =>
      frame().evaluate(() => document.getElementById('confined')?.getAttribute('data'));
    await until('it is looked at', async () => (await left()) === null);
    assert.equal(agents.get('/confined.svg'), 'porthole/browser');
    assert.equal(await frame().evaluate(() => document.documentElement.dataset.confined), undefined);
  });

  it('what cannot be sealed is refused in words: a synchronous request, a sandboxed frame, a frame made of a blob', async () => {
    assert.match(
      (await frame().evaluate(() => document.documentElement.dataset.synchronous)) ?? '',
      /^NetworkError: A synchronous .* open/,
    );
    await frame().frameLocator('#alone').getByRole('heading', { name: 'sandboxed frame' }).waitFor();
    for (const path of ['/synchronous', '/later', '/past-image', '/past-fetch', '/sandboxed'])
      assert.equal(agents.get(path), undefined, path);
  });
});

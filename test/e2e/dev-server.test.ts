// SPDX-License-Identifier: Apache-2.0
// A development server as it comes, Vite, behind a host: its page and its hot updates in Chromium, by the link and by `open`.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Frame, Page } from 'playwright-core';
import { Porthole, scratch } from '../support/porthole.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';

const VITE = join(import.meta.dirname, '..', '..', 'node_modules', 'vite', 'bin', 'vite.js');
/** What must come is waited for so long, in milliseconds: long beyond what the busiest machine takes. */
const WAIT_MS = 60_000;
/** Of the project's imports, which are none of this file. */
const QUOTE = '"';
/** A project without a configuration. */
const PROJECT = {
  'package.json': '{ "name": "project", "private": true, "type": "module" }',
  'index.html': `<!doctype html>
<html lang="en">
  <head><meta charset="UTF-8" /><title>A project</title></head>
  <body><h1 id="app">loading</h1><script type="module" src="/main.js"></script></body>
</html>
`,
  'main.js': `import ${QUOTE}./style.css${QUOTE};
import { text } from ${QUOTE}./text.js${QUOTE};
const show = (text) => { document.querySelector('#app').textContent = text; };
show(text);
if (import.meta.hot) import.meta.hot.accept('./text.js', (changed) => show(changed.text));
`,
  'style.css': 'h1 { color: rgb(1, 2, 3); }',
};

describe('a development server (Vite), its configuration untouched', function () {
  this.timeout(240_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  let vite: ChildProcess;
  let up: Porthole;
  let link: string;
  let browser: Browser;
  let edits = 0;

  before(async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    folder = await scratch();
    const project = join(folder.path, 'project');
    await mkdir(project);
    for (const [name, content] of Object.entries(PROJECT)) await writeFile(join(project, name), content);
    await edit();
    // A port that nobody has: a development server takes the next one where it is taken, and says which.
    vite = spawn(process.execPath, [VITE, '--port', String(20_000 + Math.floor(Math.random() * 10_000))], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    const port = await new Promise<string>((resolve, reject) => {
      vite.once('close', () => reject(new Error('Vite ended')));
      createInterface({ input: vite.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        const [, port] = /http:\/\/localhost:(\d+)/.exec(line) ?? [];
        if (port) resolve(port);
      });
    });
    up = new Porthole(['up', port, '--port', '0', '--name', 'project'], join(folder.path, 'home'), { cwd: folder.path });
    link = String((await up.waitFor('ready')).link);
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await up?.stop();
    if (vite?.exitCode === null) {
      const closed = once(vite, 'close');
      vite.kill();
      await closed;
    }
    await folder?.drop();
  });

  /** Saves a file of the project with other words. @returns the words */
  async function edit(): Promise<string> {
    const words = `edit ${++edits}`;
    await writeFile(join(folder.path, 'project', 'text.js'), `export const text = '${words}';\n`);
    return words;
  }

  /** Looks at the page, edits a file, and has it shown anew by the page that is there. */
  async function see(page: Page, site: () => Frame): Promise<void> {
    const heading = (words: string): Promise<unknown> =>
      page.waitForFunction(
        (words) =>
          [document, (document.querySelector('#porthole-frame') as HTMLIFrameElement | null)?.contentDocument].some(
            (one) => one?.querySelector('#app')?.textContent === words,
          ),
        words,
        { timeout: WAIT_MS },
      );
    await heading(`edit ${edits}`);
    assert.equal(await site().evaluate(() => getComputedStyle(document.querySelector('#app') as Element).color), 'rgb(1, 2, 3)');
    await site().evaluate(() => Object.assign(window, { same: true }));
    const updated = page.waitForEvent('console', { predicate: (message) => message.text().includes('hot updated'), timeout: WAIT_MS });
    await heading(await edit());
    await updated;
    assert.equal(await site().evaluate(() => (window as { same?: boolean }).same), true, 'the page was not loaded anew');
  }

  for (const via of ['data-channel', 'relay'] as const) {
    it(`shows its page, and an edit at once, by the link over ${via === 'relay' ? 'the relay' : 'a data channel'}`, async () => {
      const context = await browser.newContext();
      try {
        if (via === 'relay') await context.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
        const page = await context.newPage();
        // Its client says so once its WebSocket stands.
        const connected = page.waitForEvent('console', { predicate: (message) => message.text().includes('connected.'), timeout: WAIT_MS });
        await page.goto(link);
        await connected;
        await page.waitForSelector(`#porthole-badge[data-via="${via}"]`, { state: 'attached', timeout: WAIT_MS });
        await see(page, () => page.frames().find((one) => one.parentFrame() === page.mainFrame()) as Frame);
      } finally {
        await context.close();
      }
    });
  }

  it('does the same by `porthole open`', async () => {
    const open = new Porthole(['open', link, '--port', '0'], join(folder.path, 'visitor'), { cwd: folder.path });
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const connected = page.waitForEvent('console', { predicate: (message) => message.text().includes('connected.'), timeout: WAIT_MS });
      await page.goto(String((await open.waitFor('ready')).url));
      await connected;
      await see(page, () => page.mainFrame());
    } finally {
      await context.close();
      assert.equal(await open.stop(), 0);
    }
  });
});

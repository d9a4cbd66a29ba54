// SPDX-License-Identifier: Apache-2.0
// Fossil: a login that minds where its form comes from, a chat by requests that wait, and files sent into it.

import { execFileSync } from 'node:child_process';
import type { App } from '../kit/app.ts';
import { appEnvironment } from '../kit/process.ts';
import { until } from '../kit/tour.ts';

/** Bytes of every value, so that whatever is done to text shows. */
const FILE = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 11 + (at >> 8)) & 255));

export const fossil: App = {
  name: 'Fossil',
  debian: ['fossil'],
  made: "Debian's `fossil`, a new repository with one user; hosted with `--keep-host`, for its pages name their own address",
  make({ folder }) {
    const run = (...words: string[]): unknown =>
      execFileSync('fossil', words, { cwd: folder, stdio: 'ignore', env: appEnvironment(folder, { USER: 'anna' }) });
    run('init', 'project.fossil', '-A', 'anna');
    run('user', 'password', 'anna', 'a secret', '-R', 'project.fossil');
  },
  start: ({ port }) => ({ words: ['fossil', 'server', 'project.fossil', '--port', String(port), '--localhost'] }),
  ready: '/home',
  hosted: ['--keep-host'],
  known:
    'It speaks HTTP/1.0 and reads no content that comes in chunks, as what a page sends does beyond 64 KiB: its length is not known there.',
  aspects: ['page', 'navigation', 'assets', 'login', 'upload'],
  async drive(tour) {
    await tour.step('page', async () => {
      await tour.open('/home');
      await tour.text('.mainmenu a', 'Timeline');
      return tour.site.title();
    });
    await tour.step('assets', () => tour.assets());
    await tour.step('login', async () => {
      await tour.open('/login');
      await tour.site.locator('#u').fill('anna');
      await tour.site.locator('#p').fill('a secret');
      await tour.site.locator('input[name=in]').click();
      await tour.text('header .status a, div.status a', 'anna');
      return 'anna';
    });
    await tour.step('navigation', () =>
      tour.thereAndBack('.mainmenu a[href^="/timeline"]', '/timeline', '.timelineTable', 'initial empty check-in'),
    );
    await tour.step('upload', async () => {
      await tour.open('/chat');
      const words = `said at ${Date.now()}`;
      const field = tour.site.locator('.chat-input-field:visible');
      // Its script hides those that are for other settings.
      await until('there is one field', async () => (await field.count()) === 1);
      await field.fill(words);
      await tour.site.locator('#chat-button-submit').click();
      await tour.text('.message-widget-content', words);
      const name = `file-${Date.now()}.bin`;
      await tour.site.locator('#chat-input-file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: FILE });
      await tour.site.locator('#chat-button-submit').click();
      const link = tour.site.locator('#chat-messages-wrapper a[href*="chat-download"]', { hasText: name }).first();
      await link.waitFor();
      const came = await tour.site.evaluate(
        async (path) => {
          const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
          return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join();
        },
        (await link.getAttribute('href')) as string,
      );
      const sent = [...new Uint8Array(await crypto.subtle.digest('SHA-256', FILE))].join();
      if (came !== sent) throw new Error('what came back is not what was sent');
      return 'a message, and a file that comes back';
    });
  },
};

// SPDX-License-Identifier: Apache-2.0
// SvelteKit: the demo of its create tool, which ships with it: pages, pictures, fonts, and a game of form actions.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { App } from '../kit/app.ts';
import { appEnvironment } from '../kit/process.ts';
import { pinned, saver } from '../kit/project.ts';

const npm = {
  '@sveltejs/kit': '2.70.4',
  '@sveltejs/adapter-auto': '7.0.1',
  '@sveltejs/vite-plugin-svelte': '7.3.1',
  '@fontsource/fira-mono': '5.3.0',
  '@neoconfetti/svelte': '2.2.2',
  svelte: '5.57.3',
  vite: '8.4.0',
};
const FLAGS = ['--template', 'demo', '--types', 'jsdoc', '--no-add-ons', '--no-install', '--no-dir-check'];

export const sveltekit: App = {
  name: 'SvelteKit',
  npm,
  tools: { sv: '0.17.1' },
  made: 'sv create, template `demo`',
  make({ folder, tools }) {
    const create = join(tools, 'node_modules', 'sv', 'dist', 'bin.mjs');
    execFileSync(process.execPath, [create, 'create', '.', ...FLAGS], { cwd: folder, stdio: 'ignore', env: appEnvironment(folder) });
    pinned(folder, npm);
  },
  start: ({ port }) => ({ words: ['vite', 'dev', '--port', String(port), '--strictPort'] }),
  ready: '/',
  aspects: ['page', 'navigation', 'assets', 'HMR', 'WebSocket'],
  async drive(tour, { folder }) {
    const line = 'to your new<br />SvelteKit app';
    const save = await saver(join(folder, 'src', 'routes', '+page.svelte'), line, (words) => words);
    await tour.step('page', async () => {
      await tour.open('/');
      await tour.site.waitForLoadState('networkidle');
      await tour.site.locator('[aria-label="Increase the counter by one"]').click();
      await tour.text('.counter-digits strong:last-child', '1');
      return tour.site.title();
    });
    await tour.step('assets', () => tour.assets());
    await tour.step('WebSocket', () => tour.heard('[vite] connected'));
    await tour.step('navigation', async () => {
      const ways = await tour.thereAndBack('a[href="/about"]', '/about', 'h1', 'About this app');
      // A form action, with a cookie of the game's.
      await tour.open('/sverdle');
      await tour.site.waitForLoadState('networkidle');
      for (const letter of 'tears') await tour.site.locator(`[data-key="${letter}"]`).click();
      await tour.site.locator('[data-key="enter"]').click();
      await tour.site.locator('.row.current').nth(0).waitFor();
      await tour.site.waitForFunction(() => document.querySelectorAll('.row')[1]?.classList.contains('current'));
      await tour.open('/sverdle');
      await tour.text('.letter', 't');
      await tour.open('/');
      await tour.site.waitForLoadState('networkidle');
      return `${ways}, and a guess that is kept`;
    });
    await tour.step('HMR', () => tour.hotReload('section h1', save));
  },
};

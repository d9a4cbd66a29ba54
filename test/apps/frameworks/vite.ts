// SPDX-License-Identifier: Apache-2.0
// Vite with React: the template of create-vite, which ships with it.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { App } from '../kit/app.ts';
import { pinned, saver } from '../kit/project.ts';

const npm = { vite: '8.4.0', '@vitejs/plugin-react': '6.1.2', react: '19.3.1', 'react-dom': '19.3.1' };

export const vite: App = {
  name: 'Vite',
  npm,
  tools: { 'create-vite': '9.3.0' },
  made: 'create-vite, template `react`',
  make({ folder, tools }) {
    const create = join(tools, 'node_modules', 'create-vite', 'index.js');
    execFileSync(process.execPath, [create, '.', '--template', 'react', '--no-interactive', '--overwrite'], {
      cwd: folder,
      stdio: 'ignore',
    });
    pinned(folder, npm);
  },
  start: ({ port }) => ({ words: ['vite', '--port', String(port), '--strictPort'] }),
  ready: '/',
  aspects: ['page', 'navigation', 'assets', 'HMR', 'WebSocket'],
  async drive(tour, { folder }) {
    const save = await saver(join(folder, 'src', 'App.jsx'), '<h1>Get started</h1>', (words) => `<h1>${words}</h1>`);
    await tour.step('page', async () => {
      await tour.open('/');
      await tour.press('button.counter', 'Count is 0');
      return tour.site.title();
    });
    await tour.step('assets', () => tour.assets());
    await tour.step('WebSocket', () => tour.heard('[vite] connected'));
    await tour.step('navigation', async () => {
      // The template is one page: to a part of it, and back.
      await tour.site.evaluate(() => history.pushState(null, '', '/elsewhere#part'));
      await tour.site.evaluate(() => history.back());
      await tour.site.waitForFunction(() => location.pathname === '/');
      await tour.site.evaluate(() => location.reload());
      await tour.text('button.counter', 'Count is 0');
      return tour.site.evaluate(() => location.pathname);
    });
    await tour.step('HMR', () => tour.hotReload('h1', save));
  },
};

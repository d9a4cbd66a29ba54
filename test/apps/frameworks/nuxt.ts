// SPDX-License-Identifier: Apache-2.0
// Nuxt: as its documentation installs it by hand, for its create tool fetches templates from elsewhere.

import { join } from 'node:path';
import type { App } from '../kit/app.ts';
import { saver, writeProject } from '../kit/project.ts';

const npm = { nuxt: '4.5.2', vue: '3.5.45', 'vue-router': '5.5.1' };

export const nuxt: App = {
  name: 'Nuxt',
  npm,
  made: 'by hand, as its documentation says: two pages with a style, a picture and a request to its own server',
  make({ folder }) {
    writeProject(folder, {
      'package.json': JSON.stringify({ name: 'project', private: true, type: 'module', dependencies: npm }),
      'nuxt.config.ts':
        "export default defineNuxtConfig({ compatibilityDate: '2026-01-01', devtools: { enabled: false }, telemetry: false });\n",
      'tsconfig.json': '{ "files": [], "references": [{ "path": "./.nuxt/tsconfig.app.json" }] }',
      'public/dot.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="31" height="17"><circle r="5"/></svg>',
      'app/app.vue': '<template><NuxtPage /></template>\n',
      'app/pages/index.vue': `<script setup>
const count = ref(0);
</script>
<template>
  <main>
    <h1>Start</h1>
    <img src="/dot.svg" alt="" />
    <button @click="count++">Count is {{ count }}</button>
    <NuxtLink to="/about">About</NuxtLink>
  </main>
</template>
<style>h1 { color: rgb(1, 2, 3); }</style>
`,
      'app/pages/about.vue': `<script setup>
const { data } = await useFetch('/api/words');
</script>
<template><main><h1>About</h1><p>{{ data }}</p></main></template>
`,
      'server/api/words.ts': "export default defineEventHandler(() => 'words of the server');\n",
    });
  },
  start: ({ port }) => ({ words: ['nuxt', 'dev', '--port', String(port), '--no-fork'] }),
  ready: '/',
  aspects: ['page', 'navigation', 'assets', 'HMR', 'WebSocket'],
  async drive(tour, { folder }) {
    const save = await saver(join(folder, 'app', 'pages', 'index.vue'), '<h1>Start</h1>', (words) => `<h1>${words}</h1>`);
    await tour.step('page', async () => {
      await tour.open('/');
      await tour.press('main button', 'Count is 0');
      return tour.site.title();
    });
    await tour.step('assets', () => tour.assets());
    await tour.step('WebSocket', () => tour.heard('[vite] connected'));
    await tour.step('navigation', async () => {
      const ways = await tour.thereAndBack('a', '/about', 'p', 'words of the server');
      await tour.text('main button', 'Count is 0');
      return ways;
    });
    await tour.step('HMR', () => tour.hotReload('h1', save));
  },
};

// SPDX-License-Identifier: Apache-2.0
// Astro: as its documentation installs it by hand, for its create tool fetches templates from elsewhere.

import { join } from 'node:path';
import type { App } from '../kit/app.ts';
import { saver, writeProject } from '../kit/project.ts';

const npm = { astro: '7.3.5' };
/** Of the project's imports, which are none of this file. */
const QUOTE = '"';
const PAGE = (title: string, more: string): string => `---
import dot from ${QUOTE}../dot.svg?url${QUOTE};
---
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <link rel="icon" href={dot} />
    <title>${title}</title>
  </head>
  <body>
    <h1>${title}</h1>
    <img src={dot} alt="" />
    ${more}
    <script>
      const button = document.querySelector('button');
      button?.addEventListener('click', () => { button.textContent = 'clicked'; });
    </script>
  </body>
</html>
<style>
  h1 { color: rgb(1, 2, 3); }
</style>
`;

export const astro: App = {
  name: 'Astro',
  npm,
  made: 'by hand, as its documentation says: two pages with a style, a script and a picture',
  make({ folder }) {
    writeProject(folder, {
      'package.json': JSON.stringify({ name: 'project', private: true, type: 'module', dependencies: npm }),
      'astro.config.mjs': `import { defineConfig } from ${QUOTE}astro/config${QUOTE};\nexport default defineConfig({});\n`,
      'src/dot.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="31" height="17"><circle r="5"/></svg>',
      'src/pages/index.astro': PAGE('Start', '<button>not yet</button><a href="/about">About</a>'),
      'src/pages/about.astro': PAGE('About', '<a href="/">Start</a>'),
    });
  },
  start: ({ port }) => ({ words: ['astro', 'dev', '--port', String(port)] }),
  ready: '/',
  aspects: ['page', 'navigation', 'assets', 'HMR', 'WebSocket'],
  async drive(tour, { folder }) {
    const styled = 'h1 { color: rgb(1, 2, 3); }';
    const save = await saver(join(folder, 'src', 'pages', 'index.astro'), styled, (words) => `h1::after { content: "${words}"; }`);
    await tour.step('page', async () => {
      await tour.open('/');
      await tour.press('body > button', 'not yet');
      return tour.site.title();
    });
    await tour.step('assets', () => tour.assets());
    await tour.step('WebSocket', () => tour.heard('[vite] connected'));
    await tour.step('navigation', async () => {
      const ways = await tour.thereAndBack('body > a', '/about', 'body > h1', 'About');
      await tour.text('body > h1', 'Start');
      return ways;
    });
    // Markup of Astro's reloads the page; what it updates in place are styles.
    await tour.step('HMR', () => tour.hotReload('style', save));
  },
};

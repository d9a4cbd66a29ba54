// SPDX-License-Identifier: Apache-2.0
// Next: the empty template of create-next-app, which ships with it; the full one asks the network for fonts.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { App } from '../kit/app.ts';
import { appEnvironment } from '../kit/process.ts';
import { pinned, saver, writeProject } from '../kit/project.ts';

const npm = { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' };
const FLAGS =
  '--js --app --empty --no-tailwind --no-eslint --no-src-dir --skip-install --disable-git --yes --no-agents-md --no-agent-feedback';
const DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="31" height="17"><circle r="5"/></svg>';
/** Of the project's imports, which are none of this file. */
const QUOTE = '"';

export const next: App = {
  name: 'Next',
  npm,
  tools: { 'create-next-app': '16.4.3' },
  made: 'create-next-app `--app --empty`; two pages more, with a link, a picture, a style sheet and a server action',
  make({ folder, tools }) {
    const create = join(tools, 'node_modules', 'create-next-app', 'dist', 'index.js');
    execFileSync(process.execPath, [create, '.', ...FLAGS.split(' ')], { cwd: folder, stdio: 'ignore', env: appEnvironment(folder) });
    pinned(folder, npm);
    writeProject(folder, {
      'public/dot.svg': DOT,
      'app/icon.svg': DOT,
      'app/start/page.module.css': '.main { color: rgb(1, 2, 3); }',
      'app/start/page.js': `import Link from ${QUOTE}next/link${QUOTE};
import styles from ${QUOTE}./page.module.css${QUOTE};
import Counter from ${QUOTE}./counter${QUOTE};
export default function Start() {
  return <main className={styles.main}><h1>Start</h1><img src="/dot.svg" alt="" /><Counter /><Link href="/about">About</Link></main>;
}
`,
      'app/start/counter.js': `"use client";
import { useState } from ${QUOTE}react${QUOTE};
export default function Counter() {
  const [count, setCount] = useState(0);
  return <><p id="words">Words</p><button id="count" onClick={() => setCount(count + 1)}>Count is {count}</button></>;
}
`,
      'app/about/page.js': `import Form from ${QUOTE}./form${QUOTE};
export default function About() {
  return <main><h1>About</h1><Form /></main>;
}
`,
      'app/about/action.js': `"use server";
export async function greet(_last, form) {
  return "Hello " + form.get("name");
}
`,
      'app/about/form.js': `"use client";
import { useActionState } from ${QUOTE}react${QUOTE};
import { greet } from ${QUOTE}./action${QUOTE};
export default function Form() {
  const [words, action] = useActionState(greet, "");
  return <form action={action}><input name="name" /><button id="greet">Greet</button><output>{words}</output></form>;
}
`,
    });
  },
  start: ({ port }) => ({ words: ['next', 'dev', '--port', String(port)] }),
  ready: '/start',
  aspects: ['page', 'navigation', 'assets', 'HMR', 'WebSocket'],
  async drive(tour, { folder }) {
    const save = await saver(join(folder, 'app', 'start', 'counter.js'), 'Words', (words) => words);
    await tour.step('page', async () => {
      await tour.open('/start');
      await tour.press('#count', 'Count is 0');
      return tour.site.title();
    });
    await tour.step('assets', () => tour.assets());
    await tour.step('WebSocket', () => tour.heard('[HMR] connected'));
    await tour.step('navigation', async () => {
      const ways = await tour.thereAndBack('a', '/about', 'h1', 'About');
      await tour.open('/about');
      await tour.site.locator('input[name=name]').fill('Anna');
      await tour.site.locator('#greet').click();
      await tour.text('output', 'Hello Anna');
      await tour.open('/start');
      await tour.press('#count', 'Count is 0');
      return `${ways}, and a server action`;
    });
    await tour.step('HMR', () => tour.hotReload('#words', save));
  },
};

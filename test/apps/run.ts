// SPDX-License-Identifier: Apache-2.0
// `npm run test:apps [name…]`: apps that nobody here wrote, driven directly and through Porthole by the same script; docs/apps.md has its table.

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, chromiumPath } from '../e2e/support/browser-chromium.ts';
import { astro } from './frameworks/astro.ts';
import { next } from './frameworks/next.ts';
import { nuxt } from './frameworks/nuxt.ts';
import { sveltekit } from './frameworks/sveltekit.ts';
import { vite } from './frameworks/vite.ts';
import type { App } from './kit/app.ts';
import { drive } from './kit/drive.ts';
import { CACHE } from './kit/install.ts';
import { report } from './kit/report.ts';
import { faults, type Row, table } from './kit/table.ts';
import { WAYS } from './kit/ways.ts';
import { dokuwiki } from './whole/dokuwiki.ts';
import { fossil } from './whole/fossil.ts';
import { jupyterhub } from './whole/jupyterhub.ts';
import { nodeRed } from './whole/node-red.ts';
import { wordpress } from './whole/wordpress.ts';

const APPS: readonly App[] = [vite, next, nuxt, astro, sveltekit, jupyterhub, nodeRed, fossil, dokuwiki, wordpress];

const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'apps.md');

/** Names other than of this machine lead nowhere: no page asks anybody else. */
const NOWHERE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]';

const executablePath = chromiumPath();
if (!executablePath) throw new Error('there is no Chromium on this machine (Debian: apt-get install chromium)');
const wanted = process.argv.slice(2).map((name) => name.toLowerCase());
const chosen = APPS.filter(({ name }) => wanted.length === 0 || wanted.some((one) => name.toLowerCase().startsWith(one)));
const browser = await chromium.launch({ executablePath, headless: true, args: [...CHROMIUM_FLAGS, NOWHERE] });
const rows: Row[] = [];
const skipped: string[] = [];
/** Apps that did not start, and why. */
const broken: string[] = [];
/** Whoever ends this ends what it started, too: a browser that is closed ends every step. */
let ended = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    ended = true;
    browser.close().catch(() => {});
  });
}
try {
  for (const app of chosen) {
    if (ended) break;
    try {
      const driven = await drive(app, WAYS, browser, console.log);
      if (typeof driven === 'string') skipped.push(`${app.name}: ${driven}`);
      else rows.push(...driven);
    } catch (error) {
      broken.push(`${app.name}: ${String(error)}`);
    }
  }
} finally {
  await browser.close();
}
const found = [...rows.flatMap(faults), ...broken];
console.log(`\n${table(rows)}`);
for (const one of [...skipped.map((one) => `skipped: ${one}`), ...found.map((one) => `✗ ${one}`)]) console.log(one);
await keep();
process.exitCode = ended || found.length > 0 ? 1 : 0;

/** Keeps what was measured, and writes the document of it. */
async function keep(): Promise<void> {
  const file = join(CACHE, 'measured.json');
  const kept: Record<string, Row[]> = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
  for (const { name } of chosen) {
    const own = rows.filter(({ app }) => app.name === name);
    if (own.length === WAYS.length) kept[name] = own;
  }
  await mkdir(CACHE, { recursive: true });
  await writeFile(file, JSON.stringify(kept));
  const all = APPS.map(({ name }) => kept[name]);
  await writeFile(
    DOCUMENT,
    report(
      all.flatMap((own) => own ?? []),
      APPS.filter((_, at) => !all[at]).map(({ name }) => name),
      new Map(APPS.flatMap(({ name, known }) => (known === undefined ? [] : [[name, known] as const]))),
    ),
  );
}

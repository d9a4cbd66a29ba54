// SPDX-License-Identifier: Apache-2.0
// `npm run test:apps [name…]`: apps that nobody here wrote, driven directly and through Porthole by the same script; docs/apps.md has its table.

import { writeFile } from 'node:fs/promises';
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
import { report } from './kit/report.ts';
import { faults, type Row } from './kit/table.ts';
import { WAYS } from './kit/ways.ts';
import { dokuwiki } from './whole/dokuwiki.ts';
import { fossil } from './whole/fossil.ts';
import { jupyterhub } from './whole/jupyterhub.ts';
import { nodeRed } from './whole/node-red.ts';

const APPS: readonly App[] = [vite, next, nuxt, astro, sveltekit, jupyterhub, nodeRed, fossil, dokuwiki];

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
const text = report(rows, skipped);
console.log(`\n${text}`);
for (const one of found) console.log(`✗ ${one}`);
// A part of the apps is no measurement of all of them.
if (!ended && chosen.length === APPS.length && skipped.length + broken.length === 0)
  await writeFile(join(import.meta.dirname, '..', '..', 'docs', 'apps.md'), text);
process.exitCode = ended || found.length > 0 ? 1 : 0;

// SPDX-License-Identifier: Apache-2.0
// One app from its packages to its rows of the table: installed, made, started, hosted, and driven by each way.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { Porthole, scratch } from '../../support/porthole.ts';
import type { App } from './app.ts';
import { debianInstalled, npmInstalled, putPackages } from './install.ts';
import { freePort, startApp } from './process.ts';
import { faults, type Row } from './table.ts';
import { ask, type Offered, visit, type Way } from './ways.ts';

/**
 * Drives an app.
 * @param ways the first one is `direct`, with which the others are compared
 * @param tell is told what each visit saw, and what the app said where a visit saw less than it should
 * @returns its rows; or the reason why it was not driven
 * @throws Error where it cannot be installed or does not start
 */
export async function drive(
  app: App,
  ways: readonly ['direct', ...Way[]],
  browser: Browser,
  tell: (words: string) => void,
): Promise<Row[] | string> {
  const slug = app.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const packages = app.npm ? await npmInstalled(slug, app.npm) : null;
  const tools = app.tools ? await npmInstalled(`${slug}-tools`, app.tools) : '';
  const ofDebian = app.debian ? await debianInstalled(app.debian) : null;
  if (app.debian && ofDebian === null) return `its packages of Debian are missing (apt-get install ${app.debian.join(' ')})`;
  const version = ofDebian ?? (Object.values(app.npm ?? {})[0] as string);
  const own = await scratch();
  try {
    const place = { folder: join(own.path, 'app'), tools, port: await freePort() };
    for (const folder of ['app', 'app-home', 'home']) await mkdir(join(own.path, folder));
    await app.make(place);
    if (packages) await putPackages(packages, place.folder);
    const running = await startApp(app.start(place), place.folder, `http://localhost:${place.port}${app.ready}`);
    const up = new Porthole(['up', String(place.port), '--port', '0', '--name', slug, ...(app.hosted ?? [])], join(own.path, 'home'), {
      cwd: own.path,
    });
    try {
      const offered: Offered = { app, place, link: String((await up.waitFor('ready')).link), scratch: own };
      const rows: Row[] = [];
      for (const way of ways) {
        const visited = way === 'gateway' ? await ask(offered) : await visit(way, offered, browser);
        const row: Row = {
          app: { name: app.name, made: app.made, aspects: app.aspects },
          version,
          way,
          visited,
          directly: rows[0]?.visited ?? visited,
        };
        rows.push(row);
        tell(`${app.name}, ${way}: ${JSON.stringify(visited.seen)} ${visited.complaints.join('; ')}`);
        if (faults(row).length > 0) tell(running.said());
      }
      return rows;
    } finally {
      await up.stop();
      await running.stop();
    }
  } finally {
    await own.drop();
  }
}

// SPDX-License-Identifier: Apache-2.0
// The programs of docs/library.md and docs/app-shells.md, run as they stand there, at a suite of the test's own.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { serve } from '../../host-agent/index.ts';
import { createSuite, type Suite } from '../../signaling/index.ts';
import { environment } from '../support/environment.ts';
import { scratch } from '../support/porthole.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the programs of the documents', function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  let suite: Suite;

  before(async () => {
    folder = await scratch();
    await symlink(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
    suite = await createSuite({ port: 0, dataFolder: join(folder.path, 'suite') });
  });
  after(async () => {
    await suite.close();
    await folder.drop();
  });

  const programs = async (document: string): Promise<string[]> =>
    [...(await readFile(join(ROOT, 'docs', document), 'utf8')).matchAll(/^```js\n(.*?)^```/gms)].map(([, text]) => text as string);

  /** Runs a program of this source, at this suite; what it prints. */
  async function run(program: string, home: string): Promise<string> {
    const from = (path: string): string => pathToFileURL(join(ROOT, path)).href;
    const here = program
      .replace("'porthole/host'", `'${from('host-agent/index.ts')}'`)
      .replace("'porthole/client'", `'${from('client-runtime/index.ts')}'`)
      .replace('http://localhost:8080', suite.url);
    assert.ok(here.includes(suite.url) && !/'porthole\//.test(here), here);
    const file = join(folder.path, 'program.mjs');
    await writeFile(file, here);
    return (await promisify(execFile)(process.execPath, [file], { env: environment({ HOME: home }), timeout: 30_000 })).stdout;
  }

  it('a fetch handler, Hono, Express and Fastify as sites', async () => {
    const found = await programs('library.md');
    assert.equal(found.length, 4);
    for (const program of found) assert.equal(await run(program, join(folder.path, 'home')), 'hello, anyone: /a\n', program);
  });

  it('the gateway for app shells', async () => {
    const [electron = '', gateway = ''] = await programs('app-shells.md');
    assert.match(electron, /protocol\.handle\('site', protocolHandler\(visit\)\)/);
    const host = await serve({
      suite: suite.url,
      name: 'hello',
      site: () => new Response('hello'),
      home: join(folder.path, 'home', '.porthole'),
    });
    try {
      assert.match(await run(gateway, join(folder.path, 'visitor')), /^http:\/\/[a-z2-7]{52}\.localhost:\d+\/\n$/);
    } finally {
      await host.close();
    }
  });
});

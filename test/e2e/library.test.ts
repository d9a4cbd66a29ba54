// SPDX-License-Identifier: Apache-2.0
// The library as the README shows it, run again and again: a name belongs to a key, and the key is kept.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createHost, newIdentity, serve } from '../../host-agent/index.ts';
import { createSuite, type Suite } from '../../signaling/index.ts';
import { environment } from '../support/environment.ts';
import { Porthole, scratch } from '../support/porthole.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the library', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let suite: Suite;
  const site = async (): Promise<Response> => new Response('hello');

  before(async () => {
    folder = await scratch();
    suite = await createSuite({ port: 0, dataFolder: join(folder.path, 'suite') });
  });
  after(async () => {
    await suite.close();
    await folder.drop();
  });

  /** The README's example, from this source and at this suite, in a process of its own. */
  async function runExample(home: string): Promise<string> {
    const [, example = ''] = /## As a library\n+```js\n(.*?)```/s.exec(await readFile(join(ROOT, 'README.md'), 'utf8')) ?? [];
    const from = (path: string): string => pathToFileURL(join(ROOT, path)).href;
    const here = example
      .replace("'porthole/host'", `'${from('host-agent/index.ts')}'`)
      .replace("'porthole/client'", `'${from('client-runtime/index.ts')}'`)
      .replace('http://localhost:8080', suite.url);
    assert.ok(here.includes(suite.url) && !/'porthole\//.test(here), here);
    const file = join(folder.path, 'example.mjs');
    await writeFile(file, here);
    const { stdout } = await promisify(execFile)(process.execPath, [file], {
      env: environment({ HOME: home }),
      timeout: 30_000,
    });
    return stdout;
  }

  it('runs the README’s example twice in a row: the second has the name that the first had', async function () {
    this.timeout(60_000);
    const home = join(folder.path, 'home');
    for (const _ of [1, 2]) assert.match(await runExample(home), new RegExp(`^you asked for http://hello\\.localhost:${suite.port}/ `));
    const kept = join(home, '.porthole', 'sites');
    assert.deepEqual(await readdir(kept), ['hello.pem']);
    assert.equal((await stat(join(kept, 'hello.pem'))).mode & 0o777, 0o600);
    const stranger = join(folder.path, 'stranger');
    await assert.rejects(runExample(stranger), /NAME_TAKEN/);
  });

  it('keeps its key where the program does', async () => {
    const home = join(folder.path, 'shared');
    const host = await serve({ suite: suite.url, name: 'shared', site, home });
    const { link } = await host.ready;
    await host.close();
    await mkdir(join(folder.path, 'pages'));
    const program = new Porthole(['host', join(folder.path, 'pages'), '--suite', suite.url, '--name', 'shared'], home);
    assert.equal((await program.waitFor('ready')).link, link);
    await program.stop();
  });

  it('says that a key cannot be kept, and keeps none for what is refused', async () => {
    await writeFile(join(folder.path, 'file'), '');
    await assert.rejects(serve({ suite: suite.url, name: 'lost', site, home: join(folder.path, 'file') }), { code: 'STORAGE_FAILED' });
    const home = join(folder.path, 'none');
    await assert.rejects(serve({ suite: suite.url, name: '../up', site, home }), { code: 'NAME_INVALID' });
    await assert.rejects(serve({ suite: 'null/', name: 'fine', site, home }), { code: 'CONFIG_INVALID' });
    await assert.rejects(stat(home), { code: 'ENOENT' });
  });

  it('takes another key when it is given one', async () => {
    const home = join(folder.path, 'unused');
    const identity = newIdentity();
    const host = await serve({ suite: suite.url, name: 'once', site, identity, home });
    assert.ok((await host.ready).link.endsWith(`#key=${identity.id}`));
    await host.close();
    await assert.rejects(stat(home), { code: 'ENOENT' });
    assert.throws(() => createHost({ suite: 'null/', name: 'x', site, identity, strategies: [] }), { code: 'CONFIG_INVALID' });
  });
});

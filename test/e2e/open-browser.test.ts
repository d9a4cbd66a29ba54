// SPDX-License-Identifier: Apache-2.0
// `porthole open` and the browser: the address that it prints is stable and one site's, `--browser` shows it, and says so where it cannot.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newIdentity, serve } from '../../host-agent/index.ts';
import { Porthole, type Scratch, scratch } from '../support/porthole.ts';
import { until } from './support/browser-stage.ts';

describe('porthole open', function () {
  this.timeout(60_000);
  let folder: Scratch;
  let suite: Porthole;
  let host: Awaited<ReturnType<typeof serve>>;
  let link: string;

  before(async () => {
    folder = await scratch();
    suite = new Porthole(['suite', '--port', '0', '--address', '127.0.0.1'], folder.path);
    const { suite: at } = (await suite.waitFor('ready')) as unknown as { suite: string };
    host = await serve({ suite: at, name: 'mine', site: async () => new Response('mine'), identity: newIdentity(), home: folder.path });
    link = (await host.ready).link;
  });
  const opens: Porthole[] = [];
  const start = (args: string[], env: NodeJS.ProcessEnv): Porthole => {
    const open = new Porthole(['open', ...args, '--port', '0', '--browser'], folder.path, { env });
    opens.push(open);
    return open;
  };
  after(async () => {
    for (const open of opens) await open.stop();
    await host?.close(0);
    await suite?.stop();
    await folder?.drop();
  });

  /** A folder of programs, in which xdg-open is this. */
  async function programs(name: string, xdgOpen: string): Promise<string> {
    const path = join(folder.path, name);
    await mkdir(path);
    await writeFile(join(path, 'xdg-open'), `#!/bin/sh\n${xdgOpen}\n`);
    await chmod(join(path, 'xdg-open'), 0o755);
    return `${path}:/usr/bin:/bin`;
  }

  it('--browser shows the address that it prints, path and all, and tells the browser none of its own secrets', async () => {
    const told = join(folder.path, 'told');
    const PATH = await programs('works', `{ echo "$#"; echo "$1"; env; } > "${told}.part" && mv "${told}.part" "${told}"`);
    const env = { PATH, PORTHOLE_PASSWORD: 'of mine' };
    const open = start([new URL('/a/b?c=d&e=$(f)', link).href], env);
    const { url, site, port } = await open.waitFor('ready');
    assert.equal(url, `http://${site}.localhost:${port}/a/b?c=d&e=$(f)`);
    await until('the browser was started', () => existsSync(told), 20_000);
    const text = await readFile(told, 'utf8');
    const [count, address, ...variables] = text.split('\n');
    assert.deepEqual([count, address], ['1', url]);
    assert.deepEqual(
      variables.filter((one) => one.startsWith('PORTHOLE_')),
      [],
    );
    assert.equal(await open.stop(), 0);
  });

  it('goes on without a browser, and says why there is none', async () => {
    const empty = join(folder.path, 'empty');
    await mkdir(empty);
    for (const [PATH, why] of [
      [empty, 'xdg-open is not installed'],
      [await programs('fails', 'exit 3'), 'xdg-open ended with 3'],
    ] as const) {
      const open = start([link], { PATH });
      assert.equal((await open.waitFor('no-browser')).why, why);
      const { port } = await open.waitFor('ready');
      assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'mine');
      assert.equal(await open.stop(), 0);
    }
  });
});

// SPDX-License-Identifier: Apache-2.0
// A suite by its domain, on one machine of two: the links that hosts print are the suite's, and lead to the site from the other.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Porthole, scratch } from '../support/porthole.ts';
import { noBridgeReason, OneBridge } from './support/one-bridge.ts';

describe('a suite with a domain', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let room: OneBridge;
  let suite: Porthole;
  const running: Porthole[] = [];

  const start = async (machine: 'host' | 'phone', home: string, ...args: string[]): Promise<Porthole> => {
    const path = join(folder.path, home);
    await mkdir(path, { recursive: true });
    const porthole = new Porthole(args, path, { cwd: folder.path, within: room.enter(machine) });
    running.push(porthole);
    return porthole;
  };

  before(async function () {
    const reason = noBridgeReason();
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    folder = await scratch();
    await mkdir(join(folder.path, 'site'));
    await writeFile(join(folder.path, 'site', 'hello.txt'), 'hello by name');
    room = await OneBridge.open();
    suite = await start('host', 'suite', 'suite', '--port', '80', '--domain', 'suite.example,second.example');
    const ready = await suite.waitFor('ready');
    assert.equal(ready.suite, 'http://suite.example', 'the first domain, without the port that is the scheme’s own');
  });
  after(async () => {
    for (const porthole of running.reverse()) await porthole.stop();
    room?.close();
    await folder?.drop();
  });

  it('has its name in the links of its hosts, however they dial it', async () => {
    for (const [name, dialled] of [
      ['mine', 'http://suite.example'],
      ['other', 'localhost:80'],
    ] as const) {
      const host = await start('host', name, 'host', join(folder.path, 'site'), '--name', name, '--suite', dialled);
      const { link } = (await host.waitFor('ready')) as unknown as { link: string };
      assert.match(link, new RegExp(`^http://${name}\\.suite\\.example/#key=[a-z2-7]{52}$`));
    }
  });

  it('is found by those links, with and without a page', async () => {
    for (const name of ['mine', 'other']) {
      assert.equal(await room.run('phone', 'curl', '--silent', '--show-error', `http://${name}.suite.example/hello.txt`), 'hello by name');
      const out = join(folder.path, `${name}.txt`);
      const get = await start('phone', 'visitor', 'get', `http://${name}.suite.example/hello.txt`, '-o', out);
      assert.equal(await get.ended, 0, JSON.stringify(get.events));
      assert.equal(await readFile(out, 'utf8'), 'hello by name');
    }
    const said = await room.run('phone', 'curl', '--silent', '--show-error', 'http://suite.example/');
    assert.match(said, /http:\/\/mine\.suite\.example\//, 'the portal leads there, too');
  });

  it('has its port in them when it is not the scheme’s own', async () => {
    const other = await start('host', 'ported', 'suite', '--port', '0', '--domain', 'suite.example');
    const { suite: url, port } = await other.waitFor('ready');
    assert.equal(url, `http://suite.example:${port}`);
    const dressed = await start(
      'host',
      'dressed',
      'suite',
      '--port',
      '0',
      '--domain',
      'suite.example',
      '--public-url',
      'https://p.example',
    );
    assert.equal((await dressed.waitFor('ready')).suite, 'https://p.example', '--public-url wins');
  });
});

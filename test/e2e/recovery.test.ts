// SPDX-License-Identifier: Apache-2.0
// What breaks mends itself: the host killed, the suite restarted, over each way.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atLoopback, Porthole, scratch } from '../support/porthole.ts';

describe('recovery', () => {
  for (const via of ['data-channel', 'relay']) {
    describe(`over ${via}`, () => {
      let folder: Awaited<ReturnType<typeof scratch>>;
      let site: string;
      let suite: Porthole;
      let host: Porthole;
      let gateway: Porthole;
      let port: string;

      const start = (args: string[], home: string): Porthole => new Porthole(args, join(folder.path, home), { cwd: folder.path });
      const startSuite = async (wanted: string): Promise<Porthole> => {
        const started = start(['suite', '--port', wanted, '--address', '127.0.0.1'], 'suite');
        port = String((await started.waitFor('ready')).port);
        return started;
      };
      const startHost = (): Porthole => start(['host', site, '--suite', `http://localhost:${port}`, '--name', 'mended'], 'host');
      const read = async (): Promise<string> =>
        (await fetch(atLoopback(gateway.events.find(({ event }) => event === 'ready')?.url))).text();

      before(async () => {
        folder = await scratch();
        site = join(folder.path, 'site');
        await mkdir(site);
        await writeFile(join(site, 'index.html'), 'first');
        suite = await startSuite('0');
        host = startHost();
        const { link } = await host.waitFor('ready');
        gateway = start(['open', link as string, '--port', '0', '--via', via], 'visitor');
        await gateway.waitFor('ready');
        assert.equal(await read(), 'first');
      });
      after(async () => {
        for (const porthole of [gateway, host, suite]) await porthole.stop();
        await folder.drop();
      });

      it('the host is killed and started again: same link, the visitor goes on', async function () {
        this.timeout(40_000);
        const { link } = await host.waitFor('ready');
        await host.kill();
        await writeFile(join(site, 'index.html'), 'second');
        host = startHost();
        assert.equal((await host.waitFor('ready')).link, link);
        assert.equal(await read(), 'second');
        assert.equal((await host.waitFor('path')).via, via);
      });

      it('the suite is killed and started again: host and visitor come back by themselves', async function () {
        this.timeout(60_000);
        const before = host.events.length;
        await suite.kill();
        suite = await startSuite(port);
        await host.waitFor('back', 20_000, before);
        assert.equal(await read(), 'second');
      });

      it('the host stops in order: the visitor is told it is offline, and served again when it is back', async function () {
        this.timeout(60_000);
        assert.equal(await host.stop(), 0);
        await gateway.waitFor(({ code }) => code === 'HOST_OFFLINE', 10_000);
        host = startHost();
        await host.waitFor('ready');
        assert.equal(await read(), 'second');
      });
    });
  }
});

// SPDX-License-Identifier: Apache-2.0
// A site carried whole: many files compared with the disk, over each way.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { shortOrLong } from '../support/long.ts';
import { atLoopback, Porthole, scratch } from '../support/porthole.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** A tree of thousands of files that every checkout has. */
const TREE = join(ROOT, 'node_modules');
const FILES = shortOrLong(800, 2200);

const sha256 = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};

async function someFiles(folder: string, count: number): Promise<string[]> {
  const found: string[] = [];
  const walk = async (at: string): Promise<void> => {
    for (const entry of await readdir(at, { withFileTypes: true })) {
      if (found.length >= count) return;
      if (entry.name.startsWith('.')) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile() && (await stat(path)).size < 1_000_000) found.push(path);
    }
  };
  await walk(folder);
  return found;
}

describe('a site carried whole', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  const running: Porthole[] = [];
  const start = (args: string[], home = 'home'): Porthole => {
    const porthole = new Porthole(args, join(folder.path, home), { cwd: folder.path });
    running.push(porthole);
    return porthole;
  };

  before(async () => {
    folder = await scratch();
  });
  after(async () => {
    for (const porthole of running) await porthole.stop();
    await folder.drop();
  });

  it(`${FILES} files of a tree through \`porthole open\`, each byte compared`, async function () {
    this.timeout(120_000);
    const host = start(['up', TREE, '--port', '0', '--name', 'tree']);
    const { link } = await host.waitFor('ready');
    const gateway = start(['open', link as string, '--port', '0'], 'visitor');
    const { url } = await gateway.waitFor('ready');
    const files = await someFiles(TREE, FILES);
    assert.equal(files.length, FILES);
    let next = 0;
    const crawl = async (): Promise<void> => {
      for (let file = files[next++]; file !== undefined; file = files[next++]) {
        const path = relative(TREE, file).split(sep).map(encodeURIComponent).join('/');
        // Plain: some packages bring .gz siblings that are none.
        const response = await fetch(new URL(path, atLoopback(url)), { headers: { 'accept-encoding': 'identity' } });
        assert.equal(response.status, 200, path);
        assert.ok(Buffer.from(await response.arrayBuffer()).equals(await readFile(file)), path);
      }
    };
    await Promise.all(Array.from({ length: 16 }, crawl));
    for (const end of [gateway, host]) assert.match(String((await end.waitFor('path')).via), /^(tcp-punch|data-channel)$/);
  });

  for (const [policy, via] of [
    ['tcp-punch', 'tcp-punch'],
    ['data-channel', 'data-channel'],
    ['relay-only', 'relay'],
  ] as const) {
    it(`a file of 60 MB by \`porthole get --via ${policy}\`, over ${via}`, async function () {
      this.timeout(120_000);
      const site = join(folder.path, via);
      await mkdir(site);
      await writeFile(join(site, 'big.bin'), randomBytes(60_000_000));
      const host = start(['up', site, '--port', '0']);
      const { link } = await host.waitFor('ready');
      const out = join(folder.path, `${via}.out`);
      const get = start(['get', new URL('/big.bin', link as string).href, '-o', out, '--via', policy], 'visitor');
      assert.equal(await get.ended, 0, JSON.stringify(get.events));
      assert.equal((await host.waitFor('path')).via, via);
      assert.equal(get.events.find(({ event }) => event === 'path')?.via, via);
      assert.equal(await sha256(out), await sha256(join(site, 'big.bin')));
      await host.stop();
    });
  }
});

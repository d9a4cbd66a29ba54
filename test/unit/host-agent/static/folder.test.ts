// SPDX-License-Identifier: Apache-2.0
// Tests of the closed room, for both kinds of folder: nothing leads out, nothing blocks, nothing stays open.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Folder } from '../../../../host-agent/static/folder.ts';
import { openFolder } from '../../../../host-agent/static/open-folder.ts';
import { refusal } from '../../../../host-agent/static/root.ts';
import { PortholeError } from '../../../../proto/errors.ts';
import { folderWith, openBelow, put, removeFolders } from './fixture.ts';

/** What a name opens as: the file's content, or the word for what it is. */
async function contentOf(folder: Folder, name: string): Promise<string> {
  const found = await folder.open(name);
  if (typeof found === 'string') return found;
  try {
    return await fs.readFile(found.fd.path, 'utf8');
  } finally {
    found.fd.close();
  }
}

/** A thread that turns the link `step` from one target to the other and back, without end. */
const FLIPPING = `
const { renameSync, symlinkSync } = require('node:fs');
const { parentPort, workerData: { targets, path } } = require('node:worker_threads');
for (let turn = 0; ; turn++) {
  symlinkSync(targets[turn % 2], path + '/next');
  renameSync(path + '/next', path + '/step');
  if (turn === 0) parentPort.postMessage('begun');
}`;

describe('static/folder', () => {
  const meanings: [code: string, found: string][] = [
    ['ENOENT', 'missing'],
    ['ELOOP', 'missing'],
    ['EACCES', 'forbidden'],
    ['EMFILE', 'busy'],
    ['ENFILE', 'busy'],
  ];
  for (const [code, found] of meanings) {
    it(`takes ${code} for ${found}`, () => assert.equal(refusal(Object.assign(new Error(code), { code })), found));
  }

  it('fails with SITE_FAILED on an error of the disk', () => {
    const isSiteFailed = (error: unknown) => error instanceof PortholeError && error.code === 'SITE_FAILED';
    assert.throws(() => refusal(Object.assign(new Error(), { code: 'EIO' })), isSiteFailed);
  });
});

for (const procfs of [true, false]) {
  describe(`static/folder, ${procfs ? 'on Linux' : 'on any system'}`, () => {
    afterEach(removeFolders);
    before(function () {
      if (process.platform !== 'linux') this.skip();
    });

    it('opens files with their size, tells folders, and misses what is not there', async () => {
      const path = await folderWith({ 'a.txt': 'alpha', 'b/c.txt': 'gamma' });
      const folder = await openFolder(path, { procfs });
      assert.equal(await contentOf(folder, 'a.txt'), 'alpha');
      assert.equal(await contentOf(folder, 'b/c.txt'), 'gamma');
      for (const name of ['', 'b']) assert.equal(await folder.open(name), 'folder');
      for (const name of ['x', 'b/x', 'a.txt/x', 'x'.repeat(300)]) assert.equal(await folder.open(name), 'missing', name);
      const found = await folder.open('a.txt');
      assert.ok(typeof found !== 'string' && found.facts.size === 5 && found.facts.mtimeNs > 0n);
      found.fd.close();
      assert.deepEqual(await openBelow(path), []);
    });

    it('rejects a folder that is missing, a file, or a path through a file', async () => {
      const path = await folderWith({ file: '' });
      for (const bad of [join(path, 'none'), join(path, 'file'), join(path, 'file/x')]) {
        await assert.rejects(openFolder(bad, { procfs }), (error) => error instanceof PortholeError && error.code === 'FOLDER_MISSING');
      }
    });

    it('follows links that stay inside, and no link that leads out', async () => {
      const outside = await folderWith({ 'secret.txt': 'secret', 'sub/deep.txt': 'secret' });
      const path = await folderWith({ 'in/page.txt': 'page', '.hidden/key': 'secret' });
      const links: Record<string, string> = {
        'to-file': 'in/page.txt',
        'to-folder': 'in',
        'to-link': 'to-file',
        absolute: join(path, 'in/page.txt'),
        'out-file': join(outside, 'secret.txt'),
        'out-folder': outside,
        'out-relative': join('..', outside.split('/').at(-1) ?? '', 'secret.txt'),
        'in/out': '../..',
        'out-twice': 'out-folder',
        'to-hidden': '.hidden',
        'to-dangling': 'nowhere',
        loop: 'loop',
        passwd: '/etc/passwd',
        self: '/proc/self/fd/0',
        'null-device': '/dev/null',
      };
      for (const [name, target] of Object.entries(links)) await fs.symlink(target, join(path, name));
      const folder = await openFolder(path, { procfs });
      for (const name of ['to-file', 'to-folder/page.txt', 'to-link', 'absolute'])
        assert.equal(await contentOf(folder, name), 'page', name);
      const refused = [
        'out-file',
        'out-folder',
        'out-folder/secret.txt',
        'out-folder/sub/deep.txt',
        'out-relative',
        'in/out',
        'out-twice/secret.txt',
      ].concat(['to-hidden/key', 'to-dangling', 'loop', 'passwd', 'self', 'null-device']);
      for (const name of refused) {
        assert.equal(await folder.open(name), 'missing', name);
        assert.equal(await folder.look(name), 'elsewhere', name);
        assert.equal(await folder.entries(name, 10), 'missing', name);
      }
      assert.deepEqual([...(await openBelow(path)), ...(await openBelow(outside))], []);
    });

    it('does not take a neighbour whose name begins the same for the inside', async () => {
      const parent = await folderWith({ 'site/a': 'a', 'site-private/key': 'secret' });
      await fs.symlink('../site-private/key', join(parent, 'site/key'));
      assert.equal(await (await openFolder(join(parent, 'site'), { procfs })).open('key'), 'missing');
    });

    it('opens nothing but regular files, without waiting and without a FIFO noticing', async () => {
      const path = await folderWith({});
      execFileSync('mkfifo', [join(path, 'pipe')]);
      const server = createServer().listen(join(path, 'socket'));
      await new Promise((resolve) => server.once('listening', resolve));
      let opened = false;
      const writer = fs.open(join(path, 'pipe'), 'w').then((handle) => {
        opened = true;
        return handle;
      });
      const folder = await openFolder(path, { procfs });
      assert.equal(await folder.open('pipe'), 'missing');
      assert.equal(await folder.open('socket'), 'missing');
      assert.equal(await folder.look('pipe'), 'special');
      await pause(20);
      assert.equal(opened, false, 'a writer that waits at the FIFO goes on waiting');
      const reader = await fs.open(join(path, 'pipe'), 'r');
      await (await writer).close();
      await reader.close();
      await new Promise((resolve) => server.close(resolve));
    });

    it('sees changes at once, also of the link that the folder itself is', async () => {
      const parent = await folderWith({ 'v1/a': 'one', 'v2/a': 'two' });
      await fs.symlink('v1', join(parent, 'current'));
      const folder = await openFolder(join(parent, 'current'), { procfs });
      assert.equal(await contentOf(folder, 'a'), 'one');
      await put(parent, 'v1/a', 'changed');
      assert.equal(await contentOf(folder, 'a'), 'changed');
      await fs.symlink('v2', join(parent, 'next'));
      await fs.rename(join(parent, 'next'), join(parent, 'current'));
      assert.equal(await contentOf(folder, 'a'), 'two');
      await fs.rm(join(parent, 'v2'), { recursive: true });
      assert.equal(await folder.open('a'), 'missing');
    });

    it('never opens the outside while a step of the path flips between a folder and a link out', async () => {
      const outside = await folderWith({ 'page.txt': 'secret' });
      const path = await folderWith({ 'real/page.txt': 'page' });
      const folder = await openFolder(path, { procfs });
      // In a thread of its own: also between two calls that this one makes without a break.
      const flip = new Worker(FLIPPING, { eval: true, workerData: { targets: [join(path, 'real'), outside], path } });
      await once(flip, 'message');
      const seen = new Set<string>();
      for (let i = 0; i < 600; i++) seen.add(await contentOf(folder, 'step/page.txt'));
      await flip.terminate();
      assert.ok(!seen.has('secret'));
      assert.ok(seen.has('page'));
      assert.deepEqual([...(await openBelow(path)), ...(await openBelow(outside))], []);
    });

    it('always finds a file that is replaced again and again', async () => {
      const path = await folderWith({ page: 'page' });
      const folder = await openFolder(path, { procfs });
      let going = true;
      const replace = (async () => {
        while (going) {
          await put(path, 'next', 'page');
          await fs.rename(join(path, 'next'), join(path, 'page'));
          if (!procfs) await pause(2);
        }
      })();
      for (let i = 0; i < 200; i++) assert.equal(await contentOf(folder, 'page'), 'page');
      going = false;
      await replace;
    });

    it('lists public entries, as many as asked for, says what is left out, and looks at them', async () => {
      const path = await folderWith({ a: 'alpha', 'b/c': '', '.env': '', 'back\\slash': '', 'porthole.config.json': '{}' });
      await fs.writeFile(Buffer.concat([Buffer.from(`${path}/latin`), Buffer.from([0xe9])]), '');
      execFileSync('mkfifo', [join(path, 'pipe')]);
      await fs.symlink('a', join(path, 'link'));
      const folder = await openFolder(path, { procfs });
      const found = await folder.entries('', 10);
      assert.ok(typeof found !== 'string');
      const kinds = found.entries.map(({ name, kind }) => `${name} ${kind}`).sort();
      assert.deepEqual(
        { ...found, entries: kinds },
        { entries: ['a file', 'b folder', 'link unknown'], more: false, hidden: true, unlinkable: 2, special: 1 },
      );
      const some = await folder.entries('', 1);
      assert.ok(typeof some !== 'string');
      assert.deepEqual([some.entries.length, some.more], [1, true]);
      const sizeOf = async (name: string) => {
        const look = await folder.look(name);
        return typeof look === 'string' ? look : look.size;
      };
      assert.deepEqual([await sizeOf('a'), await sizeOf('b'), await sizeOf('link'), await sizeOf('none')], [5, null, 5, 'elsewhere']);
      assert.deepEqual([await folder.entries('none', 10), await folder.entries('a', 10)], ['missing', 'missing']);
      assert.deepEqual(await openBelow(path), []);
    });

    it('tells what may not be read', async () => {
      const path = await folderWith({ file: '', 'folder/a': '' });
      await fs.chmod(path, 0o755);
      for (const name of ['file', 'folder']) await fs.chmod(join(path, name), 0);
      const folder = await openFolder(path, { procfs });
      const root = process.geteuid?.() === 0;
      if (root) process.seteuid?.(65534);
      try {
        assert.deepEqual([await folder.look('file'), await folder.look('folder')], ['unreadable', 'unreadable']);
        assert.equal(await folder.entries('folder', 10), 'forbidden');
      } finally {
        if (root) process.seteuid?.(0);
        await fs.chmod(join(path, 'folder'), 0o755);
      }
    });

    it('has nothing that is excluded, by no name and no link, made before or after', async () => {
      const path = await folderWith({ 'home/key': 'secret', 'homely/page': 'page' });
      await fs.symlink('home', join(path, 'link'));
      await fs.symlink('home/key', join(path, 'key'));
      const folder = await openFolder(path, { procfs, exclude: [join(path, 'home'), join(path, 'later/home')] });
      await put(path, 'later/home/key', 'secret');
      for (const name of ['home', 'home/key', 'link/key', 'key', 'later/home', 'later/home/key']) {
        assert.equal(await folder.open(name), 'missing', name);
        assert.equal(await folder.look(name), 'elsewhere', name);
      }
      assert.equal(await contentOf(folder, 'homely/page'), 'page');
      const within = await openFolder(join(path, 'home'), { procfs, exclude: [path] });
      assert.equal(await contentOf(within, 'key'), 'secret', 'who shares it means it');
      assert.deepEqual(await openBelow(path), []);
    });
  });
}

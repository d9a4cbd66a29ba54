// SPDX-License-Identifier: Apache-2.0
// The data folder: what is wrong with it is said, and it is not in the folder that is shared. And where files for browsers are built.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { buildSomewhere, hashOf } from '../../../cli/running/browser-assets.ts';
import { homeOf, refuseHomeInside, usableHome } from '../../../cli/settings/home.ts';

describe('the data folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'porthole-home-')));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is made, and left as it was found out', async () => {
    const home = join(folder, 'a', 'b');
    assert.equal(await usableHome({ home }), home);
    assert.deepEqual(await readdir(home), []);
  });

  it('that is a file, or below one, is STORAGE_FAILED, and the sentence says what to do', async () => {
    await writeFile(join(folder, 'file'), '');
    for (const home of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      await assert.rejects(usableHome({ home }), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'STORAGE_FAILED');
        assert.ok(error.message.includes(home) && error.message.includes('PORTHOLE_HOME or --home'), error.message);
        return true;
      });
    }
  });

  it('that nobody named, of a user who has no home, is STORAGE_FAILED', () => {
    assert.throws(() => homeOf({ home: null }), { code: 'STORAGE_FAILED', message: /HOME.*PORTHOLE_HOME or --home/ });
  });

  it('is refused in the folder that is shared, by whatever path, but for one below a dot name', async () => {
    const site = join(folder, 'site');
    await mkdir(join(site, 'keys'), { recursive: true });
    await symlink(site, join(folder, 'link'));
    await symlink(join(site, 'keys'), join(folder, 'keys-elsewhere'));
    await symlink(folder, join(site, '.up'));
    const refused = (shared: string, home: string) =>
      assert.rejects(refuseHomeInside(shared, { home }), { code: 'CONFIG_INVALID', message: /holds keys/ }, `${home} in ${shared}`);
    const taken = (shared: string, home: string) => refuseHomeInside(shared, { home });
    await refused(site, site);
    await refused(site, join(site, 'keys'));
    await refused(site, join(site, 'not', 'there', 'yet'));
    await refused(site, join(site, '..', 'site', 'keys'));
    await refused(join(folder, 'link'), join(site, 'keys'));
    await refused(site, join(folder, 'link', 'new'));
    await refused(site, join(folder, 'keys-elsewhere'));
    await refused(join(site, '.up', 'site'), join(site, 'keys'));
    await refused(folder, join(site, 'keys'));
    await refused(relative(process.cwd(), site), join(site, 'keys'));
    await taken(site, join(site, '.porthole'));
    await taken(site, join(site, 'keys', '.porthole', 'deep'));
    await taken(site, join(folder, 'home'));
    await taken(site, folder);
    await taken(site, join(folder, 'site-too'));
    await taken(join(site, 'keys'), join(site, 'new'));
    await refuseHomeInside(site, { home: null });
  });
});

describe('files for browsers', () => {
  let folder: string;
  let builds: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-assets-'));
    builds = [];
    written = '0123456789abcdef';
  });
  afterEach(() => rm(folder, { recursive: true }));
  const build = async (to: string): Promise<void> => {
    builds.push(to);
    await mkdir(join(to, 'assets'), { recursive: true });
    await writeFile(join(to, 'shell.html'), 'shell');
    await writeFile(join(to, 'assets', 'a.js'), 'a');
  };
  let written: string;
  const source = async (): Promise<string> => written;
  const whole = async (at: string): Promise<void> => {
    assert.equal(await readFile(join(at, 'shell.html'), 'utf8'), 'shell');
    assert.equal(await readFile(join(at, 'assets', 'a.js'), 'utf8'), 'a');
  };

  it('go to the first place that can be written, whole, and stay', async () => {
    await writeFile(join(folder, 'file'), '');
    const second = join(folder, 'second');
    const files = await buildSomewhere({ build, source, kept: [join(folder, 'file', 'first'), second], temporary: folder });
    assert.match(relative(second, files.folder), /^browser-[0-9a-f]{16}$/);
    await files.close();
    await whole(files.folder);
    assert.deepEqual((await readdir(second)).length, 1, 'nothing is left beside it');
  });

  it('are the same for processes that build at once; who comes later finds them; of another source they are others', async () => {
    const at = () => buildSomewhere({ build, source, kept: [join(folder, 'kept')], temporary: folder });
    const made = await Promise.all([at(), at(), at()]);
    assert.equal(new Set(builds).size, 3);
    made.push(await at());
    assert.equal(new Set(made.map((one) => one.folder)).size, 1);
    assert.equal(builds.length, 3, 'what is there is not built again');
    await whole((await at()).folder);
    written = 'fedcba9876543210';
    const other = await buildSomewhere({
      kept: [join(folder, 'kept')],
      temporary: folder,
      source,
      build: async (to) => {
        await build(to);
        await writeFile(join(to, 'shell.html'), 'newer');
      },
    });
    assert.equal(await readFile(join(other.folder, 'shell.html'), 'utf8'), 'newer');
    written = '0123456789abcdef';
    await whole((await at()).folder);
  });

  it('are built again when the source was written meanwhile', async () => {
    const at = await buildSomewhere({
      kept: [join(folder, 'kept')],
      temporary: folder,
      source,
      build: async (to) => {
        written = 'fedcba9876543210';
        await build(to);
      },
    });
    assert.equal(builds.length, 2);
    assert.match(at.folder, /browser-fedcba9876543210$/);
    assert.deepEqual(await readdir(join(folder, 'kept')), ['browser-fedcba9876543210']);
  });

  it('have a source whose hash follows every name and every byte of it', async () => {
    const file = join(folder, 'source', 'deep', 'a.ts');
    await mkdir(join(folder, 'source', 'deep'), { recursive: true });
    await writeFile(join(folder, 'lock.json'), '{}');
    const seen: string[] = [];
    const look = async (): Promise<number> => seen.push(await hashOf([join(folder, 'source'), join(folder, 'lock.json')]));
    await look();
    await writeFile(file, 'one');
    await look();
    await writeFile(file, 'two');
    await look();
    await rename(file, join(folder, 'source', 'a.ts'));
    await look();
    await writeFile(join(folder, 'lock.json'), '{ }');
    await look();
    assert.equal(new Set(seen).size, 5);
    await look();
    assert.equal(seen[5], seen[4]);
  });

  it('go to a folder of this process alone where nothing can be kept, which is removed at the end', async () => {
    await writeFile(join(folder, 'file'), '');
    const files = await buildSomewhere({ build, source, kept: [join(folder, 'file', 'first')], temporary: folder });
    await whole(files.folder);
    await files.close();
    assert.equal(existsSync(files.folder), false);
    await assert.rejects(buildSomewhere({ build, source, kept: [], temporary: join(folder, 'file') }), {
      code: 'STORAGE_FAILED',
      message: /not a folder/,
    });
  });

  it('pass over a disk that is full, and not a fault of the build', async () => {
    let fault: Error = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    const failing = async (to: string): Promise<void> => {
      if (to.includes('first')) throw fault;
      await build(to);
    };
    const kept = [join(folder, 'first'), join(folder, 'second')];
    const files = await buildSomewhere({ build: failing, source, kept, temporary: folder });
    assert.ok(files.folder.startsWith(join(folder, 'second')));
    fault = new Error('no such import');
    await assert.rejects(buildSomewhere({ build: failing, source, kept, temporary: folder }), fault);
    assert.deepEqual(await readdir(join(folder, 'first')), []);
  });
});

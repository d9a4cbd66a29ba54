// SPDX-License-Identifier: Apache-2.0
// One resource, to a file: redirections on the site, and files that cannot be.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download } from '../../../client-runtime/download/download.ts';

describe('download', () => {
  const visit = {
    fetch: async ({ url }: { readonly url: string }): Promise<Response> => {
      const { pathname } = new URL(url);
      const to = { '/docs': 'docs/', '/away': 'http://other.example/', '/round': '/round' }[pathname];
      return to ? new Response('moved', { status: 302, headers: { location: to } }) : new Response(pathname);
    },
  };
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('follows the site to another address of its own', async () => {
    const to = join(folder, 'file');
    assert.equal(await download(visit, 'http://site/docs', { to }), 6);
    assert.equal(await readFile(to, 'utf8'), '/docs/');
    assert.deepEqual(await readdir(folder), ['file']);
  });

  for (const path of ['/away', '/round']) {
    it(`does not follow ${path}`, () =>
      assert.rejects(download(visit, `http://site${path}`, { to: join(folder, 'file') }), { code: 'HTTP_STATUS' }));
  }

  it('tells STORAGE_FAILED when the file cannot be written, and leaves nothing', async () => {
    await mkdir(join(folder, 'taken'));
    await assert.rejects(download(visit, 'http://site/a', { to: join(folder, 'none', 'file') }), { code: 'STORAGE_FAILED' });
    await assert.rejects(download(visit, 'http://site/a', { to: join(folder, 'taken') }), { code: 'STORAGE_FAILED' });
    assert.deepEqual(await readdir(folder), ['taken']);
  });
});

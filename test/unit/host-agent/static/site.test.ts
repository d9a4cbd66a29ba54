// SPDX-License-Identifier: Apache-2.0
// Tests of a folder as a Site: what a visitor gets, header by header.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { MAX_MISSING_PAGE_BYTES, staticSite } from '../../../../host-agent/static/site.ts';
import { PortholeError } from '../../../../proto/errors.ts';
import { MAX_DATA_BYTES } from '../../../../proto/limits.ts';
import { type Ask, bytesOf, folderWith, openBelow, patterned, put, removeFolders, siteOf, stillOpenBelow } from './fixture.ts';

const long = patterned(MAX_DATA_BYTES * 3 + 1);

describe('static/site', () => {
  let path: string;
  let ask: Ask;

  beforeEach(async () => {
    path = await folderWith({
      'index.html': '<h1>Home</h1>',
      'docs/index.html': '<h1>Docs</h1>',
      'bare/a.txt': 'a',
      'text.txt': 'Grüße',
      'long.bin': long,
      empty: '',
      '.env': 'SECRET=1',
      '.well-known/security.txt': 'Contact: mailto:a@b.example',
    });
    ask = await siteOf(path);
  });
  afterEach(async () => {
    assert.deepEqual(await stillOpenBelow(path), [], 'every file is closed');
    await removeFolders();
  });

  it('rejects a missing folder with FOLDER_MISSING', async () => {
    await assert.rejects(staticSite(join(path, 'none')), (error) => error instanceof PortholeError && error.code === 'FOLDER_MISSING');
  });

  describe('files', () => {
    it('come whole, with length, type, validators, and what else a visitor needs', async () => {
      const response = await ask('/text.txt');
      assert.equal(response.status, 200);
      const { etag, 'last-modified': modified, ...headers } = Object.fromEntries(response.headers);
      assert.deepEqual(headers, {
        'accept-ranges': 'bytes',
        'cache-control': 'no-cache',
        'content-length': '7',
        'content-type': 'text/plain; charset=utf-8',
        'repr-digest': `sha-256=:${createHash('sha256').update('Grüße').digest('base64')}:`,
        vary: 'Accept-Encoding',
        'x-content-type-options': 'nosniff',
      });
      assert.match(String(etag), /^"[^"]+"$/);
      assert.equal(Date.parse(String(modified)), Math.floor((await fs.stat(join(path, 'text.txt'))).mtimeMs / 1000) * 1000);
      assert.equal(await response.text(), 'Grüße');
    });

    const sizes = [0, 1, MAX_DATA_BYTES - 1, MAX_DATA_BYTES, MAX_DATA_BYTES + 1, 2 * MAX_DATA_BYTES, 1_000_000];
    for (const size of sizes) {
      it(`of ${size} bytes come as they are`, async () => {
        await put(path, 'sized', patterned(size));
        const response = await ask('/sized');
        assert.equal(response.headers.get('content-length'), String(size));
        assert.deepEqual(await bytesOf(response), patterned(size));
      });
    }

    it('have the type of their name and of their first bytes, also as a compressed copy', async () => {
      const old = Buffer.from('<meta charset=iso-8859-1>caf\xe9', 'latin1');
      await put(path, 'old.html', old);
      await put(path, 'old.html.gz', gzipSync(old));
      await put(path, 'NOTES', 'shown');
      await put(path, 'long.log', `${'x'.repeat(MAX_DATA_BYTES - 1)}é`);
      const types = {
        '/text.txt': 'text/plain; charset=utf-8',
        '/old.html': 'text/html',
        '/NOTES': 'text/plain; charset=utf-8',
        '/long.log': 'text/plain; charset=utf-8',
        '/empty': 'application/octet-stream',
      };
      for (const [asked, type] of Object.entries(types)) {
        for (const coding of ['identity', 'gzip']) {
          // Asked again its hash is known, and what is read of it is not the same.
          for (const method of ['HEAD', 'GET', 'GET']) {
            const response = await ask(asked, { 'accept-encoding': coding }, { method });
            assert.equal(response.headers.get('content-type'), type, `${method} ${asked} ${coding}`);
            await response.arrayBuffer();
          }
        }
      }
      const part = await ask('/text.txt', { range: 'bytes=0-1' });
      assert.deepEqual([part.headers.get('content-type'), await part.text()], ['text/plain; charset=utf-8', 'Gr']);
    });

    it('that are compressed by their kind say so, in parts too', async () => {
      const picture = gzipSync('<svg xmlns="http://www.w3.org/2000/svg"/>');
      await put(path, 'a.svgz', picture);
      const response = await ask('/a.svgz');
      assert.deepEqual([response.headers.get('content-type'), response.headers.get('content-encoding')], ['image/svg+xml', 'gzip']);
      assert.deepEqual(await bytesOf(response), picture);
      const part = await ask('/a.svgz', { range: 'bytes=0-3' });
      assert.deepEqual([part.status, part.headers.get('content-encoding')], [206, 'gzip']);
      await part.arrayBuffer();
    });

    it('are found by names with spaces, signs, and letters of any script', async () => {
      for (const name of ['a b.txt', '50%.txt', 'q?#&.txt', 'é.txt', '日本.txt', 'a:b.txt', '👋.txt']) {
        await put(path, name, name);
        assert.equal(await (await ask(`/${encodeURIComponent(name)}`)).text(), name);
      }
    });

    it('change, appear and go as they do on disk', async () => {
      const before = await ask('/text.txt');
      await put(path, 'text.txt', 'another');
      const after = await ask('/text.txt');
      assert.notEqual(after.headers.get('etag'), before.headers.get('etag'));
      assert.equal(await after.text(), 'another');
      await before.text();
      await put(path, 'fresh.txt', 'fresh');
      assert.equal(await (await ask('/fresh.txt')).text(), 'fresh');
      await fs.rm(join(path, 'fresh.txt'));
      assert.equal((await ask('/fresh.txt')).status, 404);
    });

    it('are whole, old or new, while they are replaced and written in place', async () => {
      const contents = ['a'.repeat(5000), 'b'.repeat(3000)];
      const replace = async (turn: number): Promise<void> => {
        await put(path, 'next', contents[turn % 2] ?? '');
        await fs.rename(join(path, 'next'), join(path, 'busy.txt'));
      };
      await replace(0);
      let going = true;
      const writing = (async () => {
        for (let turn = 1; going; turn++) await replace(turn);
      })();
      try {
        for (let i = 0; i < 200; i++) {
          const response = await ask('/busy.txt');
          const text = await response.text();
          assert.ok(contents.includes(text) && response.headers.get('content-length') === String(text.length));
        }
      } finally {
        going = false;
        await writing;
      }
    });

    it('that are long are closed when the visitor cancels, or goes away', async () => {
      await (await ask('/long.bin')).body?.cancel();
      const reader = (await ask('/long.bin')).body?.getReader();
      await reader?.read();
      await reader?.cancel();
      assert.deepEqual(await openBelow(path), []);
      const abort = new AbortController();
      const response = await ask('/long.bin', {}, { signal: abort.signal });
      assert.equal((await openBelow(path)).length, 1);
      abort.abort();
      await assert.rejects(response.arrayBuffer());
      await assert.rejects(ask('/text.txt', {}, { signal: AbortSignal.abort() }));
    });
  });

  describe('folders', () => {
    it('show their index page', async () => {
      assert.equal(await (await ask('/')).text(), '<h1>Home</h1>');
      assert.equal(await (await ask('/docs/?q=1')).text(), '<h1>Docs</h1>');
    });

    it('have addresses that end with a slash, and keep the query', async () => {
      for (const [from, to] of [
        ['/docs', '/docs/'],
        ['/docs?a=1&b=%2F', '/docs/?a=1&b=%2F'],
        ['/bare', '/bare/'],
      ]) {
        const response = await ask(from ?? '');
        assert.deepEqual([response.status, response.headers.get('location')], [308, to]);
      }
      await put(path, 'ä b/index.html', '');
      assert.equal((await ask('/%C3%A4%20b')).headers.get('location'), '/%C3%A4%20b/');
    });

    it('never send a visitor to another host', async () => {
      for (const asked of ['//evil.example', '//docs', '/%2fevil.example', '/\\evil.example', '/docs//']) {
        const response = await ask(asked);
        assert.deepEqual([response.status, response.headers.get('location')], [404, null], asked);
      }
    });

    it('without an index are listed, unless that is switched off', async () => {
      const response = await ask('/bare/');
      assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
      assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
      assert.match(await response.text(), /href="\.\/a\.txt"/);
      assert.equal(await (await ask('/')).text(), '<h1>Home</h1>');
      assert.equal((await ask('/none/')).status, 404);
      assert.equal((await ask('/text.txt/')).status, 404);
      const head = await ask('/bare/', {}, { method: 'HEAD' });
      assert.deepEqual([head.headers.get('content-length') === '0', await head.text()], [false, '']);
      const unlisted = await siteOf(path, { listing: false });
      assert.equal((await unlisted('/bare/')).status, 404);
      assert.equal((await unlisted('/text.txt?porthole=thumbnail')).status, 200, 'a query like any other');
    });

    it('have index.html or else index.htm for their page', async () => {
      await put(path, 'bare/index.htm', 'htm');
      assert.equal(await (await ask('/bare/')).text(), 'htm');
      await put(path, 'bare/index.html', 'html');
      assert.equal(await (await ask('/bare/')).text(), 'html');
    });

    it('come compressed where the visitor can undo it', async () => {
      for (const [coding, undo] of [
        ['gzip', gunzipSync],
        ['br', brotliDecompressSync],
      ] as const) {
        const response = await ask('/bare/', { 'accept-encoding': coding });
        assert.deepEqual([response.headers.get('content-encoding'), response.headers.get('vary')], [coding, 'Accept-Encoding']);
        assert.match(undo(await bytesOf(response)).toString(), /a\.txt/);
      }
    });
  });

  describe('a single file', () => {
    it('is a site: its address leads to it, and nothing lies beside it', async () => {
      await put(path, 'a talk.pdf', '%PDF-');
      const single = await siteOf(join(path, 'a talk.pdf'));
      const start = await single('/');
      assert.deepEqual([start.status, start.headers.get('location')], [307, '/a%20talk.pdf']);
      const file = await single('/a%20talk.pdf');
      assert.deepEqual([file.status, file.headers.get('content-type'), await file.text()], [200, 'application/pdf', '%PDF-']);
      for (const asked of ['/text.txt', '/docs/', '/a%20talk.pdf/', '/x']) assert.equal((await single(asked)).status, 404, asked);
      await fs.rm(join(path, 'a talk.pdf'));
      assert.equal((await single('/a%20talk.pdf')).status, 404);
    });

    it('may be a link, and is no compressed copy of what lies beside it', async () => {
      await put(path, 'text.txt.gz', gzipSync('beside'));
      await fs.symlink('text.txt', join(path, 'shown.txt'));
      const single = await siteOf(join(path, 'shown.txt'));
      assert.equal(await (await single('/shown.txt', { 'accept-encoding': 'gzip' })).text(), 'Grüße');
    });

    it('is refused where it cannot be read, or no link can carry its name', async () => {
      const code = (expected: string) => (error: unknown) => error instanceof PortholeError && error.code === expected;
      await put(path, 'back\\slash', '');
      await assert.rejects(staticSite(join(path, 'back\\slash')), code('CONFIG_INVALID'));
      await fs.chmod(path, 0o755);
      await fs.chmod(join(path, 'text.txt'), 0);
      const root = process.geteuid?.() === 0;
      if (root) process.seteuid?.(65534);
      try {
        await assert.rejects(staticSite(join(path, 'text.txt')), code('FOLDER_MISSING'));
      } finally {
        if (root) process.seteuid?.(0);
      }
    });
  });

  describe('what visitors may not have', () => {
    it('is missing: dot names, climbing, encoded separators, NUL', async () => {
      await put(path, 'sub/.git/config', 'secret');
      const paths = ['/.env', '/%2eenv', '/sub/.git/config', '/sub/%2egit/config', '/..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd']
        .concat([
          '/..%5c..%5cetc',
          '/docs%2findex.html',
          '/docs%5cindex.html',
          '/text.txt%00',
          '/text.txt%00.html',
          '/text.txt/',
          '/text.txt/x',
        ])
        .concat([`/${'x'.repeat(300)}`, `/${'x/'.repeat(2500)}`]);
      for (const asked of paths) assert.equal((await ask(asked)).status, 404, asked);
      assert.equal((await ask('/%ff')).status, 400);
      assert.equal((await ask('/.well-known/security.txt')).status, 200);
    });

    it('is missing: whatever a link leads to outside', async () => {
      const outside = await folderWith({ 'secret.txt': 'secret', 'index.html': 'secret' });
      await fs.symlink(outside, join(path, 'out'));
      await fs.symlink(join(outside, 'secret.txt'), join(path, 'out.txt'));
      await put(path, 'page', 'page');
      await fs.symlink(join(outside, 'secret.txt'), join(path, 'page.gz'));
      for (const asked of ['/out', '/out/', '/out/secret.txt', '/out.txt']) assert.equal((await ask(asked)).status, 404, asked);
      assert.equal(await (await ask('/page', { 'accept-encoding': 'gzip' })).text(), 'page');
      await fs.symlink(join(outside, 'secret.txt'), join(path, '404.html'));
      assert.ok(!(await (await ask('/none')).text()).includes('secret'));
    });

    it('is missing: settings of Porthole, and what is excluded', async () => {
      await put(path, 'porthole.config.json', '{"passwordFile":"pw"}');
      await put(path, 'docs/Porthole.Config.JSON', '{}');
      await put(path, 'own/sites/key.pem', 'secret');
      await fs.symlink('porthole.config.json', join(path, 'link.json'));
      await fs.symlink('own', join(path, 'way'));
      const site = await siteOf(path, { exclude: [join(path, 'own')] });
      const secrets = [
        '/porthole.config.json',
        '/docs/Porthole.Config.JSON',
        '/link.json',
        '/own/',
        '/own/sites/key.pem',
        '/way/sites/key.pem',
      ];
      for (const asked of secrets) assert.equal((await site(asked)).status, 404, asked);
      const listed = await (await site('/')).text();
      await fs.rm(join(path, 'index.html'));
      const names = await (await site('/')).text();
      assert.ok(listed && !/config|"\.\/own|"\.\/way/.test(names));
      assert.match(names, /Not shown: hidden files, 2 links that lead out or nowhere/);
    });

    it('is forbidden: a file that we may not read', async () => {
      await fs.chmod(path, 0o755);
      await fs.chmod(join(path, 'text.txt'), 0o000);
      const root = process.geteuid?.() === 0;
      if (root) process.seteuid?.(65534);
      try {
        assert.equal((await ask('/text.txt')).status, 403);
        assert.equal((await ask('/long.bin', {}, { method: 'HEAD' })).status, 200);
      } finally {
        if (root) process.seteuid?.(0);
      }
    });

    it('is put off with 503 when too many files are open', async () => {
      const script = `
        import { openSync } from 'node:fs';
        import { staticSite } from ${JSON.stringify(new URL('../../../../host-agent/static/site.ts', import.meta.url).href)};
        const site = await staticSite(${JSON.stringify(path)});
        const ask = () => site(new Request('http://site.localhost/text.txt'), { session: '1', via: 'memory', agent: '', who: 'anyone' });
        const before = await ask();
        try { for (;;) openSync('/dev/null'); } catch {}
        const full = await ask();
        console.log(before.status, full.status, full.headers.get('retry-after'));`;
      const command = 'ulimit -n 64; exec "$0" --input-type=module -e "$1"';
      const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, script]);
      assert.equal(stdout.trim(), '200 503 1');
    });
  });

  describe('missing pages', () => {
    it('are a page to browsers and a line to others', async () => {
      const page = await ask('/none', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
      assert.deepEqual([page.status, page.headers.get('content-type')], [404, 'text/html; charset=utf-8']);
      const html = await page.text();
      assert.match(html, /<!doctype html>/);
      assert.equal(page.headers.get('content-length'), String(Buffer.byteLength(html)));
      for (const accept of ['*/*', 'application/json', 'text/html;q=0']) {
        const line = await ask('/none', { accept });
        assert.deepEqual([line.status, line.headers.get('content-type')], [404, 'text/plain; charset=utf-8'], accept);
        assert.ok(!(await line.text()).includes('<'));
      }
    });

    it("are the folder's own 404.html where there is one, for who can take it", async () => {
      await put(path, '404.html', '<h1>Lost</h1>');
      const takers: Record<string, string>[] = [{}, { accept: 'text/html' }, { accept: '*/*' }];
      for (const headers of takers) {
        const own = await ask('/none/at/all', headers);
        assert.deepEqual([own.status, own.headers.get('content-type'), own.headers.get('etag')], [404, 'text/html; charset=utf-8', null]);
        assert.deepEqual([own.headers.get('content-security-policy'), await own.text()], [null, '<h1>Lost</h1>']);
      }
      assert.match(await (await ask('/none', { accept: 'application/json' })).text(), /^404 /);
      assert.equal((await ask('/404.html')).status, 200);
    });

    it('are ours when 404.html has more than MAX_MISSING_PAGE_BYTES', async () => {
      await put(path, '404.html', 'x'.repeat(MAX_MISSING_PAGE_BYTES));
      assert.equal((await (await ask('/none')).text()).length, MAX_MISSING_PAGE_BYTES);
      await put(path, '404.html', 'x'.repeat(MAX_MISSING_PAGE_BYTES + 1));
      assert.match(await (await ask('/none')).text(), /^404 /);
    });
  });
});

// SPDX-License-Identifier: Apache-2.0
// The files for browsers on the wire: which form of a file an asker gets, and for how long it is good.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { cleanUp, folder, host, http, openSuite, PAGE } from './helper.ts';

const CONTENT: Readonly<Record<string, string>> = {
  'shell.html': `<!doctype html><title>shell</title>${'<p>text</p>'.repeat(50)}`,
  'sw.js': `// worker\n${'// and more of it\n'.repeat(50)}`,
  'assets/chunk-A1B2C3D4.js': `// hashed\n${'// and more of it\n'.repeat(50)}`,
};
const INLINE = ["'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='"];

describe('files for browsers', () => {
  afterEach(cleanUp);

  type At = (path: string, headers?: Record<string, string>) => ReturnType<typeof http>;
  async function site(): Promise<At> {
    const browserAssets = await folder();
    await mkdir(join(browserAssets, 'assets'));
    for (const [name, text] of Object.entries(CONTENT)) {
      await writeFile(join(browserAssets, name), text);
      await writeFile(join(browserAssets, `${name}.br`), brotliCompressSync(text));
      await writeFile(join(browserAssets, `${name}.gz`), gzipSync(text));
    }
    await writeFile(join(browserAssets, 'assets/lone-A1B2C3D4.js'), '// has no other form');
    await writeFile(join(browserAssets, 'build.json'), JSON.stringify({ first: [], later: [], inline: INLINE }));
    const suite = await openSuite({ browserAssets });
    await host(suite, 'demo', {});
    return (path, headers) => http(suite, path, { host: `demo.localhost:${suite.port}`, headers: headers ?? {} });
  }

  const UNDO: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    br: (bytes) => brotliDecompressSync(bytes),
    gzip: (bytes) => gunzipSync(bytes),
    '': (bytes) => bytes,
  };

  it('come in the best form that the asker takes, and say so', async () => {
    const at = await site();
    for (const [path, name] of [
      ['/', 'shell.html'],
      ['/deep/in/the/site?x=1', 'shell.html'],
      ['/.porthole/sw.js', 'sw.js'],
      ['/.porthole/assets/chunk-A1B2C3D4.js', 'assets/chunk-A1B2C3D4.js'],
    ] as const) {
      const lengths = new Set<number>();
      for (const [accepted, coding] of [
        [undefined, ''],
        ['identity', ''],
        ['gzip, deflate', 'gzip'],
        ['gzip, deflate, br, zstd', 'br'],
        ['br', 'br'],
        ['br;q=0, gzip', 'gzip'],
        ['br;q=0, gzip;q=0', ''],
        ['gzip;q=0', ''],
        ['br;q=0.1, gzip;q=0.9', 'gzip'],
        ['compress', ''],
      ] as const) {
        const asked = `${path} ${accepted}`;
        const headers = { ...(name === 'shell.html' ? PAGE : {}), ...(accepted === undefined ? {} : { 'Accept-Encoding': accepted }) };
        const { status, headers: said, bytes } = await at(path, headers);
        assert.equal(status, 200, asked);
        assert.equal(said['content-encoding'] ?? '', coding, asked);
        assert.match(said.vary ?? '', /\baccept-encoding\b/i, asked);
        assert.equal(said['content-length'], String(bytes.length), asked);
        assert.match(said['content-type'] ?? '', name === 'shell.html' ? /^text\/html/ : /javascript/, asked);
        assert.equal(UNDO[coding]?.(bytes).toString(), CONTENT[name], asked);
        lengths.add(bytes.length);
      }
      assert.equal(lengths.size, 3, 'three forms');
    }
    const lone = await at('/.porthole/assets/lone-A1B2C3D4.js', { 'Accept-Encoding': 'br, gzip' });
    assert.deepEqual([lone.status, lone.headers['content-encoding']], [200, undefined]);
  });

  it('are asked about again, or good for ever where the name has the hash; each form has its own tag', async () => {
    const at = await site();
    const tags = new Set<string>();
    for (const [path, control, given] of [
      ['/', 'no-cache', PAGE],
      ['/.porthole/sw.js', 'no-cache', {}],
      ['/.porthole/assets/chunk-A1B2C3D4.js', 'public, max-age=31536000, immutable', {}],
    ] as const) {
      for (const coding of ['identity', 'gzip', 'br']) {
        const headers = { ...given, 'Accept-Encoding': coding };
        const first = await at(path, headers);
        assert.equal(first.headers['cache-control'], control, path);
        const tag = first.headers.etag ?? '';
        assert.ok(tag !== '' && !tags.has(`${path} ${tag}`), `${path} ${coding} ${tag}`);
        tags.add(`${path} ${tag}`);
        const again = await at(path, { ...headers, 'If-None-Match': tag });
        assert.deepEqual([again.status, again.bytes.length, again.headers['cache-control']], [304, 0, control], path);
        assert.match(again.headers.vary ?? '', /\baccept-encoding\b/i, path);
        assert.equal((await at(path, { ...headers, 'If-None-Match': '"other"' })).status, 200);
      }
    }
  });

  it('keep the headers of the shell and the worker in every form', async () => {
    const at = await site();
    for (const coding of ['identity', 'gzip', 'br']) {
      const shell = await at('/', { ...PAGE, 'Accept-Encoding': coding });
      const policy = shell.headers['content-security-policy'] ?? '';
      assert.ok(String(policy).includes(`script-src 'self' ${INLINE[0]};`), String(policy));
      assert.match(shell.headers.vary ?? '', /Sec-Fetch-Dest/i);
      assert.equal(shell.headers['referrer-policy'], 'same-origin');
      const worker = await at('/.porthole/sw.js', { 'Accept-Encoding': coding, 'Service-Worker': 'script' });
      assert.deepEqual([worker.status, worker.headers['service-worker-allowed']], [200, '/']);
    }
  });

  it('are asked for by one name: the other forms have none, and the build’s own file is nobody’s', async () => {
    const at = await site();
    for (const path of ['sw.js.br', 'sw.js.gz', 'shell.html.br', 'assets/chunk-A1B2C3D4.js.gz', 'build.json']) {
      assert.equal((await at(`/.porthole/${path}`)).status, 404, path);
    }
  });
});

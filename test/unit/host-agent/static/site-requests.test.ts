// SPDX-License-Identifier: Apache-2.0
// Tests of a folder as a Site: methods, conditions, ranges, and compressed copies.

import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { MAX_DATA_BYTES } from '../../../../proto/limits.ts';
import { type Ask, bytesOf, folderWith, patterned, put, removeFolders, siteOf, stillOpenBelow } from './fixture.ts';

const long = patterned(MAX_DATA_BYTES * 3 + 1);

describe('static/site: requests', () => {
  let path: string;
  let ask: Ask;

  beforeEach(async () => {
    path = await folderWith({
      'index.html': '<h1>Home</h1>',
      'docs/index.html': '<h1>Docs</h1>',
      'text.txt': 'Grüße',
      'long.bin': long,
      empty: '',
    });
    ask = await siteOf(path);
  });
  afterEach(async () => {
    assert.deepEqual(await stillOpenBelow(path), [], 'every file is closed');
    await removeFolders();
  });

  describe('methods', () => {
    it('HEAD answers as GET does, without the body', async () => {
      for (const asked of ['/text.txt', '/long.bin', '/', '/empty', '/none', '/docs', '/long.bin?x']) {
        const [get, head] = [await ask(asked), await ask(asked, {}, { method: 'HEAD' })];
        assert.deepEqual([head.status, Object.fromEntries(head.headers)], [get.status, Object.fromEntries(get.headers)], asked);
        assert.equal(head.body, null);
        await get.arrayBuffer();
      }
      const ranged = await ask('/long.bin', { range: 'bytes=0-1' }, { method: 'HEAD' });
      assert.deepEqual([ranged.status, ranged.headers.get('content-length')], [200, String(long.length)], 'Range is for GET alone');
    });

    it('OPTIONS says what there is; any other method is refused', async () => {
      const options = await ask('/text.txt', {}, { method: 'OPTIONS' });
      assert.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, HEAD, OPTIONS']);
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND']) {
        const response = await ask('/text.txt', {}, { method });
        assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD, OPTIONS'], method);
      }
    });
  });

  describe('conditions', () => {
    it('answer 304 without a body, with what a cache needs', async () => {
      const first = await ask('/text.txt');
      const etag = String(first.headers.get('etag'));
      await first.text();
      for (const method of ['GET', 'HEAD']) {
        const response = await ask('/text.txt', { 'if-none-match': `"x", W/${etag}` }, { method });
        assert.deepEqual([response.status, response.body, response.headers.get('etag')], [304, null, etag]);
        assert.deepEqual([response.headers.get('content-length'), response.headers.get('vary')], [null, 'Accept-Encoding']);
      }
      const dated = await ask('/text.txt', { 'if-modified-since': String(first.headers.get('last-modified')) });
      assert.equal(dated.status, 304);
      assert.equal((await ask('/text.txt', { 'if-none-match': etag, range: 'bytes=0-1' })).status, 304, 'before Range');
      await put(path, 'text.txt', 'changed');
      assert.equal((await ask('/text.txt', { 'if-none-match': etag })).status, 200);
    });

    it('answer 412, and leave a missing file missing', async () => {
      assert.equal((await ask('/text.txt', { 'if-match': '"x"' })).status, 412);
      assert.equal((await ask('/text.txt', { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).status, 412);
      assert.equal((await ask('/none', { 'if-match': '"x"' })).status, 404);
    });
  });

  describe('ranges', () => {
    it('give one part', async () => {
      const { length } = long;
      const cases: [range: string, first: number, last: number][] = [
        ['bytes=0-0', 0, 0],
        ['bytes=10-19', 10, 19],
        ['bytes=-7', length - 7, length - 1],
        [`bytes=${length - 3}-`, length - 3, length - 1],
        ['bytes=0-', 0, length - 1],
        [`bytes=5-${MAX_DATA_BYTES + 5}`, 5, MAX_DATA_BYTES + 5],
        [`bytes=${MAX_DATA_BYTES}-${9 * length}`, MAX_DATA_BYTES, length - 1],
      ];
      for (const [range, first, last] of cases) {
        const response = await ask('/long.bin', { range });
        assert.equal(response.status, 206);
        assert.equal(response.headers.get('content-range'), `bytes ${first}-${last}/${length}`);
        assert.equal(response.headers.get('content-length'), String(last - first + 1));
        assert.ok(response.headers.get('etag') && response.headers.get('last-modified'));
        assert.deepEqual(await bytesOf(response), long.subarray(first, last + 1), range);
      }
    });

    it('give several parts as multipart/byteranges, of the length they say', async () => {
      const response = await ask('/long.bin', { range: `bytes=70000-70004,0-${MAX_DATA_BYTES},-3` });
      assert.equal(response.status, 206);
      assert.equal(response.headers.get('content-range'), null);
      const [, boundary] = /^multipart\/byteranges; boundary=([0-9a-f-]+)$/.exec(response.headers.get('content-type') ?? '') ?? [];
      assert.ok(boundary);
      const body = await bytesOf(response);
      assert.equal(response.headers.get('content-length'), String(body.length));
      const part = (first: number, last: number) =>
        Buffer.concat([
          Buffer.from(
            `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${first}-${last}/${long.length}\r\n\r\n`,
          ),
          long.subarray(first, last + 1),
          Buffer.from('\r\n'),
        ]);
      const parts = [part(70000, 70004), part(0, MAX_DATA_BYTES), part(long.length - 3, long.length - 1)];
      assert.deepEqual(body, Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]));
    });

    it('answer 416 when there is nothing of them, and are ignored when they are no ranges', async () => {
      for (const [asked, range, size] of [
        ['/long.bin', `bytes=${long.length}-`, long.length],
        ['/empty', 'bytes=0-', 0],
      ] as const) {
        const response = await ask(asked, { range });
        assert.deepEqual([response.status, response.headers.get('content-range')], [416, `bytes */${size}`]);
      }
      for (const range of ['lines=1-2', 'bytes=2-1', 'bytes=x']) {
        const response = await ask('/text.txt', { range });
        assert.deepEqual([response.status, await response.text()], [200, 'Grüße']);
      }
    });

    it('count only for the file that If-Range means', async () => {
      const whole = await ask('/text.txt', {}, { method: 'HEAD' });
      const status = async (ifRange: string) => (await ask('/text.txt', { range: 'bytes=0-1', 'if-range': ifRange })).status;
      assert.equal(await status(String(whole.headers.get('etag'))), 206);
      assert.equal(await status(String(whole.headers.get('last-modified'))), 206);
      assert.equal(await status(`W/${whole.headers.get('etag')}`), 200);
      assert.equal(await status('"another"'), 200);
      assert.equal(await status('Thu, 01 Jan 1970 00:00:00 GMT'), 200);
      const beyond = await ask('/text.txt', { range: 'bytes=99-', 'if-range': '"another"' });
      assert.deepEqual([beyond.status, await beyond.text()], [200, 'Grüße']);
    });

    it('are the bytes of the file, wherever they begin and end', async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(long.length - 1), fc.nat(long.length - 1), async (one, other) => {
          const [first, last] = [Math.min(one, other), Math.max(one, other)];
          const response = await ask('/long.bin', { range: `bytes=${first}-${last}` });
          assert.ok((await bytesOf(response)).equals(long.subarray(first, last + 1)));
        }),
        { numRuns: 50 },
      );
    });
  });

  describe('compressed copies', () => {
    const text = 'a page '.repeat(20_000);
    const zipped = gzipSync(text);

    beforeEach(async () => {
      await put(path, 'page.html', text);
      await put(path, 'page.html.gz', zipped);
    });

    it('go to who can decode them, with the type and a tag of their own', async () => {
      const plain = await ask('/page.html', {}, { method: 'HEAD' });
      const response = await ask('/page.html', { 'accept-encoding': 'gzip, deflate, br' });
      const { headers } = response;
      assert.deepEqual([headers.get('content-encoding'), headers.get('content-type')], ['gzip', 'text/html; charset=utf-8']);
      assert.deepEqual([headers.get('content-length'), headers.get('vary')], [String(zipped.length), 'Accept-Encoding']);
      assert.notEqual(headers.get('etag'), plain.headers.get('etag'));
      assert.equal(gunzipSync(await bytesOf(response)).toString(), text);
      assert.deepEqual([plain.headers.get('content-encoding'), plain.headers.get('vary')], [null, 'Accept-Encoding']);
      const again = await ask('/page.html', { 'accept-encoding': 'gzip', 'if-none-match': String(headers.get('etag')) });
      assert.equal(again.status, 304);
    });

    it('are chosen by preference, brotli first', async () => {
      await put(path, 'page.html.br', 'not looked into');
      const coding = async (accept: string) =>
        (await ask('/page.html', { 'accept-encoding': accept }, { method: 'HEAD' })).headers.get('content-encoding');
      assert.equal(await coding('gzip, br'), 'br');
      assert.equal(await coding('gzip, br;q=0.1'), 'gzip');
      assert.equal(await coding('br;q=0, gzip'), 'gzip');
      assert.equal(await coding('identity, *;q=0'), null);
      await fs.rm(join(path, 'page.html.br'));
      assert.equal(await coding('gzip, br'), 'gzip');
    });

    it('serve index pages, and are files of their own by their own names', async () => {
      await put(path, 'index.html.gz', gzipSync('<h1>Home</h1>'));
      assert.equal((await ask('/', { 'accept-encoding': 'gzip' })).headers.get('content-encoding'), 'gzip');
      const own = await ask('/page.html.gz', { 'accept-encoding': 'gzip' });
      assert.deepEqual([own.headers.get('content-encoding'), own.headers.get('content-type')], [null, 'application/gzip']);
      await own.body?.cancel();
    });

    it('older than their original are passed over', async () => {
      const seconds = Date.now() / 1000;
      await fs.utimes(join(path, 'page.html'), seconds, seconds);
      await fs.utimes(join(path, 'page.html.gz'), seconds - 10, seconds - 10);
      const response = await ask('/page.html', { 'accept-encoding': 'gzip' }, { method: 'HEAD' });
      assert.equal(response.headers.get('content-encoding'), null);
      await fs.utimes(join(path, 'page.html.gz'), seconds - 1, seconds - 1);
      const near = await ask('/page.html', { 'accept-encoding': 'gzip' }, { method: 'HEAD' });
      assert.equal(near.headers.get('content-encoding'), 'gzip');
    });

    it('are not cut up, except to go on with one that was begun', async () => {
      const plain = await ask('/page.html', { 'accept-encoding': 'gzip', range: 'bytes=0-6' });
      assert.deepEqual([plain.status, plain.headers.get('content-encoding'), await plain.text()], [206, null, 'a page ']);
      const begun = await ask('/page.html', { 'accept-encoding': 'gzip' }, { method: 'HEAD' });
      const rest = await ask('/page.html', {
        'accept-encoding': 'gzip',
        range: 'bytes=10-',
        'if-range': String(begun.headers.get('etag')),
      });
      assert.deepEqual([rest.status, rest.headers.get('content-encoding')], [206, 'gzip']);
      assert.equal(rest.headers.get('content-range'), `bytes 10-${zipped.length - 1}/${zipped.length}`);
      assert.deepEqual(await bytesOf(rest), zipped.subarray(10));
      const several = await ask('/page.html', { 'accept-encoding': 'gzip, identity;q=0', range: 'bytes=0-0,200-' });
      assert.deepEqual([several.status, several.headers.get('content-encoding')], [200, 'gzip']);
      assert.deepEqual(await bytesOf(several), zipped);
    });
  });
});

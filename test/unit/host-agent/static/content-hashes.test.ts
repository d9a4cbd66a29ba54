// SPDX-License-Identifier: Apache-2.0
// Content by its hash: which tags a file has before and after, that its first byte does not wait, and what a restart keeps.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ContentHashes,
  HASH_WAIT_MS,
  IDLE_MS,
  MAX_URGENT,
  MAX_WAITING_FILES,
  openContentHashes,
  SETTLED_MS,
} from '../../../../host-agent/static/content-hashes.ts';
import type { FileFacts } from '../../../../host-agent/static/facts.ts';
import type { Folder } from '../../../../host-agent/static/folder.ts';
import { HashCache } from '../../../../host-agent/static/hash-cache.ts';
import { openFolder } from '../../../../host-agent/static/open-folder.ts';
import { MAX_DATA_BYTES } from '../../../../proto/limits.ts';
import { fakeClock } from '../../../support/clock.ts';
import { bytesOf, folderWith, patterned, put, removeFolders, siteOf, stillOpenBelow } from './fixture.ts';

const long = patterned(3_000_000);
const short = patterned(MAX_DATA_BYTES);
const tagOf = (bytes: Uint8Array): string => `"sha256.${createHash('sha256').update(bytes).digest('base64url')}"`;
const digestOf = (bytes: Uint8Array): string => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
/** A time at which files that are written now have settled. */
const later = (): number => Date.now() + SETTLED_MS + 1000;

describe('static/content-hashes', () => {
  let path: string;
  let folder: Folder;
  beforeEach(async () => {
    path = await folderWith({ 'long.bin': long, 'short.bin': short });
    folder = await openFolder(path);
  });
  afterEach(async () => {
    assert.deepEqual(await stillOpenBelow(path), [], 'every file is closed');
    await removeFolders();
  });

  const factsOf = async (name: string): Promise<FileFacts> => {
    const file = await folder.open(name);
    assert.ok(typeof file !== 'string');
    file.fd.close();
    return file.facts;
  };

  it('a short file has the tag and the digest of its content at once, for the whole, a part and its head', async () => {
    const ask = await siteOf(path);
    for (const [headers, method] of [
      [{}, 'GET'],
      [{ range: 'bytes=5-9' }, 'GET'],
      [{}, 'HEAD'],
    ] as const) {
      const response = await ask('/short.bin', headers, { method });
      assert.deepEqual([response.headers.get('etag'), response.headers.get('repr-digest')], [tagOf(short), digestOf(short)]);
      if (method === 'GET') assert.deepEqual(await bytesOf(response), 'range' in headers ? short.subarray(5, 10) : short);
    }
    assert.equal((await ask('/short.bin', { 'if-none-match': tagOf(short) })).status, 304);
    await put(path, 'copy.bin', short);
    assert.equal((await ask('/copy.bin', { 'if-none-match': tagOf(short) })).status, 304, 'the same bytes under another name');
    await put(path, 'short.bin', short.toReversed());
    assert.equal((await ask('/short.bin', { 'if-none-match': tagOf(short) })).status, 200);
  });

  it('a short file is read once, and not again while it stays as it is', async () => {
    const hashes = new ContentHashes({ wallClock: later });
    let learned = 0;
    const learn = hashes.learn.bind(hashes);
    hashes.learn = (facts, content) => {
      learned++;
      return learn(facts, content);
    };
    const ask = await siteOf(path, { hashes });
    for (let i = 0; i < 3; i++) assert.equal((await ask('/short.bin', { 'if-none-match': tagOf(short) })).status, 304);
    assert.equal(learned, 1);
    const fresh = new ContentHashes(); // the file was written a moment ago: its time may not tell the next change
    const facts = await factsOf('short.bin');
    fresh.learn(facts, short);
    assert.equal(fresh.known(facts), null);
  });

  it('the first byte of a long file waits for no hash; once it is known, both tags hold, and each is answered by itself', async () => {
    const hashes = new ContentHashes({ wallClock: later });
    const ask = await siteOf(path, { hashes });
    const first = await ask('/long.bin');
    const old = String(first.headers.get('etag'));
    assert.deepEqual([old.startsWith('"sha256.'), first.headers.get('repr-digest')], [false, null]);
    assert.deepEqual(await bytesOf(first), long);

    const named = await ask('/long.bin', { range: 'bytes=10-19', 'if-range': tagOf(long) });
    assert.deepEqual([named.status, named.headers.get('etag'), named.headers.get('repr-digest')], [206, tagOf(long), digestOf(long)]);
    assert.deepEqual(await bytesOf(named), long.subarray(10, 20));

    const second = await ask('/long.bin', {}, { method: 'HEAD' });
    assert.equal(second.headers.get('etag'), tagOf(long));
    for (const tag of [old, tagOf(long)]) {
      const rest = await ask('/long.bin', { range: 'bytes=2999990-', 'if-range': tag });
      assert.deepEqual([rest.status, rest.headers.get('etag')], [206, tag]);
      assert.deepEqual(await bytesOf(rest), long.subarray(2_999_990));
      const same = await ask('/long.bin', { 'if-none-match': tag });
      assert.deepEqual([same.status, same.body, same.headers.get('etag')], [304, null, tag]);
    }
    const other = await ask('/long.bin', { range: 'bytes=0-9', 'if-range': tagOf(short) });
    assert.deepEqual([other.status, other.headers.get('etag')], [200, tagOf(long)]);
    await other.body?.cancel();
  });

  it('a changed file has neither of its former tags', async () => {
    const hashes = new ContentHashes({ wallClock: later });
    const ask = await siteOf(path, { hashes });
    const old = String((await ask('/long.bin', {}, { method: 'HEAD' })).headers.get('etag'));
    assert.equal((await ask('/long.bin', { 'if-none-match': tagOf(long) })).status, 304);
    const changed = Buffer.from(long);
    changed[1_500_000] = (changed[1_500_000] as number) ^ 1;
    await pause(10);
    await put(path, 'long.bin', changed);
    for (const tag of [old, tagOf(long)]) {
      const whole = await ask('/long.bin', { range: 'bytes=5-', 'if-range': tag });
      assert.equal(whole.status, 200);
      await whole.body?.cancel();
    }
    // Put back as it was, with the time of the other one: neither tag of that one holds.
    const { atime, mtime } = await fs.stat(join(path, 'long.bin'));
    const between = String((await ask('/long.bin', {}, { method: 'HEAD' })).headers.get('etag'));
    await put(path, 'long.bin', long);
    await fs.utimes(join(path, 'long.bin'), atime, mtime);
    for (const tag of [between, tagOf(changed)]) {
      const whole = await ask('/long.bin', { 'if-none-match': tag });
      assert.equal(whole.status, 200);
      await whole.body?.cancel();
    }
    assert.equal((await ask('/long.bin', { 'if-none-match': tagOf(long) })).status, 304);
  });

  it('a restart and another machine with the same bytes know a named hash; a kept one without reading', async () => {
    const [data, elsewhere] = [await folderWith(), await folderWith({ 'long.bin': long })];
    const file = join(data, 'hashes');
    const ranged = { range: 'bytes=100-', 'if-range': tagOf(long) };
    const first = new ContentHashes({ cache: await new HashCache(file).load(), wallClock: later });
    const before = await (await siteOf(path, { hashes: first }))('/long.bin', ranged);
    assert.equal(before.status, 206);
    await before.body?.cancel();
    await first.close();

    const second = await openContentHashes(file);
    second.find = () => assert.fail('it was known');
    const after = await (await siteOf(path, { hashes: second }))('/long.bin', ranged);
    assert.deepEqual([after.status, after.headers.get('repr-digest')], [206, digestOf(long)]);
    await after.body?.cancel();
    await second.close();

    const there = await (await siteOf(elsewhere))('/long.bin', ranged);
    assert.equal(there.status, 206);
    assert.deepEqual(await bytesOf(there), long.subarray(100));
  });

  it('long files are hashed ahead when nothing was asked or read for a while', async () => {
    const clock = fakeClock();
    const hashes = new ContentHashes({ ahead: true, clock, wallClock: later });
    const ask = await siteOf(path, { hashes });
    const facts = await factsOf('long.bin');
    await (await ask('/long.bin')).body?.cancel();
    const settle = async (ms: number): Promise<void> => {
      clock.advance(ms);
      for (let i = 0; i < 20; i++) await pause(1);
    };
    await settle(IDLE_MS - 1);
    await ask('/short.bin');
    for (let i = 0; i < 5; i++) {
      await settle(IDLE_MS / 2);
      hashes.touch();
    }
    assert.equal(hashes.known(facts), null, 'there was always something to do');
    for (let i = 0; i < 40 && hashes.known(facts) === null; i++) await settle(IDLE_MS);
    assert.equal(`"sha256.${hashes.known(facts)}"`, tagOf(long));
    await hashes.close();
  });

  it(`notes ${MAX_WAITING_FILES} long files, and hashes ${MAX_URGENT} at once for who waits, up to ${HASH_WAIT_MS} ms`, async () => {
    const clock = fakeClock();
    const hashes = new ContentHashes({ ahead: true, clock });
    const facts = await factsOf('long.bin');
    let opened = 0;
    const reopen = async (): Promise<'missing'> => {
      opened++;
      return 'missing';
    };
    for (let inode = 0; inode < MAX_WAITING_FILES + 10; inode++) hashes.later({ ...facts, inode: BigInt(inode) }, reopen);
    for (let i = 0; i < MAX_WAITING_FILES; i++) {
      clock.advance(IDLE_MS);
      await pause(0);
    }
    assert.equal(opened, MAX_WAITING_FILES);

    const never = (): Promise<never> => new Promise(() => {});
    const waits = Array.from({ length: MAX_URGENT }, (_, i) => hashes.find({ ...facts, inode: BigInt(i) }, never));
    assert.equal(await hashes.find({ ...facts, inode: 99n }, never), null, 'one too many');
    clock.advance(HASH_WAIT_MS);
    assert.deepEqual(await Promise.all(waits), Array(MAX_URGENT).fill(null));
  });

  it('closed, it stops at once and leaves nothing open', async () => {
    const hashes = new ContentHashes({ ahead: true });
    const facts = await factsOf('long.bin');
    const found = hashes.find(facts, () => folder.open('long.bin'));
    hashes.later(facts, () => folder.open('long.bin'));
    await hashes.close();
    await found;
    assert.equal(await hashes.find(facts, () => folder.open('long.bin')), null);
  });
});

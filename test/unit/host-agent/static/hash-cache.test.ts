// SPDX-License-Identifier: Apache-2.0
// The cache of content hashes: what it knows again after a restart, its bound, and a file that is not what it should be.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { FileFacts } from '../../../../host-agent/static/facts.ts';
import { HashCache, MAX_CACHE_BYTES, MAX_HASHES, readCache, SAVE_AFTER_MS, writeCache } from '../../../../host-agent/static/hash-cache.ts';
import { fakeClock } from '../../../support/clock.ts';
import { folderWith, removeFolders } from './fixture.ts';

const HASH = 'a'.repeat(43);
const facts: FileFacts = { device: 2n, inode: 77n, size: 1000, mtimeNs: 1_700_000_000_000_000_001n, ctimeNs: 1_700_000_000_000_000_002n };

describe('static/hash-cache', () => {
  after(removeFolders);

  it('knows a file in the state it had, and no other', () => {
    const cache = new HashCache();
    cache.set(facts, HASH);
    assert.equal(cache.get({ ...facts }), HASH);
    const others: Partial<FileFacts>[] = [{ device: 3n }, { inode: 78n }, { size: 999 }, { mtimeNs: 1n }, { ctimeNs: 1n }];
    for (const other of others) assert.equal(cache.get({ ...facts, ...other }), null);
    cache.set({ ...facts, size: 5 }, 'b'.repeat(43));
    assert.equal(cache.get(facts), null, 'one state a file');
  });

  it('writes a while after the first of several, and at the end; and reads it back', async () => {
    const folder = await folderWith();
    const file = join(folder, 'hashes');
    const clock = fakeClock();
    const cache = await new HashCache(file, clock).load();
    cache.set(facts, HASH);
    clock.advance(SAVE_AFTER_MS - 1);
    assert.deepEqual(readdirSync(folder), []);
    cache.set({ ...facts, inode: 78n }, HASH);
    clock.advance(1);
    await cache.close();
    assert.deepEqual(readdirSync(folder), ['hashes'], 'nothing else is left');
    const again = await new HashCache(file, clock).load();
    assert.deepEqual([again.get(facts), again.get({ ...facts, inode: 78n })], [HASH, HASH]);
    again.set({ ...facts, inode: 79n }, HASH);
    await again.close();
    assert.equal((await new HashCache(file).load()).get({ ...facts, inode: 79n }), HASH);
  });

  it(`keeps ${MAX_HASHES}, the latest, whose text fits`, () => {
    const cache = new HashCache();
    const of = (inode: number): FileFacts => ({ ...facts, inode: BigInt(inode) });
    for (let inode = 0; inode <= MAX_HASHES; inode++) cache.set(of(inode), HASH);
    assert.deepEqual([cache.get(of(0)), cache.get(of(1)), cache.get(of(MAX_HASHES))], [null, HASH, HASH]);
    const longest = { device: 2n ** 64n - 1n, inode: 2n ** 64n - 1n, size: Number.MAX_SAFE_INTEGER, hash: HASH };
    const entry = { ...longest, mtimeNs: 2n ** 64n - 1n, ctimeNs: 2n ** 64n - 1n };
    const text = writeCache(Array(MAX_HASHES).fill(entry));
    assert.ok(text.length <= MAX_CACHE_BYTES, String(text.length));
    assert.deepEqual(readCache(text).at(-1), entry);
    assert.deepEqual(readCache(`${text}${' '.repeat(MAX_CACHE_BYTES)}`), []);
  });

  it('without a file, with an unreadable one, or with one that cannot be written, works all the same', async () => {
    const folder = await folderWith({ other: 'something else\n0 0 0 0 0 x' });
    assert.equal((await new HashCache(join(folder, 'other')).load()).get(facts), null);
    const nowhere = await new HashCache(join(folder, 'none', 'hashes')).load();
    nowhere.set(facts, HASH);
    await nowhere.close();
    assert.equal(nowhere.get(facts), HASH);
    assert.deepEqual(readdirSync(folder), ['other']);
  });

  it('reads back what it writes, and any text without failing', async () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const hash = fc.string({ unit: fc.constantFrom(...'abzABZ019_-'), minLength: 43, maxLength: 43 });
    const size = fc.nat(Number.MAX_SAFE_INTEGER);
    const entry = fc.record({ device: number, inode: number, size, mtimeNs: number, ctimeNs: number, hash }, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => assert.deepEqual(readCache(writeCache(entries)), entries)),
      { seed: 1 },
    );
    const good = writeCache([{ ...facts, hash: HASH }]);
    const folder = await folderWith();
    await writeFile(join(folder, 'hashes'), good);
    assert.equal((await readFile(join(folder, 'hashes'), 'utf8')).split('\n').length, 3);
    const cut = fc.tuple(fc.nat(good.length), fc.nat(10), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(cut, ([at, gone, put]) => {
        for (const read of readCache(good.slice(0, at) + put + good.slice(at + gone))) assert.match(read.hash, /^[\w-]{43}$/);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});

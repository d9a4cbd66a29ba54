// SPDX-License-Identifier: Apache-2.0
// The directory: names bound to keys, search by both ways, folders that cannot be used.

import assert from 'node:assert/strict';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Card, Directory, type DirectoryOptions } from '../../../signaling/directory/directory.ts';
import { SqliteFile } from '../../../signaling/shared/sqlite.ts';
import { cleanUp, folder, identity, later } from './helper.ts';

const card = (rest: Partial<Card> = {}): Card => ({ title: '', owner: '', purpose: '', contact: '', keywords: [], ...rest });

describe('directory', () => {
  afterEach(cleanUp);

  async function open(options: DirectoryOptions = {}, path?: string): Promise<Directory> {
    const directory = new Directory(path ?? (await folder()), options);
    let closed = false;
    const close = directory.close.bind(directory);
    directory.close = () => {
      if (!closed) close();
      closed = true;
    };
    later(() => directory.close());
    return directory;
  }

  it('keeps what it was told, over a restart', async () => {
    const path = join(await folder(), 'not', 'there', 'yet');
    const first = await open({ now: () => 1000 }, path);
    const { id } = identity();
    const told = card({ title: 'Täst', keywords: ['a', 'b"c'] });
    first.claim(id, 'demo', told, true);
    first.close();
    assert.equal((await stat(path)).mode & 0o777, 0o700);
    const second = await open({}, path);
    assert.deepEqual(second.find('demo'), { id, name: 'demo', card: told, unlisted: true, lastSeen: 1000 });
    assert.deepEqual(second.find(id)?.name, 'demo');
    assert.equal(second.find('other'), undefined);
  });

  it('gives a name to one key only, and a refused claim changes nothing', async () => {
    const directory = await open({ namesPerKey: 2 });
    const [one, other] = [identity().id, identity().id];
    directory.claim(one, 'demo', card({ title: 'One' }), false);
    assert.throws(() => directory.claim(other, 'demo', card(), false), { code: 'NAME_TAKEN' });
    assert.equal(directory.find(other), undefined);
    directory.claim(one, 'second', card(), false);
    assert.throws(() => directory.claim(one, 'third', card({ title: 'Three' }), false), { code: 'RATE_LIMITED' });
    assert.deepEqual([directory.find('demo')?.name, directory.find('third')], ['second', undefined]);
    directory.claim(one, 'demo', card(), false);
    assert.equal(directory.find(one)?.name, 'demo', 'back to an own earlier name');
  });

  it('lists what may be listed, the last seen first', async () => {
    let time = 0;
    const directory = await open({ now: () => time });
    const ids = [identity().id, identity().id, identity().id];
    for (const [index, id] of ids.entries()) directory.claim(id, `site-${index}`, card(), index === 1);
    time = 5;
    directory.seen([ids[0] ?? '', 'unknown']);
    assert.deepEqual(
      directory.recent(9).map(({ name, lastSeen }) => [name, lastSeen]),
      [
        ['site-0', 5],
        ['site-2', 0],
      ],
    );
    assert.equal(directory.recent(1).length, 1);
    assert.equal(directory.count(), 2);
  });

  for (const fullText of [true, false]) {
    describe(fullText ? 'search by FTS5' : 'search by LIKE', () => {
      it('finds all words, in any field, in any case, and nothing unlisted', async () => {
        const directory = await open({ fullText });
        assert.equal(directory.fullText, fullText, 'this Node has FTS5');
        directory.claim(
          identity().id,
          'holiday-photos',
          card({ title: 'Sommer', owner: 'Ada Lovelace', keywords: ['Segeln', 'sea'] }),
          false,
        );
        directory.claim(identity().id, 'engine', card({ purpose: 'Notes on the Analytical Engine', owner: 'Ada' }), false);
        directory.claim(identity().id, 'hidden', card({ owner: 'Ada' }), true);
        const find = (query: string) =>
          directory
            .search(query, 9)
            .map(({ name }) => name)
            .sort();
        assert.deepEqual(find('ada'), ['engine', 'holiday-photos']);
        assert.deepEqual(find('ADA love'), ['holiday-photos']);
        assert.deepEqual(find('photos'), ['holiday-photos']);
        assert.deepEqual(find('holiday-photos'), ['holiday-photos']);
        assert.deepEqual(find('segel'), ['holiday-photos']);
        assert.deepEqual(find('analytical notes'), ['engine']);
        assert.deepEqual(find('ada nobody'), []);
        for (const query of [
          '',
          '"',
          '*',
          '%',
          '_',
          'ada" OR "x',
          "'; DROP TABLE sites; --",
          '(',
          '\u0000',
          'NEAR(',
          '-ada',
          'ada*',
          'title:ada',
          'AND',
        ]) {
          assert.doesNotThrow(() => find(query), query);
        }
        assert.deepEqual([find(''), find('%'), find('_')], [[], [], []]);
        assert.equal(directory.search('ada', 1).length, 1);
      });

      it('follows changes of a card', async () => {
        const directory = await open({ fullText });
        const { id } = identity();
        directory.claim(id, 'demo', card({ title: 'Before' }), false);
        directory.claim(id, 'demo', card({ title: 'After' }), false);
        assert.deepEqual([directory.search('before', 9).length, directory.search('after', 9).length], [0, 1]);
      });
    });
  }

  it('prefers a match in the name, and does not mind accents', async () => {
    const directory = await open();
    directory.claim(identity().id, 'other', card({ purpose: 'a café' }), false);
    directory.claim(identity().id, 'cafe', card(), false);
    assert.deepEqual(
      directory.search('Cafe', 9).map(({ name }) => name),
      ['cafe', 'other'],
    );
  });

  it('fills its index with what was written without one', async () => {
    const path = await folder();
    const without = await open({ fullText: false }, path);
    without.claim(identity().id, 'demo', card({ title: 'Early' }), false);
    without.close();
    assert.equal((await open({}, path)).search('early', 9).length, 1);
  });

  it('says in a code what is wrong with its folder', async () => {
    const path = await folder();
    await writeFile(join(path, 'file'), '');
    const refused = (where: string) => assert.throws(() => new Directory(where), { code: 'STORAGE_FAILED' });
    refused(join(path, 'file'));
    refused(join(path, 'file', 'below'));
    await mkdir(join(path, 'garbage'));
    await writeFile(join(path, 'garbage', 'directory.sqlite'), 'no database'.repeat(1000));
    refused(join(path, 'garbage'));
    await mkdir(join(path, 'newer'));
    const newer = new SqliteFile(join(path, 'newer', 'directory.sqlite'));
    newer.script('PRAGMA user_version = 99');
    newer.close();
    refused(join(path, 'newer'));
  });

  it('says so when it fails later', async () => {
    const directory = await open();
    directory.close();
    assert.throws(() => directory.check(), { code: 'STORAGE_FAILED' });
    assert.throws(() => directory.find('demo'), { code: 'STORAGE_FAILED' });
  });
});

// SPDX-License-Identifier: Apache-2.0
// A watched file asked for by several at once, and on a machine that is short of something for a moment.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchFile } from '../../../../host-agent/access/watched-file.ts';
import type { PortholeError } from '../../../../proto/errors.ts';

describe('access/watched-file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-'));
    file = join(folder, 'file');
    await writeFile(file, 'one');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives nobody what it said before, once it has changed: not even while it is read for another', async () => {
    const said = await watchFile(file, () => readFile(file, 'utf8'));
    await writeFile(file, 'another');
    assert.deepEqual(await Promise.all([said(), said(), said()]), ['another', 'another', 'another']);
  });

  it('an earlier reading that is slow does not come after a later one', async () => {
    const slow = Promise.withResolvers<void>();
    let reads = 0;
    const said = await watchFile(file, async () => {
      const text = await readFile(file, 'utf8');
      if (++reads === 2) await slow.promise;
      return text;
    });
    await writeFile(file, 'second');
    const first = said();
    while (reads < 2) await new Promise(setImmediate);
    await writeFile(file, 'the third');
    const second = said();
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate); // the second would have read by now
    slow.resolve();
    await first;
    assert.equal(await second, 'the third');
    assert.equal(await said(), 'the third');
  });

  it('is read again after it could not be read, changed or not; why not is told once for each state of it', async () => {
    const errors: PortholeError[] = [];
    let short = false;
    const said = await watchFile(
      file,
      async () => {
        if (short) throw new Error('EMFILE: too many open files');
        return readFile(file, 'utf8');
      },
      (error) => errors.push(error),
    );
    short = true;
    await writeFile(file, 'nobody any more');
    assert.deepEqual([await said(), await said()], ['one', 'one']);
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['STORAGE_FAILED'],
    );
    short = false;
    assert.equal(await said(), 'nobody any more');
  });
});

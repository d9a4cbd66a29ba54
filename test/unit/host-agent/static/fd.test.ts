// SPDX-License-Identifier: Apache-2.0
// Tests of raw file descriptors: the same answers and errors at once and from the thread pool.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { type Descriptor, openFd } from '../../../../host-agent/static/fd.ts';
import { Pace } from '../../../../host-agent/static/pace.ts';
import { folderWith, removeFolders } from './fixture.ts';

/** The number that a descriptor has while it is open. */
const numberOf = (fd: Descriptor): number => Number(basename(fd.path));

describe('static/fd', () => {
  afterEach(removeFolders);

  const quick = new Pace({ now: () => 0, after: () => () => {} });
  let now = 0;
  const slow = new Pace({ now: () => now++ * 10, after: () => () => {} });
  before(() => slow.wait(() => {}));

  it('closes once, and is of no use afterwards: its number is another file’s', async () => {
    const file = join(await folderWith({ file: 'content' }), 'file');
    const fd = await openFd(file, fs.constants.O_RDONLY, quick);
    const number = numberOf(fd);
    fd.close();
    const other = fs.openSync(file, 'r');
    assert.equal(other, number, 'the system gives the lowest number that is free');
    fd.close();
    const gone = { code: 'INTERNAL' };
    await assert.rejects(fd.read([Buffer.alloc(1)], 0), gone);
    for (const use of [() => fd.facts(), () => fd.path, () => fd.readSoon([Buffer.alloc(1)], 0, quick)]) assert.throws(use, gone);
    assert.equal(fs.readSync(other, Buffer.alloc(10)), 7);
    fs.closeSync(other);
  });

  it('keeps its number until the reads under way have ended', async () => {
    const file = join(await folderWith({ file: 'content' }), 'file');
    const fd = await openFd(file, fs.constants.O_RDONLY, quick);
    const number = numberOf(fd);
    const reads = [fd.read([Buffer.alloc(3)], 0), fd.read([Buffer.alloc(10)], 3)];
    fd.close();
    const other = fs.openSync(file, 'r');
    assert.notEqual(other, number);
    assert.deepEqual(await Promise.all(reads), [3, 4]);
    const next = fs.openSync(file, 'r');
    assert.equal(next, number, 'it is free now');
    for (const one of [other, next]) fs.closeSync(one);
  });

  for (const [name, pace] of Object.entries({ quick, slow })) {
    it(`opens and reads on a ${name} disk`, async () => {
      const file = join(await folderWith({ file: 'content' }), 'file');
      const opened = openFd(file, fs.constants.O_RDONLY, pace);
      assert.equal(opened instanceof Promise, name === 'slow');
      const fd = await opened;
      const buffer = Buffer.alloc(10);
      const read = fd.readSoon([buffer], 3, pace);
      assert.equal(read instanceof Promise, name === 'slow');
      assert.equal(await read, 4);
      assert.equal(buffer.toString('utf8', 0, 4), 'tent');
      fd.close();
    });

    it(`fails with Node's own errors on a ${name} disk`, async () => {
      const folder = await folderWith();
      const missing = async () => openFd(join(folder, 'none'), fs.constants.O_RDONLY, pace);
      await assert.rejects(missing, { code: 'ENOENT' });
      const fd = await openFd(folder, fs.constants.O_RDONLY, pace);
      await assert.rejects(async () => fd.readSoon([Buffer.alloc(1)], 0, pace), { code: 'EISDIR' });
      fd.close();
    });
  }
});

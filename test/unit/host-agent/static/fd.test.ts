// SPDX-License-Identifier: Apache-2.0
// Tests of raw file descriptors: the same answers and errors at once and from the thread pool.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { closeFd, openFd, readFewFd } from '../../../../host-agent/static/fd.ts';
import { Pace } from '../../../../host-agent/static/pace.ts';
import { folderWith, removeFolders } from './fixture.ts';

describe('static/fd', () => {
  afterEach(removeFolders);

  const quick = new Pace({ now: () => 0, after: () => () => {} });
  let now = 0;
  const slow = new Pace({ now: () => now++ * 10, after: () => () => {} });
  before(() => slow.wait(() => {}));

  for (const [name, pace] of Object.entries({ quick, slow })) {
    it(`opens and reads on a ${name} disk`, async () => {
      const file = join(await folderWith({ file: 'content' }), 'file');
      const opened = openFd(file, fs.constants.O_RDONLY, pace);
      assert.equal(opened instanceof Promise, name === 'slow');
      const fd = await opened;
      const buffer = Buffer.alloc(10);
      const read = readFewFd(fd, buffer, 3, pace);
      assert.equal(read instanceof Promise, name === 'slow');
      assert.equal(await read, 4);
      assert.equal(buffer.toString('utf8', 0, 4), 'tent');
      closeFd(fd);
    });

    it(`fails with Node's own errors on a ${name} disk`, async () => {
      const folder = await folderWith();
      const missing = async () => openFd(join(folder, 'none'), fs.constants.O_RDONLY, pace);
      await assert.rejects(missing, { code: 'ENOENT' });
      const fd = await openFd(folder, fs.constants.O_RDONLY, pace);
      await assert.rejects(async () => readFewFd(fd, Buffer.alloc(1), 0, pace), { code: 'EISDIR' });
      closeFd(fd);
    });
  }
});

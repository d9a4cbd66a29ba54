// SPDX-License-Identifier: Apache-2.0
// The lock beside a download: one at a time, and none that outlives its process.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '../../../client-runtime/download/lock.ts';

describe('lock', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-'));
    path = join(folder, 'lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is had by one, and by the next when it is given back', async () => {
    const back = await takeLock(path);
    await assert.rejects(takeLock(path), { code: 'STORAGE_FAILED', message: `process ${process.pid} is writing this file` });
    await back();
    assert.deepEqual(await readdir(folder), []);
    await (await takeLock(path))();
  });

  it('of many who want it at once, one has it', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(path)));
    assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  it('of a process that was killed is taken over, by one of those who want it', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(other, 'spawn');
    const module = JSON.stringify(new URL('../../../client-runtime/download/lock.ts', import.meta.url).href);
    const taker = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { takeLock } from ${module}; await takeLock(${JSON.stringify(path)}); console.log('has it'); setInterval(() => {}, 1000);`,
    ]);
    await once(taker.stdout, 'data');
    await assert.rejects(takeLock(path), { message: `process ${taker.pid} is writing this file` });
    taker.kill('SIGKILL');
    await once(taker, 'exit');
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => takeLock(path)));
    assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
    await rm(path);
    // A number that was given out again: the process lives, and is another one.
    await writeFile(path, `${other.pid} 1`);
    const back = await takeLock(path);
    assert.match(await readFile(path, 'utf8'), new RegExp(`^${process.pid} `));
    await back();
    other.kill('SIGKILL');
    await once(other, 'exit');
  });

  for (const content of ['', 'garbage', '-1', '0 0', '99999999999999999999']) {
    it(`that says ${JSON.stringify(content)} is nobody's`, async () => {
      await writeFile(path, content);
      await (await takeLock(path))();
      assert.deepEqual(await readdir(folder), []);
    });
  }

  it('where nothing can be written fails as the disk does', () =>
    assert.rejects(takeLock(join(folder, 'none', 'lock')), { code: 'ENOENT' }));
});

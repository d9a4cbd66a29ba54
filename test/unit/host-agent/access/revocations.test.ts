// SPDX-License-Identifier: Apache-2.0
// The list of invitations that were taken back: nothing on it is lost, it has a bound, and a damaged one is not taken for an empty one.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_REVOCATIONS_BYTES, readRevocations, revoke } from '../../../../host-agent/access/revocations.ts';
import { watchFile } from '../../../../host-agent/access/watched-file.ts';
import type { PortholeError } from '../../../../proto/errors.ts';
import { code } from '../../proto/helper.ts';

const NOON = Date.UTC(2030, 0, 1, 12);
const hex = (n: number): string => n.toString(16).padStart(16, '0');

describe('revoked invitations', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-revoked-'));
    file = join(folder, 'sites', 'demo.revoked');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are kept where only their owner reads them; two at once lose nothing', async () => {
    assert.deepEqual([...(await readRevocations(file))], []);
    await Promise.all(Array.from({ length: 20 }, (_, n) => revoke(file, [{ id: hex(n), expires: NOON }], NOON)));
    assert.deepEqual(
      [...(await readRevocations(file))].sort(),
      Array.from({ length: 20 }, (_, n) => hex(n)),
    );
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    // Also when they would have run out: a clock may have been wrong.
    await revoke(file, [{ id: hex(99), expires: null }], NOON + 1e9);
    assert.equal((await readRevocations(file)).size, 21);
  });

  it('MAX_REVOCATIONS_BYTES: those that have run out make room; where none has, it says so', async () => {
    const line = (n: number, expires: number | null): string => `${JSON.stringify({ id: hex(n), expires })}\n`;
    await revoke(file, [{ id: hex(0), expires: null }], NOON);
    const fit = Math.floor(MAX_REVOCATIONS_BYTES / line(1, NOON).length) - 1;
    const old = Array.from({ length: fit }, (_, n) => line(n + 1, NOON)).join('');
    await writeFile(file, line(0, null) + old);
    await revoke(
      file,
      [
        { id: hex(1e6), expires: NOON + 1000 },
        { id: hex(1e6 + 1), expires: NOON + 1000 },
      ],
      NOON,
    );
    assert.deepEqual([...(await readRevocations(file))], [hex(0), hex(1e6), hex(1e6 + 1)]);
    await writeFile(file, old + line(0, null));
    const two = [
      { id: hex(1e6), expires: null },
      { id: hex(1e6 + 1), expires: null },
    ];
    await assert.rejects(revoke(file, two, NOON - 1), code('STORAGE_FAILED'));
    await writeFile(file, old + old);
    await assert.rejects(readRevocations(file), code('STORAGE_FAILED'));
  });

  it('a damaged list is no empty one', async () => {
    await revoke(file, [{ id: hex(1), expires: NOON }], NOON);
    await writeFile(file, `${await readFile(file, 'utf8')}{"id`);
    await assert.rejects(readRevocations(file), code('STORAGE_FAILED'));
  });

  it('a watched file tells what it says now; what it said before, and once why, when it cannot be used', async () => {
    const errors: PortholeError[] = [];
    const revoked = await watchFile(
      file,
      () => readRevocations(file),
      (error) => errors.push(error),
    );
    assert.equal((await revoked()).size, 0);
    await revoke(file, [{ id: hex(1), expires: NOON }], NOON);
    assert.deepEqual([...(await revoked())], [hex(1)]);
    await writeFile(file, 'no JSON');
    for (let i = 0; i < 3; i++) assert.deepEqual([...(await revoked())], [hex(1)]);
    assert.deepEqual(
      errors.map((error) => error.code),
      ['STORAGE_FAILED'],
    );
    await rm(file);
    assert.equal((await revoked()).size, 0);
    await writeFile(file, 'no JSON');
    await assert.rejects(
      watchFile(file, () => readRevocations(file)),
      code('STORAGE_FAILED'),
    );
  });
});

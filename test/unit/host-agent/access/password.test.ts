// SPDX-License-Identifier: Apache-2.0
// The password as the host keeps it: salt and verifier, for nobody else's eyes, the same salt for the same password.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepPassword, newVerifier, readVerifier } from '../../../../host-agent/access/password.ts';
import { type ErrorCode, PortholeError } from '../../../../proto/errors.ts';
import { MAX_PASSWORD_BYTES, SALT_BYTES, VERIFIER_BYTES } from '../../../../transport/continuity/password.ts';

const code = (expected: ErrorCode) => (error: unknown) => error instanceof PortholeError && error.code === expected;

describe("the password's file", () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-password-'));
    file = join(folder, 'sites', 'demo.password');
  });
  after(() => rm(folder, { recursive: true }));

  it('keeps salt and verifier, not the password, readable by its owner alone', async () => {
    assert.equal(await readVerifier(file), null);
    const kept = await keepPassword(file, 'harbour light');
    assert.deepEqual([kept.salt.length, kept.verifier.length], [SALT_BYTES, VERIFIER_BYTES]);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.doesNotMatch(await readFile(file, 'utf8'), /harbour/);
    assert.deepEqual(await readdir(join(folder, 'sites')), ['demo.password']);
    const read = await readVerifier(file);
    assert.ok(read && Buffer.compare(read.salt, kept.salt) === 0 && Buffer.compare(read.verifier, kept.verifier) === 0);
  });

  it('the same password keeps its salt, another gets a new one', async () => {
    const [first, same, other] = [await keepPassword(file, 'one'), await keepPassword(file, 'one'), await keepPassword(file, 'two')];
    assert.equal(Buffer.compare(first.salt, same.salt), 0);
    assert.notEqual(Buffer.compare(first.salt, other.salt), 0);
  });

  it('spellings of one text are one password', async () => {
    const salt = new Uint8Array(SALT_BYTES);
    const composed = await newVerifier('Zo\u00eb', salt);
    assert.deepEqual((await newVerifier('Zoe\u0308', salt)).verifier, composed.verifier);
    assert.notDeepEqual((await newVerifier('Zoe', salt)).verifier, composed.verifier);
  });

  it('a damaged file is told, not taken', async () => {
    const good = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const damages = [
      '',
      '{',
      'null',
      ...[{ cost: 1000 }, { cost: 2 ** 30 }, { salt: 'AAAA' }, { verifier: good.salt }, { salt: null }].map((bad) =>
        JSON.stringify({ ...good, ...bad }),
      ),
    ];
    for (const text of damages) {
      await writeFile(file, text);
      await assert.rejects(readVerifier(file), code('STORAGE_FAILED'), text);
    }
    await assert.rejects(readVerifier(folder), code('STORAGE_FAILED'));
  });

  it('MAX_PASSWORD_BYTES fit, one more does not, nor none', async () => {
    await newVerifier('x'.repeat(MAX_PASSWORD_BYTES));
    await assert.rejects(newVerifier('x'.repeat(MAX_PASSWORD_BYTES + 1)), code('USAGE'));
    await assert.rejects(newVerifier(''), code('USAGE'));
  });
});

// SPDX-License-Identifier: Apache-2.0
// The list of visitors' keys that a host lets in: how it is read, searched, and read anew.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { findKey, MAX_ALLOW_BYTES, MAX_ALLOWED_KEYS, openKeyFile, parseKeys, shortKey } from '../../../../host-agent/access/keys.ts';
import { PortholeError } from '../../../../proto/errors.ts';
import { isVisitorId, visitorId } from '../../../../proto/visitor.ts';

const invalid = (words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PortholeError);
  assert.equal(error.code, 'CONFIG_INVALID');
  assert.match(error.message, words);
  return true;
};
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });
const anyLabel = fc.constantFrom('', 'Anna', 'the old laptop', 'Zoë 2');

describe('the list of allowed keys', () => {
  it('reads lines, labels, comments, blank lines and commas', () => {
    const [a, b, c] = [1, 2, 3].map((n) => visitorId(new Uint8Array(32).fill(n))) as [string, string, string];
    const text = `# friends\n${a} Anna # from work\r\n\n   ${b}\t the  old laptop\n${c.toUpperCase()},${a}\n,\n`;
    assert.deepEqual(parseKeys(text), [
      { id: a, label: 'Anna' },
      { id: b, label: 'the old laptop' },
      { id: c, label: '' },
      { id: a, label: '' },
    ]);
    assert.deepEqual(
      parseKeys(`${a},${b}`).map(({ id }) => id),
      [a, b],
    );
    assert.deepEqual(parseKeys(''), []);
  });

  it('whatever is written on it, all of it is found, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyKey, anyLabel), { maxLength: 20 }),
        anyKey,
        fc.constantFrom('\n', '\r\n', ',', '\n# x\n'),
        (list, other, between) => {
          const keys = parseKeys(list.map(([key, label]) => `${visitorId(key)} ${label}`).join(between));
          assert.equal(keys.length, list.length);
          for (const [key, label] of list) {
            const same = list.filter(([one]) => Buffer.compare(one, key) === 0).map(([, words]) => words);
            assert.equal(findKey(keys, key)?.id, visitorId(key));
            if (same.length === 1) assert.equal(findKey(keys, key)?.label, label);
          }
          const isListed = list.some(([key]) => Buffer.compare(key, other) === 0);
          assert.equal(findKey(keys, other) !== null, isListed);
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  it('any text is a list or is refused with its line', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), anyKey.map(visitorId), fc.constantFrom('#', ' ', ',')), { maxLength: 8 }), (parts) => {
        const text = parts.join('\n');
        try {
          for (const { id } of parseKeys(text)) assert.ok(isVisitorId(id) && text.toLowerCase().includes(id));
        } catch (error) {
          invalid(/line \d+/)(error);
        }
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('refuses what is no key: too short, too long, another alphabet, bits beyond the key', () => {
    const id = visitorId(randomBytes(32));
    for (const text of [id.slice(1), `${id}a`, id.replace(/./, '1'), `${id.slice(0, -1)}b`, 'Anna', `x ${id}`]) {
      assert.throws(() => parseKeys(`# list\n${text}`), invalid(/line 2/));
      assert.equal(isVisitorId(text), false);
    }
    assert.ok(isVisitorId(id));
  });

  it('MAX_ALLOWED_KEYS fit, one more does not', () => {
    const id = visitorId(randomBytes(32));
    const most = Array.from({ length: MAX_ALLOWED_KEYS }, () => id);
    assert.equal(parseKeys(most.join(',')).length, MAX_ALLOWED_KEYS);
    assert.throws(() => parseKeys([...most, id].join('\n')), invalid(/more than 10000/));
  });

  it('a log shows the beginning of a key', () => assert.equal(shortKey('abcdefghijkl'), 'key abcdefgh…'));
});

describe('the list of allowed keys in a file', () => {
  let folder: string;
  let file: string;
  const [anna, ben] = [randomBytes(32), randomBytes(32)];
  const has = async (list: Awaited<ReturnType<typeof openKeyFile>>, key: Uint8Array) => findKey(await list.keys(), key) !== null;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-keys-'));
    file = join(folder, 'friends');
  });
  after(() => rm(folder, { recursive: true }));

  it('counts from the next visitor on when it changes', async () => {
    await writeFile(file, `${visitorId(anna)}\n`);
    const list = await openKeyFile(file, (error) => assert.fail(error));
    assert.deepEqual([await has(list, anna), await has(list, ben)], [true, false]);
    await writeFile(file, `${visitorId(ben)} Ben, who came later\n`.replace(',', ''));
    assert.deepEqual([await has(list, anna), await has(list, ben)], [false, true]);
  });

  it('stays as it was while its file cannot be used, which is told once', async () => {
    await writeFile(file, `${visitorId(anna)}\n`);
    const told: string[] = [];
    const list = await openKeyFile(file, (error) => told.push(error.code));
    await writeFile(file, 'a slip of the pen\n');
    assert.ok(await has(list, anna));
    assert.ok(await has(list, anna));
    assert.deepEqual(told, ['CONFIG_INVALID']);
    await rm(file);
    assert.ok(await has(list, anna));
    assert.ok(await has(list, anna));
    assert.deepEqual(told, ['CONFIG_INVALID', 'CONFIG_INVALID']);
    await writeFile(file, `${visitorId(ben)}\n`);
    assert.deepEqual([await has(list, anna), await has(list, ben)], [false, true]);
  });

  it('is refused at the start when it is missing, damaged or too long', async () => {
    await assert.rejects(openKeyFile(join(folder, 'none')), invalid(/none/));
    await writeFile(file, 'no key');
    await assert.rejects(openKeyFile(file), invalid(/line 1/));
    await writeFile(file, `#${' '.repeat(MAX_ALLOW_BYTES - 2)}\n`);
    assert.deepEqual(await (await openKeyFile(file)).keys(), []);
    await writeFile(file, `#${' '.repeat(MAX_ALLOW_BYTES - 1)}\n`);
    await assert.rejects(openKeyFile(file), invalid(/longer than 1048576/));
  });
});

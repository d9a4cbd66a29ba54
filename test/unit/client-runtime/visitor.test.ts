// SPDX-License-Identifier: Apache-2.0
// Who visits: keys of one seed that nobody can connect, and links whose invitation no suite gets to see.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { x25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { inviteToken, linkParts, withInvite, withKey } from '../../../client-runtime/links/invite-link.ts';
import { visitorOf } from '../../../client-runtime/visitor/visitor.ts';
import { loadVisitorKeys } from '../../../client-runtime/visitor/visitor-file.ts';
import { anonymousKeys, keysOf } from '../../../client-runtime/visitor/visitor-key.ts';
import { newIdentity } from '../../../host-agent/identity/identity.ts';
import { type ErrorCode, PortholeError } from '../../../proto/errors.ts';
import { MAX_TOKEN_BYTES } from '../../../proto/limits.ts';
import { isVisitorId, visitorId } from '../../../proto/visitor.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { subtlePrimitives } from '../../../transport/seal/subtle.ts';

const code = (expected: ErrorCode) => (error: unknown) => error instanceof PortholeError && error.code === expected;
const link = 'http://demo.suite.example/a?b';

describe("a visitor's keys", () => {
  const seed = new Uint8Array(32).fill(7);

  it('are one for each site, and the same each time, on any platform', async () => {
    const key = await keysOf(seed, nodePrimitives)('site-a');
    assert.deepEqual(await keysOf(seed, nodePrimitives)('site-a'), key);
    assert.deepEqual(await keysOf(seed, subtlePrimitives)('site-a'), key);
    assert.notDeepEqual((await keysOf(seed, nodePrimitives)('site-b')).publicKey, key.publicKey);
    assert.notDeepEqual((await keysOf(randomBytes(32), nodePrimitives)('site-a')).publicKey, key.publicKey);
    assert.deepEqual(x25519.getPublicKey(key.secretKey), key.publicKey);
    assert.ok(isVisitorId(visitorId(key.publicKey)));
  });

  it('are new each time when they are anonymous', async () => {
    const keys = anonymousKeys(nodePrimitives);
    assert.deepEqual(keys('a'), keys('a'));
    assert.notDeepEqual((await keys('a')).publicKey, (await anonymousKeys(nodePrimitives)('a')).publicKey);
  });

  describe('in a file', () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'porthole-visitor-'));
    });
    after(() => rm(folder, { recursive: true }));

    it('are made once, also when many begin at once, for their owner alone', async () => {
      const file = join(folder, 'home', 'visitor.pem');
      const many = await Promise.all(Array.from({ length: 8 }, () => loadVisitorKeys(file)));
      const ids = new Set(await Promise.all(many.map(async (keys) => visitorId((await keys('a')).publicKey))));
      assert.equal(ids.size, 1);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.equal((await stat(join(folder, 'home'))).mode & 0o777, 0o700);
      assert.match(await readFile(file, 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
      assert.deepEqual(await readdir(join(folder, 'home')), ['visitor.pem'], 'nothing is left beside it');
    });

    it('are not made up when the file is damaged, or of another kind', async () => {
      const file = join(folder, 'visitor.pem');
      await writeFile(file, 'not a key');
      await assert.rejects(loadVisitorKeys(file), code('STORAGE_FAILED'));
      const { privateKey } = (await import('node:crypto')).generateKeyPairSync('ed25519');
      await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
      await assert.rejects(loadVisitorKeys(file), code('STORAGE_FAILED'));
      await chmod(folder, 0o700);
      await assert.rejects(loadVisitorKeys(folder), code('STORAGE_FAILED'));
    });
  });
});

describe('an invitation in a link', () => {
  it('is any token, and the suite gets the link without it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: MAX_TOKEN_BYTES }), (token) => {
        const whole = withInvite(link, token);
        assert.match(whole, /^http:\/\/demo\.suite\.example\/a\?b#invite=[\w-]+$/);
        const visitor = visitorOf(whole, {}, nodePrimitives);
        assert.equal(visitor.link, link);
        assert.deepEqual(visitor.credentials.token, token);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('is taken out of a fragment, whose rest is the site’s', () => {
    const cases: [string, string, string | null][] = [
      ['', '', null],
      ['#', '#', null],
      ['#part', '#part', null],
      ['#invite=x', '', 'x'],
      ['#part&invite=x', '#part', 'x'],
      ['#invite=x&a=1&b=2', '#a=1&b=2', 'x'],
      ['#a&invite=x&invite=y', '#a', 'x'],
      ['#reinvite=x', '#reinvite=x', null],
      ['#invite=', '', ''],
    ];
    for (const [fragment, rest, invite] of cases) {
      assert.deepEqual(linkParts(link + fragment), { link, fragment: rest, invite, key: null, site: null });
    }
  });

  it('stands beside the key of the site, which is the site’s id wherever it is', () => {
    const { id } = newIdentity();
    const cases: [string, string | null, string][] = [
      [`${link}#key=${id}`, id, ''],
      [`${link}#KEY=${id}`, null, `#KEY=${id}`],
      [`${link}#key=${id.toUpperCase()}&invite=QUJD&part`, id, '#part'],
      [`${link}#key=short`, null, '#key=short'],
      [`http://${id}.suite.example/a`, id, ''],
      [`https://suite.example:8080/${id}/a?b`, id, ''],
      [`suite.example/?hostid=${id}#part`, id, '#part'],
      [` https://u@${id}.suite.example/`, id, ''],
      [`http://demo.suite.example/a/${id}`, null, ''],
    ];
    for (const [whole, site, rest] of cases) {
      const parts = linkParts(whole);
      assert.deepEqual([parts.site, parts.fragment], [site, rest], whole);
      assert.ok(!parts.link.includes('#'));
    }
    const keyed = linkParts(withInvite(`${link}#key=${id}`, Uint8Array.of(1, 2, 3)));
    assert.deepEqual(keyed, { link, fragment: '', invite: 'AQID', key: id, site: id });
    assert.equal(withKey(`${link}#part`, id), `${link}#key=${id}`);
    // One that lost its end is refused, and not left out.
    for (const length of [40, 51, 53]) {
      const damaged = `${id}a`.slice(0, length);
      assert.equal(linkParts(`${link}#key=${damaged}`).key, damaged);
      assert.throws(() => visitorOf(`${link}#key=${damaged}`, {}, nodePrimitives), code('LINK_INVALID'));
    }
  });

  it('never stays in the link of a visit, whatever else stands in its fragment', () => {
    fc.assert(
      fc.property(fc.webFragments(), (fragment) => {
        assert.equal(visitorOf(`${link}#${fragment.replaceAll('invite', '')}&invite=QUJD`, {}, nodePrimitives).link, link);
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  it('that is damaged is told before anybody is asked', () => {
    for (const text of ['', '*', 'AAAAA', 'a b', '%41', 'A'.repeat((MAX_TOKEN_BYTES * 4) / 3 + 1)]) {
      assert.throws(() => inviteToken(text), code('TOKEN_INVALID'), text);
      assert.throws(() => visitorOf(`${link}#invite=${text}`, {}, nodePrimitives), code('TOKEN_INVALID'));
    }
    assert.equal(inviteToken('A'.repeat((MAX_TOKEN_BYTES * 4) / 3)).length, MAX_TOKEN_BYTES);
  });

  it('comes before the one a program brings; without either there is none', () => {
    const token = Uint8Array.of(1, 2, 3);
    assert.deepEqual(
      visitorOf(`${link}#invite=QUJD`, { credentials: { token } }, nodePrimitives).credentials.token,
      new TextEncoder().encode('ABC'),
    );
    assert.deepEqual(visitorOf(link, { credentials: { token } }, nodePrimitives).credentials.token, token);
    assert.equal(visitorOf(link, {}, nodePrimitives).credentials.token, undefined);
  });
});

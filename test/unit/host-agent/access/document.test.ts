// SPDX-License-Identifier: Apache-2.0
// ACCESS.md says what the code does: its limits, and its formulas by other libraries' hands.

import assert from 'node:assert/strict';
import { createHmac, hkdfSync, randomBytes, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onePassword } from '../../../../client-runtime/visitor/credentials.ts';
import { keysOf } from '../../../../client-runtime/visitor/visitor-key.ts';
import * as gate from '../../../../host-agent/access/gate.ts';
import * as guesses from '../../../../host-agent/access/guesses.ts';
import * as invites from '../../../../host-agent/access/invites.ts';
import * as keys from '../../../../host-agent/access/keys.ts';
import * as revocations from '../../../../host-agent/access/revocations.ts';
import { newIdentity } from '../../../../host-agent/identity/identity.ts';
import * as password from '../../../../transport/continuity/password.ts';
import { nodeSalting } from '../../../../transport/continuity/password-node.ts';
import { nodePrimitives } from '../../../../transport/seal/node.ts';

const text = readFileSync(join(import.meta.dirname, '../../../../proto/ACCESS.md'), 'utf8');

describe('ACCESS.md', () => {
  it('names the limits of the code', () => {
    const said = [...text.matchAll(/^\| `([A-Z_]+)` \| ([\d,]+) \|/gm)].map(([, name, value]) => [
      name,
      Number(value?.replaceAll(',', '')),
    ]);
    const real = { ...password, ...gate, ...guesses, ...invites, ...keys, ...revocations } as Record<string, unknown>;
    assert.ok(said.length > 8);
    for (const [name, value] of said) assert.equal(real[name as string], value, String(name));
    const { PASSWORD_BLOCKS, PASSWORD_LANES, ...ours } = password;
    const named = new Set(said.map(([name]) => name));
    for (const [name, value] of Object.entries({ ...ours, ...gate, ...guesses, ...invites, ...keys })) {
      if (typeof value === 'number') assert.ok(named.has(name), `${name} is not named`);
    }
    assert.ok(text.includes(`r = ${PASSWORD_BLOCKS}, p = ${PASSWORD_LANES}`));
    const { perKey, perSite } = guesses.GUESS_LIMITS;
    const numbers = `${perKey.wrong} in ${perKey.seconds} s of one key, ${perSite.wrong} in ${perSite.seconds.toLocaleString('en')} s at one site`;
    assert.ok(text.includes(numbers), numbers);
  });

  it("has the formula of a visitor's key", async () => {
    const seed = randomBytes(32);
    const secret = hkdfSync('sha256', seed, '', 'porthole visitor 1 abc', 32);
    assert.deepEqual((await keysOf(seed, nodePrimitives)('abc')).secretKey, new Uint8Array(secret));
  });

  it('has the formula of a proof', async () => {
    const [salt, hash] = [randomBytes(16), randomBytes(32)];
    const verifier = scryptSync('harbour light', salt, 32, { N: 32_768, r: 8, p: 1, maxmem: 2 ** 26 });
    const proof = createHmac('sha256', verifier).update('porthole password').update(hash).digest();
    const challenge = { code: 'PASSWORD_NEEDED', message: '', salt, cost: 32_768 };
    const answer = await onePassword('harbour light', nodeSalting).answer(challenge, hash);
    assert.deepEqual(Buffer.from(answer.password), proof);
  });

  it('has the layout of an invitation', () => {
    const key = newIdentity().derive(invites.INVITE_KEY_LABEL);
    const id = randomBytes(8);
    const head = Buffer.concat([id, Buffer.from('70dbd880', 'hex')]);
    const tag = createHmac('sha256', key).update('porthole invite 1').update(head).digest().subarray(0, 16);
    assert.deepEqual(Buffer.from(invites.makeInvite(key, id, 0x70dbd880 * 1000)), Buffer.concat([head, tag]));
    assert.equal(invites.INVITE_KEY_LABEL, 'porthole invite 1');
  });
});

// SPDX-License-Identifier: Apache-2.0
// The visitor's answers: a person is asked once, a question that is not safe to answer is not, and nothing secret goes out.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { scrypt } from '@noble/hashes/scrypt.js';
import { memoryStore, onePassword, passwordCredentials } from '../../../client-runtime/visitor/credentials.ts';
import { type ErrorCode, PortholeError } from '../../../proto/errors.ts';
import { MAX_CHALLENGE_COST } from '../../../proto/limits.ts';
import type { Challenge } from '../../../transport/continuity/gate.ts';
import {
  MAX_SALT_BYTES,
  MIN_PASSWORD_COST,
  PASSWORD_BLOCKS,
  PASSWORD_COST,
  PASSWORD_LANES,
  passwordProof,
  SALT_BYTES,
  VERIFIER_BYTES,
} from '../../../transport/continuity/password.ts';
import { nodeSalting } from '../../../transport/continuity/password-node.ts';

const code = (expected: ErrorCode) => (error: unknown) => {
  assert.ok(error instanceof PortholeError, String(error));
  assert.equal(error.code, expected, error.message);
  return true;
};
const salt = randomBytes(SALT_BYTES);
const hash = randomBytes(32);
const challenge = (more: Partial<Challenge> = {}): Challenge => ({
  code: 'PASSWORD_NEEDED',
  message: 'the password, please',
  salt,
  cost: PASSWORD_COST,
  ...more,
});
/** Any function of password and salt: what is tested here does not hang on which. */
const quick = async (password: Uint8Array, salted: Uint8Array) => passwordProof(salted, password);

describe('credentials: the password', () => {
  it('is salted by scrypt, the same in every library', async () => {
    const options = { N: PASSWORD_COST, r: PASSWORD_BLOCKS, p: PASSWORD_LANES, dkLen: VERIFIER_BYTES };
    const verifier = scrypt('harbour light', salt, options);
    assert.deepEqual(await nodeSalting(new TextEncoder().encode('harbour light'), salt, PASSWORD_COST), verifier);
    const { password } = await onePassword('harbour light', nodeSalting).answer(challenge(), hash);
    assert.deepEqual(password, passwordProof(verifier, hash));
  });

  it('is asked for once, and again when it was wrong or the site changed it', async () => {
    const store = memoryStore();
    const asked: string[] = [];
    const tries = ['first', 'second', 'third'];
    const credentials = passwordCredentials({
      salting: quick,
      store,
      ask: async (question) => {
        asked.push(question.code);
        return tries.shift() ?? null;
      },
    });
    const first = await credentials.answer(challenge(), hash);
    assert.deepEqual(await credentials.answer(challenge(), hash), first);
    assert.notDeepEqual(await credentials.answer(challenge(), randomBytes(32)), first, 'each path has its own proof');
    assert.notDeepEqual(await credentials.answer(challenge({ code: 'PASSWORD_WRONG' }), hash), first);
    await credentials.answer(challenge({ salt: randomBytes(SALT_BYTES) }), hash);
    assert.deepEqual(asked, ['PASSWORD_NEEDED', 'PASSWORD_WRONG', 'PASSWORD_NEEDED']);
    await assert.rejects(credentials.answer(challenge({ code: 'PASSWORD_WRONG' }), hash), code('PASSWORD_WRONG'));
    await assert.rejects(credentials.answer(challenge(), hash), code('PASSWORD_NEEDED'), 'the wrong one is forgotten');
  });

  it('from a file is not tried twice', async () => {
    const credentials = onePassword('a', quick);
    await credentials.answer(challenge(), hash);
    await assert.rejects(credentials.answer(challenge({ code: 'PASSWORD_WRONG' }), hash), code('PASSWORD_WRONG'));
  });

  it('is not said to a site that makes it cheap to guess, or dear to answer', async () => {
    const credentials = onePassword('a', quick);
    for (const cost of [MIN_PASSWORD_COST, MAX_CHALLENGE_COST]) await credentials.answer(challenge({ cost }), hash);
    for (const cost of [MIN_PASSWORD_COST / 2, MAX_CHALLENGE_COST * 2, PASSWORD_COST + 1, 0, 1, 2 ** 32 - 1]) {
      await assert.rejects(credentials.answer(challenge({ cost }), hash), code('PROTOCOL_VIOLATED'), String(cost));
    }
    for (const length of [SALT_BYTES, MAX_SALT_BYTES]) await credentials.answer(challenge({ salt: randomBytes(length) }), hash);
    for (const length of [0, SALT_BYTES - 1, MAX_SALT_BYTES + 1]) {
      await assert.rejects(credentials.answer(challenge({ salt: randomBytes(length) }), hash), code('PROTOCOL_VIOLATED'), String(length));
    }
  });

  it("a host's words are cleaned before a person or a terminal gets them; its codes are not trusted", async () => {
    const heard: { code: string; message: string }[] = [];
    const credentials = passwordCredentials({
      salting: quick,
      ask: async ({ code, message }) => {
        heard.push({ code, message });
        return null;
      },
    });
    await assert.rejects(credentials.answer(challenge({ message: 'no\u001b[2Jw' }), hash), code('PASSWORD_NEEDED'));
    await assert.rejects(credentials.answer(challenge({ code: 'NEWER' }), hash), code('PROTOCOL_VIOLATED'));
    assert.deepEqual(heard[0], { code: 'PASSWORD_NEEDED', message: 'no [2Jw' });
  });
});

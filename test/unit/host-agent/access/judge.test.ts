// SPDX-License-Identifier: Apache-2.0
// The gate judges again whom it let in: a key off the list, an invitation taken back or run out, another password.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type AccessRules, createGate } from '../../../../host-agent/access/gate.ts';
import { makeInvite } from '../../../../host-agent/access/invites.ts';
import { parseKeys } from '../../../../host-agent/access/keys.ts';
import type { PasswordVerifier } from '../../../../host-agent/access/password.ts';
import { visitorId } from '../../../../proto/visitor.ts';
import type { Applicant, Authorization, Gate, Proof } from '../../../../transport/continuity/gate.ts';
import { passwordProof } from '../../../../transport/continuity/password.ts';

const NOON = Date.UTC(2030, 0, 1, 12);
const inviteKey = randomBytes(32);
const visitor = (more: Partial<Applicant> = {}): Applicant => ({
  key: randomBytes(32),
  hash: randomBytes(32),
  token: new Uint8Array(),
  ...more,
});
const nobodyAnswers = (): Promise<Proof> => assert.fail('the password was asked for');
/** One that costs no salting. */
const verifierOf = (byte: number): PasswordVerifier => ({
  salt: new Uint8Array(16).fill(byte),
  cost: 2 ** 14,
  verifier: new Uint8Array(32).fill(byte),
});

describe('the gate: judging again', () => {
  let now: number;
  const gateOf = (rules: Partial<AccessRules>): Gate => createGate({ inviteKey, ...rules }, { time: () => now });
  const verdict = async (gate: Gate, authorization: Authorization): Promise<string> =>
    (await gate.judge?.())?.(authorization)?.code ?? 'stays';
  beforeEach(() => {
    now = NOON;
  });

  it('a key stays as long as it is on the list', async () => {
    const [anna, ben] = [visitor(), visitor()];
    let list = parseKeys([anna, ben].map(({ key }) => visitorId(key)).join('\n'));
    const gate = gateOf({ keys: async () => list });
    const [a, b] = [await gate.authorize(anna, nobodyAnswers), await gate.authorize(ben, nobodyAnswers)];
    assert.deepEqual([await verdict(gate, a), await verdict(gate, b)], ['stays', 'stays']);
    list = parseKeys(`${visitorId(ben.key)} with a label now`);
    assert.deepEqual([await verdict(gate, a), await verdict(gate, b)], ['NOT_ALLOWED', 'stays']);
    assert.equal(await verdict(gate, { who: a.who }), 'NOT_ALLOWED', 'an authorization that this gate never gave');
  });

  it('an invitation, until it has run out or is taken back; then it lets in nobody new either', async () => {
    const revoked = new Set<string>();
    const gate = gateOf({ revoked: async () => revoked });
    const guests = [1, 2].map((nth) => visitor({ token: makeInvite(inviteKey, new Uint8Array(8).fill(nth), NOON + 5000) }));
    const [one, two] = [
      await gate.authorize(guests[0] as Applicant, nobodyAnswers),
      await gate.authorize(guests[1] as Applicant, nobodyAnswers),
    ];
    revoked.add('01'.repeat(8));
    assert.deepEqual([await verdict(gate, one), await verdict(gate, two)], ['TOKEN_INVALID', 'stays']);
    await assert.rejects(gate.authorize(guests[0] as Applicant, nobodyAnswers), /was taken back/);
    now += 4999;
    assert.equal(await verdict(gate, two), 'stays');
    now += 1;
    assert.equal(await verdict(gate, two), 'TOKEN_EXPIRED');
  });

  it('the password, until there is another one', async () => {
    let password = verifierOf(1);
    const gate = gateOf({ password: async () => password });
    const knows = (byte: number, who: Applicant): Promise<Authorization> =>
      gate.authorize(who, async (challenge) => {
        assert.deepEqual([...challenge.salt], [...password.salt]);
        return { password: passwordProof(verifierOf(byte).verifier, who.hash) };
      });
    const first = await knows(1, visitor());
    assert.equal(await verdict(gate, first), 'stays');
    password = verifierOf(2);
    assert.equal(await verdict(gate, first), 'PASSWORD_NEEDED');
    const second = await knows(2, visitor());
    assert.deepEqual([await verdict(gate, first), await verdict(gate, second)], ['PASSWORD_NEEDED', 'stays']);
  });

  it('who types the old password while it changes is asked for the new one, and it counts as no guess', async () => {
    let password = verifierOf(1);
    const gate = gateOf({ password: async () => password });
    const who = visitor();
    const salts: number[] = [];
    const authorization = await gate.authorize(who, async (challenge) => {
      const byte = challenge.salt[0] as number;
      salts.push(byte);
      assert.equal(challenge.code, 'PASSWORD_NEEDED');
      const proof = { password: passwordProof(verifierOf(byte).verifier, who.hash) };
      password = verifierOf(2);
      return proof;
    });
    assert.deepEqual(salts, [1, 2]);
    assert.equal(await verdict(gate, authorization), 'stays');
  });

  it('without a password there is none to have, whatever let in before', async () => {
    const gate = gateOf({ password: verifierOf(1) });
    const who = visitor();
    const authorization = await gate.authorize(who, async () => ({ password: passwordProof(verifierOf(1).verifier, who.hash) }));
    assert.equal(await verdict(gate, authorization), 'stays');
    assert.equal(await verdict(gateOf({}), authorization), 'NOT_ALLOWED');
  });
});

// SPDX-License-Identifier: Apache-2.0
// The gate: right ones in, wrong ones out with their code, guesses counted, and a locked password no lock for the others.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mock } from 'node:test';
import { onePassword, passwordCredentials } from '../../../../client-runtime/visitor/credentials.ts';
import { type AccessRules, createGate, type GateOptions, MAX_ASKED } from '../../../../host-agent/access/gate.ts';
import { GUESS_LIMITS, Guesses, MAX_KNOWN_KEYS } from '../../../../host-agent/access/guesses.ts';
import { makeInvite } from '../../../../host-agent/access/invites.ts';
import { parseKeys } from '../../../../host-agent/access/keys.ts';
import { newVerifier, type PasswordVerifier } from '../../../../host-agent/access/password.ts';
import { type ErrorCode, PortholeError } from '../../../../proto/errors.ts';
import { visitorId } from '../../../../proto/visitor.ts';
import { waitOf } from '../../../../proto/wait.ts';
import type { Applicant, Challenge, Credentials, Gate, Proof } from '../../../../transport/continuity/gate.ts';
import { passwordProof } from '../../../../transport/continuity/password.ts';
import { nodeSalting } from '../../../../transport/continuity/password-node.ts';

const NOON = Date.UTC(2030, 0, 1, 12);
const code =
  (expected: ErrorCode) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected, error.message);
    return true;
  };
const nobodyAnswers = (): Promise<Proof> => assert.fail('the password was asked for');
const inviteKey = randomBytes(32);
const invite = (expires: number): Uint8Array => makeInvite(inviteKey, Uint8Array.of(0x7f, 0x3c, 0, 0, 0, 0, 0, 1), expires);
const visitor = (more: Partial<Applicant> = {}): Applicant => ({
  key: randomBytes(32),
  hash: randomBytes(32),
  token: new Uint8Array(),
  ...more,
});

let password: PasswordVerifier;
const choosePassword = async (): Promise<void> => {
  password = await newVerifier('harbour light');
};

/** A visitor at a gate, with what it knows. */
function come(gate: Gate, who: Applicant, credentials: Pick<Credentials, 'answer'>): Promise<string> {
  const ask = (challenge: Challenge): Promise<Proof> => credentials.answer?.(challenge, who.hash) ?? nobodyAnswers();
  return gate.authorize(who, ask).then((authorization) => authorization.who);
}
const gateOf = (rules: Partial<AccessRules>, options: GateOptions = {}): Gate =>
  createGate({ inviteKey, ...rules }, { time: () => NOON, ...options });

describe('the gate: keys and invitations', () => {
  before(choosePassword);
  const anna = visitor();
  const list = parseKeys(`${visitorId(anna.key)} Anna`);
  const short = visitorId(anna.key).slice(0, 8);
  const keys = async () => list;

  it('lets in a key of the list, and no other', async () => {
    const refused: [string, ErrorCode][] = [];
    const gate = gateOf({ keys }, { onRefused: (key, error) => refused.push([key, error.code]) });
    assert.deepEqual(await gate.authorize(anna, nobodyAnswers), { who: `key ${short}… (Anna)` });
    const other = visitor();
    await assert.rejects(gate.authorize(other, nobodyAnswers), code('NOT_ALLOWED'));
    assert.deepEqual(refused, [[visitorId(other.key), 'NOT_ALLOWED']]);
  });

  it('lets in whoever brings an invitation, until it has run out', async () => {
    for (const gate of [gateOf({}), gateOf({ keys }), gateOf({ password })]) {
      assert.deepEqual(await gate.authorize(visitor({ token: invite(NOON + 1) }), nobodyAnswers), { who: 'invite 7f3c0000' });
    }
    let now = NOON;
    const gate = gateOf({}, { time: () => now });
    const guest = visitor({ token: invite(NOON + 5000) });
    await gate.authorize(guest, nobodyAnswers);
    now += 5000;
    await assert.rejects(gate.authorize(guest, nobodyAnswers), code('TOKEN_EXPIRED'));
    await assert.rejects(gate.authorize(visitor({ token: invite(NOON + 9000).subarray(1) }), nobodyAnswers), code('TOKEN_INVALID'));
    await assert.rejects(gate.authorize(visitor(), nobodyAnswers), code('NOT_ALLOWED'));
  });

  it('tells whom an invitation was made for', async () => {
    const gate = gateOf({ inviteLabel: async (id) => (id === '7f3c000000000001' ? 'Ben' : '') });
    assert.deepEqual(await gate.authorize(visitor({ token: invite(NOON + 1) }), nobodyAnswers), { who: 'invite 7f3c0000 (Ben)' });
  });

  it('a key of the list gets in with a damaged invitation in its hand', async () => {
    const gate = gateOf({ keys });
    assert.match((await gate.authorize({ ...anna, token: randomBytes(28) }, nobodyAnswers)).who, /^key/);
  });
});

describe('the gate: the password', () => {
  before(choosePassword);
  const right = onePassword('harbour light', nodeSalting);
  const wrong = onePassword('harbour lights', nodeSalting);
  /** Costs no salting: any 32 bytes are as wrong as a wrong password's proof. */
  const guess: Pick<Credentials, 'answer'> = {
    answer: async (challenge) => {
      if (challenge.code === 'PASSWORD_WRONG') throw new PortholeError('PASSWORD_WRONG');
      return { password: randomBytes(32) };
    },
  };
  /** As `right`, at no cost. */
  const known: Pick<Credentials, 'answer'> = { answer: async (_, hash) => ({ password: passwordProof(password.verifier, hash) }) };

  it('opens, a wrong one does not, and the visitor learns which', async () => {
    const refused: ErrorCode[] = [];
    const gate = gateOf({ password }, { onRefused: (_, error) => refused.push(error.code) });
    assert.equal(await come(gate, visitor(), right), 'password');
    await assert.rejects(come(gate, visitor(), wrong), code('PASSWORD_WRONG'));
    assert.deepEqual(refused, ['PASSWORD_WRONG']);
    await assert.rejects(
      come(gate, visitor(), passwordCredentials({ ask: async () => null, salting: nodeSalting })),
      code('PASSWORD_NEEDED'),
    );
  });

  it('may be tried again on the same path', async () => {
    const asked: string[] = [];
    const tries = ['first', 'second', 'harbour light'];
    const person = passwordCredentials({
      salting: nodeSalting,
      ask: async (question) => {
        asked.push(question.code);
        return tries.shift() ?? null;
      },
    });
    assert.equal(await come(gateOf({ password }), visitor(), person), 'password');
    assert.deepEqual(asked, ['PASSWORD_NEEDED', 'PASSWORD_WRONG', 'PASSWORD_WRONG']);
  });

  it('a proof is good on its own path only, and only whole', async () => {
    const gate = gateOf({ password });
    const [here, there] = [visitor(), visitor()];
    const overheard = passwordProof(password.verifier, there.hash);
    const says = (bytes: Uint8Array): Pick<Credentials, 'answer'> => ({
      answer: async ({ code }) => (code === 'PASSWORD_WRONG' ? Promise.reject(new PortholeError(code)) : { password: bytes }),
    });
    await assert.rejects(come(gate, here, says(overheard)), code('PASSWORD_WRONG'));
    const proof = passwordProof(password.verifier, here.hash);
    for (const cut of [proof.subarray(1), new Uint8Array(), Uint8Array.of(...proof, 0)]) {
      await assert.rejects(come(gate, here, says(cut)), code('PASSWORD_WRONG'));
    }
    assert.equal(await come(gate, here, says(proof)), 'password');
  });

  it('also opens to those whose invitation does not, and says why it asks', async () => {
    const messages: string[] = [];
    const gate = gateOf({ password });
    const ask = async (challenge: Challenge) => {
      messages.push(challenge.message);
      return { password: passwordProof(password.verifier, guest.hash) };
    };
    const guest = visitor({ token: invite(NOON) });
    assert.deepEqual(await gate.authorize(guest, ask), { who: 'password' });
    assert.match(messages[0] ?? '', /expired.*password/);
  });

  it('no more than MAX_ASKED are asked at once; who gives up makes room', async () => {
    const gate = gateOf({ password });
    const asked: ((error: Error) => void)[] = [];
    const thinking = Array.from({ length: MAX_ASKED }, () => {
      const one = gate.authorize(visitor(), () => new Promise((_, reject) => asked.push(reject)));
      one.catch(() => {});
      return one;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(asked.length, MAX_ASKED);
    await assert.rejects(gate.authorize(visitor(), nobodyAnswers), code('RATE_LIMITED'));
    asked[0]?.(new PortholeError('PATH_LOST'));
    await assert.rejects(thinking[0] as Promise<unknown>, code('PATH_LOST'));
    assert.equal(await come(gate, visitor(), known), 'password');
    for (const leave of asked) leave(new PortholeError('PATH_LOST'));
    await Promise.allSettled(thinking);
  });

  describe('guessed at', () => {
    beforeEach(() => mock.timers.enable({ apis: ['Date', 'setTimeout'], now: NOON }));
    afterEach(() => mock.timers.reset());
    const { perKey, perSite } = GUESS_LIMITS;

    it('is locked to a key after perKey wrong ones, and says for how long', async () => {
      const gate = gateOf({ password });
      const thief = visitor();
      for (let i = 0; i < perKey.wrong; i++)
        await assert.rejects(come(gate, thief, guess), code(i < perKey.wrong - 1 ? 'PASSWORD_WRONG' : 'RATE_LIMITED'));
      mock.timers.tick(60_000);
      const refusal = await come(gate, thief, known).catch((error) => error as PortholeError);
      code('RATE_LIMITED')(refusal);
      assert.equal(waitOf(refusal as PortholeError), (perKey.seconds - 60) * 1000);
      assert.equal(await come(gate, visitor(), known), 'password', 'another key is not concerned');
      mock.timers.tick((perKey.seconds - 60) * 1000 - 1);
      await assert.rejects(come(gate, thief, known), code('RATE_LIMITED'));
      mock.timers.tick(1);
      assert.equal(await come(gate, thief, known), 'password');
    });

    it('right ones do not count', async () => {
      const gate = gateOf({ password });
      const anna = visitor();
      for (let i = 0; i < perSite.wrong + 5; i++) assert.equal(await come(gate, anna, known), 'password');
      for (let i = 0; i < perSite.wrong + 5; i++) assert.equal(await come(gate, visitor(), known), 'password');
      for (let i = 0; i < perKey.wrong - 1; i++) await assert.rejects(come(gate, anna, guess), code('PASSWORD_WRONG'));
      assert.equal(await come(gate, anna, known), 'password');
      for (let i = 0; i < perKey.wrong - 1; i++) await assert.rejects(come(gate, anna, guess), code('PASSWORD_WRONG'));
    });

    it('with ever new keys it is locked for the site; keys, invitations and who knew it before still get in', async () => {
      const anna = visitor();
      const gate = gateOf({ password, keys: async () => parseKeys(visitorId(anna.key)) });
      const regular = visitor();
      assert.equal(await come(gate, regular, known), 'password');
      for (let i = 0; i < perSite.wrong; i++) {
        await assert.rejects(come(gate, visitor(), guess), code(i < perSite.wrong - 1 ? 'PASSWORD_WRONG' : 'RATE_LIMITED'));
      }
      const refusal = await come(gate, visitor(), known).catch((error) => error as PortholeError);
      code('RATE_LIMITED')(refusal);
      assert.equal(waitOf(refusal as PortholeError), perSite.seconds * 1000);
      assert.match(await come(gate, anna, {}), /^key/);
      assert.match(await come(gate, visitor({ token: invite(NOON + 1e9) }), {}), /^invite/);
      assert.equal(await come(gate, regular, known), 'password');
      mock.timers.tick(perSite.seconds * 1000);
      assert.equal(await come(gate, visitor(), known), 'password');
    });

    it('many guesses at once count as many', async () => {
      const gate = gateOf({ password });
      const thief = visitor();
      const answers: ((proof: Proof) => void)[] = [];
      const ask = (challenge: Challenge): Promise<Proof> =>
        challenge.code === 'PASSWORD_WRONG'
          ? Promise.reject(new PortholeError('PASSWORD_WRONG'))
          : new Promise((resolve) => answers.push(resolve));
      const tries = Array.from({ length: perKey.wrong * 4 }, () =>
        gate.authorize(thief, ask).catch((error) => (error as PortholeError).code),
      );
      while (answers.length < tries.length) await Promise.resolve();
      for (const [at, answer] of answers.entries()) {
        // The last ones know the password, and must not be looked at any more.
        const isLate = at >= perKey.wrong * 2;
        answer({ password: isLate ? passwordProof(password.verifier, thief.hash) : randomBytes(32) });
      }
      const ends = await Promise.all(tries);
      assert.equal(
        ends.filter((end) => end === 'PASSWORD_WRONG').length + ends.filter((end) => end === 'RATE_LIMITED').length,
        tries.length,
      );
      assert.ok(ends.slice(perKey.wrong * 2).every((end) => end === 'RATE_LIMITED'));
      assert.equal(await come(gate, visitor(), known), 'password', 'what was not looked at is not counted against the site');
    });

    it('remembers MAX_KNOWN_KEYS that knew it', async () => {
      const guesses = new Guesses({ perKey, perSite: { wrong: 1, seconds: 60 } });
      for (let i = 0; i < MAX_KNOWN_KEYS + 1; i++) await (await guesses.spend(`k${i}`))();
      await guesses.spend('stranger');
      await assert.rejects(guesses.check('k0'), code('RATE_LIMITED'));
      await guesses.check('k1');
      await guesses.check(`k${MAX_KNOWN_KEYS}`);
    });
  });
});

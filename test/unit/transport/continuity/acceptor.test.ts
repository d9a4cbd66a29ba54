// SPDX-License-Identifier: Apache-2.0
// The host's acceptor: who is let in, who may go on, and what it keeps of those who are away.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../../proto/errors.ts';
import { FIRST_UNACKED_BYTES, MAX_FRAME_BYTES, MAX_PATHS } from '../../../../proto/limits.ts';
import { memoryPair } from '../../../../transport/channel/memory.ts';
import type { Challenge, Gate } from '../../../../transport/continuity/gate.ts';
import * as limits from '../../../../transport/continuity/limits.ts';
import { asked } from '../../../support/asked.ts';
import { fakeClock } from '../../../support/clock.ts';
import { RawPath } from '../../../support/raw-path.ts';
import { HOST_KEY, Resumables, settled, VISITOR_KEY } from '../../../support/resumables.ts';
import { HASH, plainSealed, testKey } from '../../../support/sealed.ts';
import { code, hexOf } from '../../proto/helper.ts';

const NONE = new Uint8Array(0);
const challenge = (words = 'PASSWORD_NEEDED'): Challenge => ({ code: words, message: 'say it', salt: Uint8Array.of(1, 2), cost: 1024 });

describe('session acceptor', () => {
  let resumables: Resumables;
  afterEach(() => resumables.end());

  /** A visitor of the test's own words. */
  function raw(key = VISITOR_KEY): RawPath {
    const { a, b } = memoryPair();
    void resumables.acceptor.take(plainSealed(b, key));
    return new RawPath(plainSealed(a, HOST_KEY));
  }

  describe('authorization', () => {
    it('without a gate lets everybody in', async () => {
      resumables = new Resumables();
      await resumables.added();
      assert.deepEqual(resumables.authorizations, [{ who: 'anyone' }]);
    });

    it("shows the gate the visitor's key, the hash of the handshake and the invitation", async () => {
      const seen: Parameters<Gate['authorize']>[0][] = [];
      const gate: Gate = {
        authorize: async (visitor) => {
          seen.push(visitor);
          return { who: 'invite 7f3c' };
        },
      };
      resumables = new Resumables({ gate, credentials: { token: Uint8Array.of(9, 8, 7) } });
      await resumables.added();
      assert.deepEqual(resumables.authorizations, [{ who: 'invite 7f3c' }]);
      const [visitor] = seen;
      assert.deepEqual(
        [hexOf(visitor?.key ?? NONE), hexOf(visitor?.hash ?? NONE), hexOf(visitor?.token ?? NONE)],
        [hexOf(VISITOR_KEY), hexOf(HASH), '090807'],
      );
      // A path of the same session is not asked again.
      await resumables.added('two');
      assert.equal(seen.length, 1);
    });

    it('keeps what the visitor says until it is let in', async () => {
      const authorized = Promise.withResolvers<{ who: string }>();
      resumables = new Resumables({ gate: { authorize: () => authorized.promise } });
      const { path } = resumables.add();
      await resumables.visitor.send(Uint8Array.of(5));
      await settled();
      assert.equal(resumables.hosts.length, 0);
      authorized.resolve({ who: 'somebody' });
      await path;
      assert.deepEqual([...((await asked(resumables.host).receive()) ?? [])], [5]);
    });

    it('asks as often as the gate wants, and passes proofs on', async () => {
      const proofs: string[] = [];
      const gate: Gate = {
        async authorize(_, ask) {
          for (let words = 'PASSWORD_NEEDED'; ; words = 'PASSWORD_WRONG') {
            const { password } = await ask(challenge(words));
            proofs.push(hexOf(password));
            if (password[0] === 3) return { who: 'password' };
          }
        },
      };
      const asked: [string, string, number][] = [];
      const credentials = {
        async answer({ code: words, salt, cost }: Challenge, hash: Uint8Array) {
          assert.deepEqual(hash, HASH);
          asked.push([words, hexOf(salt), cost]);
          return { password: Uint8Array.of(asked.length) };
        },
      };
      resumables = new Resumables({ gate, credentials });
      await resumables.added();
      assert.deepEqual(proofs, ['01', '02', '03']);
      assert.deepEqual(asked[0], ['PASSWORD_NEEDED', '0102', 1024]);
      assert.deepEqual(asked.at(-1), ['PASSWORD_WRONG', '0102', 1024]);
    });

    for (const refusal of ['NOT_ALLOWED', 'PASSWORD_WRONG', 'TOKEN_EXPIRED', 'RATE_LIMITED'] as const) {
      it(`a refusal ends the visitor's session: ${refusal}`, async () => {
        const gate: Gate = { authorize: () => Promise.reject(new PortholeError(refusal, 'in words')) };
        const refused: string[] = [];
        resumables = new Resumables({ gate, onRefused: (error) => refused.push(error.code) });
        const reading = asked(resumables.visitor).receive();
        const failed = assert.rejects(reading, (error: PortholeError) => error.code === refusal && error.message === 'in words');
        await assert.rejects(resumables.add().path, code(refusal));
        await failed;
        await settled();
        assert.deepEqual([resumables.acceptor.sessions, resumables.hosts.length, refused], [0, 0, [refusal]]);
      });
    }

    it("an error of the gate's own code is not told", async () => {
      resumables = new Resumables({ gate: { authorize: () => Promise.reject(new Error('a secret path')) } });
      await assert.rejects(resumables.add().path, (error: PortholeError) => error.code === 'INTERNAL' && !error.message.includes('secret'));
    });

    it('a visitor without an answer gives up with what was asked', async () => {
      resumables = new Resumables({ gate: { authorize: async (_, ask) => ask(challenge()).then(() => ({ who: 'password' })) } });
      await assert.rejects(resumables.add().path, code('PASSWORD_NEEDED'));
      await settled();
      assert.equal(resumables.acceptor.sessions, 0);
    });

    it('a visitor that gives up says so', async () => {
      const credentials = { answer: () => Promise.reject(new PortholeError('CANCELLED', 'no password was given')) };
      resumables = new Resumables({
        credentials,
        gate: { authorize: async (_, ask) => ask(challenge()).then(() => ({ who: 'password' })) },
      });
      await assert.rejects(resumables.add().path, code('CANCELLED'));
      await assert.rejects(asked(resumables.visitor).receive(), code('CANCELLED'));
    });

    it('the gate learns that the visitor went away, or does not answer in PROOF_MS', async () => {
      const clock = fakeClock();
      const codes: string[] = [];
      const gate: Gate = {
        async authorize(_, ask) {
          const proof = ask(challenge());
          proof.catch((error) => codes.push(error.code));
          await proof;
          return { who: 'password' };
        },
      };
      resumables = new Resumables({ clock, gate });
      const one = raw();
      one.say({ type: 'join' });
      await one.next('challenge');
      one.sealed.abort(new Error('enough'));
      await settled();
      assert.deepEqual(codes, ['PATH_LOST']);
      const two = raw();
      two.say({ type: 'join' });
      await two.next('challenge');
      for (let ms = 0; ms < limits.PROOF_MS; ms += 2000) {
        clock.advance(2000);
        two.say({ type: 'ping', id: 1 });
        await settled(3);
      }
      assert.deepEqual(codes, ['PATH_LOST', 'TIMED_OUT']);
      assert.equal((await two.next('refused'))?.code, 'TIMED_OUT');
      await settled();
      assert.equal(resumables.acceptor.sessions, 0);
    });

    it('a second path waits for the first while somebody types a password', async () => {
      const clock = fakeClock();
      const typed = Promise.withResolvers<{ password: Uint8Array }>();
      resumables = new Resumables({
        clock,
        credentials: { answer: () => typed.promise },
        gate: { authorize: async (_, ask) => ask(challenge()).then(() => ({ who: 'password' })) },
      });
      const one = resumables.add('one');
      await settled();
      const two = resumables.add('two');
      for (let ms = 0; ms < 10_000; ms += 100) {
        clock.advance(100);
        await settled(2);
      }
      typed.resolve({ password: Uint8Array.of(1) });
      assert.deepEqual([(await one.path).via, (await two.path).via], ['one', 'two']);
      assert.equal(resumables.hosts.length, 1);
    });

    it(`no more than ${limits.MAX_WAITING_SESSIONS} wait (MAX_WAITING_SESSIONS): RATE_LIMITED`, async () => {
      resumables = new Resumables({ gate: { authorize: () => new Promise(() => {}) } });
      const waiting = Array.from({ length: limits.MAX_WAITING_SESSIONS }, () => raw());
      for (const one of waiting) one.say({ type: 'join' });
      await settled();
      const more = raw();
      more.say({ type: 'join' });
      assert.equal((await more.next('refused'))?.code, 'RATE_LIMITED');
      assert.equal(resumables.acceptor.sessions, limits.MAX_WAITING_SESSIONS);
    });

    it('holds FIRST_UNACKED_BYTES of one that is not let in, and no more', async () => {
      resumables = new Resumables({ gate: { authorize: () => new Promise(() => {}) } });
      const one = raw();
      one.say({ type: 'join' });
      one.say({ type: 'carry' });
      const most = Math.ceil(FIRST_UNACKED_BYTES / MAX_FRAME_BYTES);
      for (let i = 0; i < most; i++) one.number(new Uint8Array(MAX_FRAME_BYTES));
      await settled();
      assert.equal(
        one.heard.find(({ type }) => type === 'refused'),
        undefined,
      );
      for (let i = 0; i < 2; i++) one.number(new Uint8Array(MAX_FRAME_BYTES));
      assert.equal((await one.next('refused'))?.code, 'PROTOCOL_VIOLATED');
    });
  });

  describe('resuming', () => {
    /** A session of a raw visitor's, and its id. */
    async function opened(): Promise<{ path: RawPath; session: Uint8Array }> {
      const path = raw();
      path.say({ type: 'join' });
      path.say({ type: 'carry' });
      const joined = await path.next('joined');
      path.say({ type: 'ping' });
      await settled();
      return { path, session: joined?.session.slice() ?? NONE };
    }

    it('takes further paths of the same visitor', async () => {
      resumables = new Resumables();
      const { session } = await opened();
      const two = raw();
      two.say({ type: 'join', session });
      const joined = await two.next('joined');
      assert.equal(hexOf(joined?.session ?? NONE), hexOf(session));
      assert.equal(resumables.host.paths.length, 2);
    });

    it("another key may not, even with the session's id: NOT_ALLOWED", async () => {
      resumables = new Resumables();
      const { session } = await opened();
      for (const key of [testKey(9), Uint8Array.from(VISITOR_KEY, (byte, at) => (at === 31 ? byte ^ 1 : byte))]) {
        const thief = raw(key);
        thief.say({ type: 'join', session });
        assert.equal((await thief.next('refused'))?.code, 'NOT_ALLOWED');
        await thief.ended;
      }
      assert.equal(resumables.host.paths.length, 1);
    });

    it('a session that is not known, or not yet authorized: SESSION_LOST', async () => {
      resumables = new Resumables();
      const stranger = raw();
      stranger.say({ type: 'join', session: new Uint8Array(16) });
      assert.equal((await stranger.next('refused'))?.code, 'SESSION_LOST');

      const ids: Uint8Array[] = [];
      resumables = new Resumables({
        gate: { authorize: () => new Promise(() => {}) },
        random: (bytes) => {
          bytes.fill(6);
          ids.push(bytes);
        },
      });
      raw().say({ type: 'join' });
      await settled();
      const early = raw();
      early.say({ type: 'join', session: ids[0] });
      assert.equal((await early.next('refused'))?.code, 'SESSION_LOST');
    });

    it('ids are made of chance, each time anew', async () => {
      resumables = new Resumables();
      const ids = await Promise.all(Array.from({ length: 20 }, async () => hexOf((await opened()).session)));
      assert.equal(new Set(ids).size, 20);
    });

    it(`a session has ${MAX_PATHS} paths (MAX_PATHS): the standby heard least lately makes room`, async () => {
      resumables = new Resumables();
      const { session } = await opened();
      const further = Array.from({ length: MAX_PATHS }, () => raw());
      for (const one of further) {
        one.say({ type: 'join', session });
        await one.next('joined');
        one.say({ type: 'ping' });
        await settled();
      }
      assert.equal(resumables.host.paths.length, MAX_PATHS);
      assert.equal((await further[0]?.next('refused'))?.code, 'RATE_LIMITED');
      assert.equal(resumables.host.via, 'memory');
    });

    it('an older move does not draw the session back', async () => {
      resumables = new Resumables();
      const { path, session } = await opened();
      const two = raw();
      two.say({ type: 'join', session });
      await two.next('joined');
      two.say({ type: 'carry', move: 3 });
      await two.next('carry');
      path.heard.length = 0;
      for (const move of [1, 2, 3]) path.say({ type: 'carry', move });
      await settled();
      assert.ok(!path.heard.some(({ type }) => type === 'carry'));
    });
  });
});

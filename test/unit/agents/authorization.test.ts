// SPDX-License-Identifier: Apache-2.0
// The gate at work: visitors and a host over real seals, each with what it knows, and what each of them learns.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { withInvite } from '../../../client-runtime/links/invite-link.ts';
import { onePassword, passwordCredentials } from '../../../client-runtime/visitor/credentials.ts';
import { visitorOf } from '../../../client-runtime/visitor/visitor.ts';
import { keysOf } from '../../../client-runtime/visitor/visitor-key.ts';
import { createGate, MAX_ASKED } from '../../../host-agent/access/gate.ts';
import { INVITE_KEY_LABEL, makeInvite } from '../../../host-agent/access/invites.ts';
import { parseKeys } from '../../../host-agent/access/keys.ts';
import { newVerifier } from '../../../host-agent/access/password.ts';
import { newIdentity } from '../../../host-agent/identity/identity.ts';
import { type ErrorCode, PortholeError } from '../../../proto/errors.ts';
import { visitorId } from '../../../proto/visitor.ts';
import { waitOf } from '../../../proto/wait.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { SessionAcceptor } from '../../../transport/continuity/acceptor.ts';
import type { Credentials } from '../../../transport/continuity/gate.ts';
import { nodeSalting } from '../../../transport/continuity/password-node.ts';
import type { ResumableSession } from '../../../transport/continuity/resumable-session.ts';
import { beginResumable, type ResumableVisitor } from '../../../transport/continuity/visitor.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import type { KeyPair } from '../../../transport/seal/primitives.ts';
import { sealAsHost, sealAsVisitor } from '../../../transport/seal/sealed.ts';
import { asked } from '../../support/asked.ts';

const code =
  (expected: ErrorCode) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected, error.message);
    return true;
  };

describe('authorization over sealed paths', () => {
  const site = newIdentity();
  const anna = keysOf(randomBytes(32), nodePrimitives)(site.id) as KeyPair;
  const inviteKey = site.derive(INVITE_KEY_LABEL);
  const invited = (ms: number): string => withInvite('http://here.example/', makeInvite(inviteKey, randomBytes(8), Date.now() + ms));
  let acceptor: SessionAcceptor;
  let authorized: string[];
  let turnedAway: [string, ErrorCode][];
  const resumables: (ResumableSession | ResumableVisitor)[] = [];

  beforeEach(async () => {
    authorized = [];
    turnedAway = [];
    const gate = createGate(
      { keys: async () => parseKeys(`${visitorId(anna.publicKey)} Anna`), password: await newVerifier('harbour light'), inviteKey },
      { onRefused: (key, error) => turnedAway.push([key, error.code]) },
    );
    acceptor = new SessionAcceptor({
      gate,
      onSession: (resumable, { who }) => {
        authorized.push(who);
        resumables.push(resumable);
        void asked(resumable)
          .receive()
          .then(
            (message) => message && void resumable.send(Uint8Array.from(message).reverse()),
            () => {},
          );
      },
    });
  });
  afterEach(() => {
    for (const resumable of resumables.splice(0)) resumable.abort(new PortholeError('SESSION_CLOSED'));
    acceptor.abort(new PortholeError('SESSION_CLOSED'));
  });

  /** A visitor comes by a path, and says something at once. */
  function come(options: { credentials?: Credentials; key?: typeof anna }) {
    const { credentials, key = nodePrimitives.newKeyPair() } = options;
    const { a, b } = memoryPair();
    void acceptor.take(sealAsHost(b, { key: site.sealKey, primitives: nodePrimitives }));
    const resumable = beginResumable({ credentials });
    resumables.push(resumable);
    void asked(resumable)
      .send(Uint8Array.of(1, 2, 3))
      .catch(() => {});
    const path = sealAsVisitor(a, { site: site.sealKey.publicKey, key, primitives: nodePrimitives });
    const added = resumable.add(path);
    added.catch(() => {});
    return { resumable, added, id: visitorId(key.publicKey) };
  }
  const answered = async (resumable: ResumableSession): Promise<void> =>
    assert.deepEqual([...((await asked(resumable).receive()) ?? [])], [3, 2, 1]);

  it('a key of the list, an invitation, the password: each opens', async () => {
    await answered(come({ key: anna }).resumable);
    await answered(come({ credentials: visitorOf(invited(60_000), {}, nodePrimitives).credentials }).resumable);
    await answered(come({ credentials: onePassword('harbour light', nodeSalting) }).resumable);
    assert.match(authorized.join(', '), /^key [a-z2-7]{8}… \(Anna\), invite [0-9a-f]{8}, password$/);
    assert.deepEqual(turnedAway, []);
  });

  it('who has none of it stays outside, learns why, and nothing it said is read', async () => {
    const bare = come({});
    await assert.rejects(bare.added, code('PASSWORD_NEEDED'));
    await assert.rejects(asked(bare.resumable).receive(), code('PASSWORD_NEEDED'));
    const wrong = come({ credentials: onePassword('harbour', nodeSalting) });
    await assert.rejects(wrong.added, code('PASSWORD_WRONG'));
    const late = come({ credentials: visitorOf(invited(-5000), {}, nodePrimitives).credentials });
    await assert.rejects(late.added, (error) => code('PASSWORD_NEEDED')(error) && /expired/.test((error as Error).message));
    assert.deepEqual(authorized, []);
    assert.deepEqual(turnedAway, [[wrong.id, 'PASSWORD_WRONG']]);
  });

  it('a person may try again on the same path, until it is locked; the wait is said; an invitation still opens', async () => {
    const tries = ['one', 'two', 'three', 'four', 'five', 'six'];
    const person = passwordCredentials({ ask: async () => tries.shift() ?? null, salting: nodeSalting });
    const { added } = come({ credentials: person });
    const refusal = await added.catch((error) => error as PortholeError);
    code('RATE_LIMITED')(refusal);
    assert.ok((waitOf(refusal as PortholeError) ?? 0) > 200_000, (refusal as Error).message);
    assert.deepEqual(tries, ['six']);
    await answered(come({ credentials: visitorOf(invited(60_000), {}, nodePrimitives).credentials }).resumable);
  });

  it('a crowd that is being asked does not keep those out who need not be', async () => {
    const silent: Credentials = { answer: () => new Promise(() => {}) };
    const crowd = Array.from({ length: MAX_ASKED + 1 }, () => come({ credentials: silent }));
    await assert.rejects(Promise.race(crowd.map(({ added }) => added)), code('RATE_LIMITED'));
    await answered(come({ key: anna }).resumable);
    await answered(come({ credentials: visitorOf(invited(60_000), {}, nodePrimitives).credentials }).resumable);
  });

  it('a further path of the same visitor is not asked again', async () => {
    let asked = 0;
    const credentials = passwordCredentials({
      salting: nodeSalting,
      ask: async () => {
        asked++;
        return 'harbour light';
      },
    });
    const key = nodePrimitives.newKeyPair();
    const { resumable, added } = come({ credentials, key });
    await added;
    const { a, b } = memoryPair();
    void acceptor.take(sealAsHost(b, { key: site.sealKey, primitives: nodePrimitives }));
    await resumable.add(sealAsVisitor(a, { site: site.sealKey.publicKey, key, primitives: nodePrimitives }));
    assert.deepEqual([asked, authorized.length, resumable.paths.length], [1, 1, 2]);
  });
});

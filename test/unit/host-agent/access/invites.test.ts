// SPDX-License-Identifier: Apache-2.0
// Invitations: good until they run out, and nothing that was forged, cut or altered is one.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { checkInvite, INVITE_BYTES, INVITE_KEY_LABEL, makeInvite, shortInvite } from '../../../../host-agent/access/invites.ts';
import { newIdentity } from '../../../../host-agent/identity/identity.ts';

const NOON = Date.UTC(2030, 0, 1, 12);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('invitations', () => {
  const key = newIdentity().derive(INVITE_KEY_LABEL);
  const id = Uint8Array.of(0x7f, 0x3c, 1, 2, 3, 4, 5, 6);

  it('are good until their last second, and told apart by their id', () => {
    const token = makeInvite(key, id, NOON);
    assert.equal(token.length, INVITE_BYTES);
    assert.deepEqual(checkInvite(key, token, NOON - 1), { state: 'good', id: '7f3c010203040506', expires: NOON });
    assert.deepEqual(checkInvite(key, token, NOON), { state: 'expired', id: '7f3c010203040506', expires: NOON });
    assert.equal(checkInvite(key, token, NOON + 1e12).state, 'expired');
    assert.equal(shortInvite('7f3c010203040506'), 'invite 7f3c0102');
  });

  it('last up to a second longer than asked, never shorter', () => {
    const token = makeInvite(key, id, NOON + 1);
    assert.equal(checkInvite(key, token, NOON + 999).state, 'good');
    assert.equal(checkInvite(key, token, NOON + 1000).state, 'expired');
  });

  it('are of one site only', () => {
    const token = makeInvite(key, id, NOON);
    assert.equal(checkInvite(newIdentity().derive(INVITE_KEY_LABEL), token, 0).state, 'invalid');
    const identity = newIdentity();
    assert.deepEqual(identity.derive('a'), identity.derive('a'));
    assert.notDeepEqual(identity.derive('a'), identity.derive('b'));
  });

  it('are invalid with any bit turned', () => {
    fc.assert(
      fc.property(
        bytes(32),
        bytes(8),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.nat(INVITE_BYTES * 8 - 1),
        (secret, name, second, bit) => {
          const token = makeInvite(secret, name, second * 1000);
          assert.equal(checkInvite(secret, token, second * 1000 - 1).state, 'good');
          token[bit >> 3] = (token[bit >> 3] as number) ^ (1 << (bit & 7));
          assert.equal(checkInvite(secret, token, 0).state, 'invalid');
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });

  it('are invalid cut, lengthened, or made of chance', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(INVITE_BYTES - 1), (noise, length) => {
        const token = makeInvite(key, id, NOON);
        assert.equal(checkInvite(key, token.subarray(0, length), 0).state, 'invalid');
        assert.equal(checkInvite(key, Uint8Array.of(...token, ...noise, 0), 0).state, 'invalid');
        assert.equal(checkInvite(key, noise, 0).state, 'invalid');
      }),
      { seed: 8, numRuns: 500 },
    );
    assert.equal(checkInvite(key, randomBytes(INVITE_BYTES), 0).state, 'invalid');
  });
});

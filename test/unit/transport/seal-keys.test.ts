// SPDX-License-Identifier: Apache-2.0
// From the key that a site is known by to the key that seals: the published conversion, both halves, all ids.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { newIdentity } from '../../../host-agent/identity/identity.ts';
import { siteId } from '../../../proto/rendezvous.ts';
import { toMontgomery } from '../../../transport/seal/curve25519.ts';
import { sealKeyPair } from '../../../transport/seal/host-keys.ts';
import { sealKeyOf } from '../../../transport/seal/keys.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { subtlePrimitives } from '../../../transport/seal/subtle.ts';
import { webPrimitives } from '../../../transport/seal/web.ts';
import { bytesOf, code, hexOf } from '../proto/helper.ts';

/** libsodium's test/default/ed25519_convert.c and .exp: a seed, and what crypto_sign_ed25519_{pk,sk}_to_curve25519 make of its keys. */
const PUBLISHED = {
  seed: '421151a459faeade3d247115f94aedae42318124095afabe4d1451a559faedee',
  ed25519: 'b5076a8474a832daee4dd5b4040983b6623b5f344aca57d4d6ee4baf3f259e6e',
  publicKey: 'f1814f0e8ff1043d8a44d25babff3cedcae6c22c3edaa48f857ae70de2baae50',
  secretKey: '8052030376d47112be7f73ed7a019293dd12ad910b654455798b4667d73de166',
};

describe('Seal: keys', () => {
  it('of a site are what libsodium publishes', () => {
    const pair = sealKeyPair(bytesOf(PUBLISHED.seed));
    assert.equal(hexOf(pair.publicKey), PUBLISHED.publicKey);
    assert.equal(hexOf(pair.secretKey), PUBLISHED.secretKey);
    assert.equal(hexOf(sealKeyOf(siteId(bytesOf(PUBLISHED.ed25519)))), PUBLISHED.publicKey);
  });

  it('of an identity agree with what a visitor makes of its id, on any platform', async () => {
    for (let i = 0; i < 20; i++) {
      const { id, sealKey } = newIdentity();
      assert.equal(hexOf(sealKeyOf(id)), hexOf(sealKey.publicKey));
      for (const primitives of [nodePrimitives, webPrimitives, subtlePrimitives]) {
        assert.equal(hexOf((await primitives.keyPair(sealKey.secretKey)).publicKey), hexOf(sealKey.publicKey));
        const other = await primitives.newKeyPair();
        const secret = await primitives.agree(other.secretKey, sealKey.publicKey);
        assert.equal(hexOf(secret), hexOf(await primitives.agree(sealKey.secretKey, other.publicKey)));
      }
    }
  });

  it('of an id that is no key are refused: not base32, not canonical, not on the curve', () => {
    const id = siteId(randomBytes(32));
    for (const bad of ['', id.slice(1), `${id}a`, id.toUpperCase(), `${id.slice(0, 51)}b`, siteId(Buffer.alloc(32, 2))]) {
      assert.throws(() => sealKeyOf(bad), code('LINK_INVALID'), bad);
    }
    assert.throws(() => sealKeyOf(siteId(Uint8Array.of(1, ...new Uint8Array(31)))), code('LINK_INVALID')); // the neutral point
  });

  it('from Ed25519 are those of the whole curve, and refused where that refuses them', () => {
    const attempt = (make: (key: Uint8Array) => Uint8Array, key: Uint8Array): string => {
      try {
        return hexOf(make(key));
      } catch {
        return 'refused';
      }
    };
    const near = (end: number, last: number): Uint8Array => Uint8Array.of(end, ...new Uint8Array(30).fill(last === 0 ? 0 : 0xff), last);
    const ends = [0, 1, 2, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xff].flatMap((end) => [0, 0x7f, 0x80, 0xff].map((last) => near(end, last)));
    const counts = { refused: 0, taken: 0 };
    for (const key of [...ends, ...Array.from({ length: 200 }, () => randomBytes(32)), new Uint8Array(31), new Uint8Array(33)]) {
      const ours = attempt(toMontgomery, key);
      const curve = attempt((bytes) => ed25519.utils.toMontgomery(bytes), key);
      assert.equal(ours, curve, hexOf(key));
      counts[ours === 'refused' ? 'refused' : 'taken']++;
    }
    assert.ok(counts.refused > 50 && counts.taken > 50, JSON.stringify(counts));
  });
});

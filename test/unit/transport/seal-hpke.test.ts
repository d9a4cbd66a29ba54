// SPDX-License-Identifier: Apache-2.0
// Boxes by HPKE: the vector of RFC 9180, and that nothing altered, bound otherwise or sealed to another key is opened.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BOX_OVERHEAD_BYTES, openBox, sealBox } from '../../../transport/seal/hpke.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { bytesOf, code, hexOf, holds, vectors } from '../proto/helper.ts';

interface Vector {
  readonly name: string;
  readonly ephemeral: string;
  readonly recipient: string;
  readonly info: string;
  readonly ad: string;
  readonly message: string;
  readonly box: string;
}

const { boxes } = vectors<{ boxes: Vector[] }>('hpke.json');
const own = nodePrimitives.newKeyPair();
const bytes = fc.uint8Array({ maxLength: 300 });

describe('seal: boxes', () => {
  for (const { name, ephemeral, recipient, info, ad, message, box } of boxes) {
    it(`are those of ${name}`, () => {
      const binding = { info: bytesOf(info), ad: bytesOf(ad) };
      const key = nodePrimitives.keyPair(bytesOf(recipient));
      assert.equal(hexOf(sealBox(key.publicKey, binding, bytesOf(message), nodePrimitives.keyPair(bytesOf(ephemeral)))), box);
      assert.equal(hexOf(openBox(key, binding, bytesOf(box))), message);
    });
  }

  it('open to what was sealed, and are different each time', () => {
    holds(100, [bytes, bytes, bytes], (info, ad, message) => {
      const box = sealBox(own.publicKey, { info, ad }, message);
      assert.equal(box.length, message.length + BOX_OVERHEAD_BYTES);
      assert.deepEqual([...openBox(own, { info, ad }, box)], [...message]);
      assert.notEqual(hexOf(sealBox(own.publicKey, { info, ad }, message)), hexOf(box));
    });
  });

  it('do not open when a bit is another, or something is cut off or added', () => {
    holds(200, [bytes, fc.nat(), fc.nat(7), fc.nat()], (message, at, bit, cut) => {
      const binding = { info: new Uint8Array([1]), ad: new Uint8Array([2]) };
      const box = sealBox(own.publicKey, binding, message);
      // The top bit of an X25519 key is ignored (RFC 7748 section 5), but here it is part of what the key is made from.
      const hurt = Uint8Array.from(box, (byte, index) => (index === at % box.length ? byte ^ (1 << bit) : byte));
      for (const other of [hurt, box.subarray(0, cut % box.length), Buffer.concat([box, Uint8Array.of(0)])]) {
        assert.throws(() => openBox(own, binding, other), code('SEAL_BROKEN'));
      }
    });
  });

  it('do not open to another key, nor in another place', () => {
    const binding = { info: new Uint8Array([1]), ad: new Uint8Array([2]) };
    const box = sealBox(own.publicKey, binding, new Uint8Array(10));
    assert.throws(() => openBox(nodePrimitives.newKeyPair(), binding, box), code('SEAL_BROKEN'));
    assert.throws(() => openBox(own, { ...binding, ad: new Uint8Array([3]) }, box), code('SEAL_BROKEN'));
    assert.throws(() => openBox(own, { ...binding, info: new Uint8Array() }, box), code('SEAL_BROKEN'));
  });
});

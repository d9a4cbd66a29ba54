// SPDX-License-Identifier: Apache-2.0
// The handshake against published Noise vectors, with each platform's primitives, and each with the other.

import assert from 'node:assert/strict';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { Handshake } from '../../../transport/seal/noise.ts';
import type { Primitives } from '../../../transport/seal/primitives.ts';
import { RecordCipher } from '../../../transport/seal/record-cipher.ts';
import { subtlePrimitives } from '../../../transport/seal/subtle.ts';
import { webPrimitives } from '../../../transport/seal/web.ts';
import { bytesOf, hexOf, vectors } from '../proto/helper.ts';

interface NoiseVector {
  readonly protocol_name: string;
  readonly init_prologue: string;
  readonly init_static: string;
  readonly init_ephemeral: string;
  readonly resp_prologue: string;
  readonly resp_static: string;
  readonly resp_ephemeral: string;
  readonly handshake_hash: string;
  readonly messages: readonly { readonly payload: string; readonly ciphertext: string }[];
}

const platforms: Readonly<Record<string, Primitives>> = { node: nodePrimitives, web: webPrimitives, subtle: subtlePrimitives };
const { vectors: published } = vectors<{ vectors: readonly NoiseVector[] }>('noise.json');

async function ends(vector: NoiseVector, initiator: Primitives, responder: Primitives): Promise<[Handshake, Handshake]> {
  return [
    new Handshake({
      primitives: initiator,
      initiator: true,
      prologue: bytesOf(vector.init_prologue),
      key: await initiator.keyPair(bytesOf(vector.init_static)),
      ephemeral: await initiator.keyPair(bytesOf(vector.init_ephemeral)),
    }),
    new Handshake({
      primitives: responder,
      initiator: false,
      prologue: bytesOf(vector.resp_prologue),
      key: await responder.keyPair(bytesOf(vector.resp_static)),
      ephemeral: await responder.keyPair(bytesOf(vector.resp_ephemeral)),
    }),
  ];
}

describe('Noise: published vectors', () => {
  it('are those of the protocol in use', () => {
    assert.deepEqual(
      published.map(({ protocol_name }) => protocol_name),
      ['Noise_XX_25519_AESGCM_SHA256'],
    );
  });

  for (const vector of published) {
    for (const [one, initiator] of Object.entries(platforms)) {
      for (const [other, responder] of Object.entries(platforms)) {
        it(`${vector.protocol_name}: ${one} to ${other}`, async () => {
          const [a, b] = await ends(vector, initiator, responder);
          const handshake = vector.messages.slice(0, 3);
          for (const [at, { payload, ciphertext }] of handshake.entries()) {
            const [from, to] = at % 2 === 0 ? [a, b] : [b, a];
            const message = await from.write(bytesOf(payload));
            assert.equal(hexOf(message), ciphertext, `message ${at}`);
            assert.equal(hexOf(await to.read(message)), payload);
          }
          assert.ok(a.finished && b.finished);
          assert.equal(hexOf(a.hash), vector.handshake_hash);
          assert.equal(hexOf(b.hash), vector.handshake_hash);
          assert.equal(hexOf(b.remoteKey as Uint8Array), hexOf((await initiator.keyPair(bytesOf(vector.init_static))).publicKey));
          assert.equal(hexOf(a.remoteKey as Uint8Array), hexOf((await initiator.keyPair(bytesOf(vector.resp_static))).publicKey));
          const keys = [await a.split(), await b.split()] as const;
          const sending = [new RecordCipher(initiator, keys[0].send), new RecordCipher(responder, keys[1].send)];
          const receiving = [new RecordCipher(responder, keys[1].receive), new RecordCipher(initiator, keys[0].receive)];
          for (const [at, { payload, ciphertext }] of vector.messages.entries()) {
            if (at < handshake.length) continue;
            const record = new Uint8Array((await sending[at % 2]?.seal([bytesOf(payload)])) as Uint8Array);
            assert.equal(hexOf(record), ciphertext, `message ${at}`);
            assert.equal(hexOf((await receiving[at % 2]?.open(record)) as Uint8Array), payload);
          }
        });
      }
    }
  }
});

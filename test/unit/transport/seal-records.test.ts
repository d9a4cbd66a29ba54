// SPDX-License-Identifier: Apache-2.0
// Records: what goes into one, how long it looks, its number, its key.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { MAX_RECORD_BYTES } from '../../../proto/limits.ts';
import { joined } from '../../../transport/channel/join.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { KINDS, PROLOGUE } from '../../../transport/seal/handshake.ts';
import { InOrder } from '../../../transport/seal/in-order.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { Handshake } from '../../../transport/seal/noise.ts';
import { GATHER_BYTES, Packer } from '../../../transport/seal/packer.ts';
import { type Primitives, TAG_BYTES } from '../../../transport/seal/primitives.ts';
import { MAX_RECORD_NUMBER, RecordCipher } from '../../../transport/seal/record-cipher.ts';
import { MAX_CONTENT_BYTES, MAX_SEALED_MESSAGE_BYTES, PAD_BELOW_BYTES, PAD_TO_BYTES, unpack } from '../../../transport/seal/records.ts';
import { sealAsHost } from '../../../transport/seal/sealed.ts';
import { asked } from '../../support/asked.ts';
import { code, decodedOrCode, hexOf, holds } from '../proto/helper.ts';
import { bytes, drain, middle, platforms, rejection, sealedPair, text, turns } from './seal-pair.ts';

/** The contents of the records that a packer makes. */
function packed(fill: (packer: Packer) => void): Uint8Array[] {
  const records: Uint8Array[] = [];
  fill(new Packer((pieces) => records.push(joined(pieces))));
  return records;
}
function messagesOf(content: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  unpack(content, (message) => messages.push(message));
  return messages;
}

describe('Seal: what is in a record', () => {
  const sizes = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: MAX_SEALED_MESSAGE_BYTES }));
  const message = fc.tuple(sizes, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());

  it('messages come out as they went in, however long, in one piece or two', () => {
    holds(150, [fc.array(message, { maxLength: 12 })], (list) => {
      const sent = list.map(([size]) => new Uint8Array(randomBytes(size)));
      const records = packed((packer) => {
        for (const [i, [size, cut, flush]] of list.entries()) {
          const whole = sent[i] as Uint8Array;
          const at = Math.floor(cut * size);
          if (cut > 0.7) packer.add(whole, undefined);
          else packer.add(whole.subarray(0, at), whole.subarray(at));
          if (flush && packer.waiting > 0) packer.flush();
        }
        if (packer.waiting > 0) packer.flush();
      });
      assert.deepEqual(records.flatMap(messagesOf).map(hexOf), sent.map(hexOf));
      for (const record of records) {
        assert.ok(record.length > 0 && record.length <= MAX_CONTENT_BYTES);
        assert.ok(record.length >= PAD_BELOW_BYTES || record.length % PAD_TO_BYTES === 0);
      }
    });
  });

  it('GATHER_BYTES: small messages share a record, until there is enough for one', () => {
    const small = new Uint8Array(200);
    const records = packed((packer) => {
      for (let i = 0; i < 100; i++) packer.add(small, undefined);
      assert.ok(packer.waiting < GATHER_BYTES);
      packer.flush();
    });
    assert.equal(records.length, 2);
    assert.ok((records[0] as Uint8Array).length >= GATHER_BYTES);
    assert.ok((records[0] as Uint8Array).length < GATHER_BYTES + small.length + 2);
  });

  it('a large message goes as it lies, behind what waits for it', () => {
    const content = new Uint8Array(50_000);
    const pieces: (readonly Uint8Array[])[] = [];
    const packer = new Packer((record) => pieces.push([...record]));
    packer.add(bytes('small'), undefined);
    packer.add(bytes('head'), content);
    assert.equal(pieces.length, 1);
    assert.equal(pieces[0]?.[1], content);
    assert.equal(packer.waiting, 0);
  });

  it('PAD_BELOW_BYTES, PAD_TO_BYTES: short contents look alike, none is empty, long ones are as long as they are', () => {
    const lengthOf = (size: number): number =>
      packed((packer) => {
        packer.add(new Uint8Array(size), undefined);
        packer.flush();
      })[0]?.length ?? 0;
    assert.equal(lengthOf(1), PAD_TO_BYTES);
    assert.equal(lengthOf(PAD_TO_BYTES - 2), PAD_TO_BYTES);
    assert.equal(lengthOf(PAD_TO_BYTES - 1), 2 * PAD_TO_BYTES);
    assert.equal(lengthOf(PAD_BELOW_BYTES - 3), PAD_BELOW_BYTES);
    assert.equal(lengthOf(PAD_BELOW_BYTES - 2), PAD_BELOW_BYTES);
    assert.equal(lengthOf(PAD_BELOW_BYTES - 1), PAD_BELOW_BYTES + 1);
    assert.deepEqual(packed((packer) => packer.flush()).map(messagesOf), [[]]);
  });

  it('a content that cannot be read is refused with a code, with nothing of it delivered', () => {
    holds(2000, [fc.uint8Array({ maxLength: 300 })], (content) => {
      const taken: Uint8Array[] = [];
      const result = decodedOrCode(() => unpack(content, (one) => taken.push(one)));
      if ('code' in result) assert.deepEqual([result.code, taken.length], ['FRAME_MALFORMED', 0]);
    });
    assert.throws(() => messagesOf(Uint8Array.of(0, 1, 65, 0, 2, 65)), code('FRAME_MALFORMED'));
    assert.deepEqual(messagesOf(Uint8Array.of(0, 1, 65, 0)).map(text), ['A']);
  });
});

describe('Seal: records on the wire', () => {
  it('many small messages of one turn are one record, of a padded length', async () => {
    const wire = middle();
    const { a, b } = sealedPair(wire.a, wire.b);
    await Promise.all([a.ready, b.ready]);
    const before = wire.seen.length;
    for (let i = 0; i < 20; i++) void a.send(bytes(`message ${i}`));
    for (let i = 0; i < 20; i++) assert.equal(text(await asked(b).receive()), `message ${i}`);
    const records = wire.seen.slice(before);
    assert.equal(records.length, 1);
    assert.equal(((records[0]?.message.length ?? 0) - TAG_BYTES) % PAD_TO_BYTES, 0);
    await a.close();
  });

  it('MAX_SEALED_MESSAGE_BYTES: the longest message fills the longest record', async () => {
    const wire = middle();
    const { a, b } = sealedPair(wire.a, wire.b);
    await a.ready;
    assert.equal(a.maxMessage, MAX_SEALED_MESSAGE_BYTES);
    await a.send(new Uint8Array(MAX_SEALED_MESSAGE_BYTES));
    assert.equal((await asked(b).receive())?.length, MAX_SEALED_MESSAGE_BYTES);
    assert.equal(Math.max(...wire.seen.map(({ message }) => message.length)), MAX_RECORD_BYTES);
    assert.equal(await rejection(asked(a).send(new Uint8Array(MAX_SEALED_MESSAGE_BYTES + 1))), 'MESSAGE_TOO_LONG');
    assert.equal(await rejection(asked(a).send(new Uint8Array(0))), 'MESSAGE_TOO_LONG');
    await a.close();
  });

  it('an authentic record that cannot be read ends the path with FRAME_MALFORMED', async () => {
    const { a: wire, b } = memoryPair();
    const hostKey = nodePrimitives.newKeyPair();
    const host = sealAsHost(b, { key: hostKey, primitives: nodePrimitives });
    const handshake = new Handshake({
      primitives: nodePrimitives,
      initiator: true,
      prologue: PROLOGUE,
      key: nodePrimitives.newKeyPair(),
    });
    const greet = async (kind: number): Promise<void> => void wire.send(Uint8Array.of(kind, ...(await handshake.write(new Uint8Array(0)))));
    await greet(KINDS[0] as number);
    await handshake.read(((await asked(wire).receive()) as Uint8Array).subarray(1));
    await greet(KINDS[2] as number);
    const sending = new RecordCipher(nodePrimitives, (await handshake.split()).send);
    wire.send(await sending.seal([Uint8Array.of(0, 1, 65, 9, 9, 9)]));
    assert.deepEqual(await drain(host), { texts: [], code: 'FRAME_MALFORMED' });
  });
});

/** Primitives that write down under which key and nonce they encrypt. */
function witnessed(primitives: Primitives, used: string[]): Primitives {
  return {
    ...primitives,
    encrypt(key, nonce, ad, plaintext) {
      used.push(hexOf(key) + hexOf(nonce));
      return primitives.encrypt(key, nonce, ad, plaintext);
    },
    bulk(key) {
      const bulk = primitives.bulk(key);
      return {
        seal(nonce, pieces) {
          const number = hexOf(nonce);
          if (key instanceof Promise) void key.then((known) => used.push(hexOf(known) + number));
          else used.push(hexOf(key) + number);
          return bulk.seal(nonce, pieces);
        },
        open: (nonce, sealed) => bulk.open(nonce, sealed),
      };
    },
  };
}

describe('Seal: numbers and keys', () => {
  for (const [platform, primitives] of Object.entries(platforms)) {
    it(`REKEY_RECORDS: keys follow each other at both ends, and no nonce is used twice under one (${platform})`, async () => {
      const used: string[] = [];
      const { a: one, b: other } = memoryPair();
      const witness = witnessed(primitives, used);
      const { a, b } = sealedPair(one, other, { visitor: witness, host: witness, rekeyRecords: 4 });
      await Promise.all([a.ready, b.ready]);
      const count = 50;
      for (let i = 0; i < count; i++) {
        const size = i % 5 === 0 ? 5000 : 50;
        await Promise.all([a.send(new Uint8Array(size).fill(i)), b.send(new Uint8Array(size).fill(i))]);
        for (const end of [a, b])
          assert.deepEqual(
            await asked(end)
              .receive()
              .then((message) => [message?.length, message?.[0]]),
            [size, i],
          );
      }
      await a.close();
      // The greatest nonce makes the next key: of nothing secret, at both ends alike, and it never leaves them.
      const records = used.filter((one) => !one.endsWith('f'.repeat(16)));
      assert.equal(new Set(records).size, records.length);
      assert.ok(records.length >= 2 * count, `${records.length} records`);
      assert.ok(new Set(records.map((one) => one.slice(0, 64))).size > 2 * Math.floor(count / 4));
      assert.equal(used.length - records.length, 4 * Math.floor(count / 4));
    });
  }

  it('a new key opens nothing of the old, nor the other way about', async () => {
    const sending = new RecordCipher(nodePrimitives, new Uint8Array(32).fill(1), 2);
    const records = [0, 1, 2].map((i) => new Uint8Array(sending.seal([Uint8Array.of(i)]) as Uint8Array));
    const never = new RecordCipher(nodePrimitives, new Uint8Array(32).fill(1), 1000);
    assert.deepEqual(
      records.slice(0, 2).map((record) => (never.open(record) as Uint8Array)[0]),
      [0, 1],
    );
    assert.throws(() => never.open(records[2] as Uint8Array), code('SEAL_BROKEN'));
    const early = new RecordCipher(nodePrimitives, new Uint8Array(32).fill(1), 2, 2);
    assert.equal((early.open(records[2] as Uint8Array) as Uint8Array)[0], 2);
  });

  it('MAX_RECORD_NUMBER: no record has a higher one', () => {
    const key = new Uint8Array(32);
    const sending = new RecordCipher(nodePrimitives, key, Number.POSITIVE_INFINITY, MAX_RECORD_NUMBER);
    const receiving = new RecordCipher(nodePrimitives, key, Number.POSITIVE_INFINITY, MAX_RECORD_NUMBER);
    const last = new Uint8Array(sending.seal([Uint8Array.of(7)]) as Uint8Array);
    assert.equal((receiving.open(last) as Uint8Array)[0], 7);
    assert.throws(() => sending.seal([Uint8Array.of(7)]), code('SEAL_BROKEN'));
    assert.throws(() => receiving.open(last), code('SEAL_BROKEN'));
  });

  it('both platforms make the same records of the same pieces', async () => {
    const key = new Uint8Array(randomBytes(32));
    const [node, web] = Object.values(platforms).map((primitives) => new RecordCipher(primitives, key, 3));
    for (const size of [0, 1, 100, 3000, 60_000]) {
      const pieces = [new Uint8Array(randomBytes(5)), new Uint8Array(randomBytes(size))];
      assert.equal(hexOf((await node?.seal(pieces)) as Uint8Array), hexOf((await web?.seal(pieces)) as Uint8Array));
    }
  });
});

describe('InOrder', () => {
  const later = <T>(value: T, count: number): Promise<T> => turns(count).then(() => value);

  it('hands out in the order of asking, at once where it can', async () => {
    const got: number[] = [];
    const order = new InOrder<number>(
      (value) => got.push(value),
      () => assert.fail(),
    );
    order.push(0);
    assert.deepEqual(got, [0]);
    order.push(later(1, 5));
    order.push(2);
    order.push(later(3, 1));
    order.push(4);
    assert.deepEqual(got, [0]);
    await order.idle();
    assert.deepEqual(got, [0, 1, 2, 3, 4]);
    await order.idle();
  });

  it('tells once that one failed, and hands nothing out behind it', async () => {
    const got: number[] = [];
    const failures: unknown[] = [];
    const order = new InOrder<number>(
      (value) => got.push(value),
      (reason) => failures.push(reason),
    );
    order.push(later(1, 1));
    order.push(later(0, 2).then(() => Promise.reject(new Error('one'))));
    order.push(later(0, 3).then(() => Promise.reject(new Error('two'))));
    order.push(2);
    await order.idle();
    await turns(6);
    assert.deepEqual(got, [1]);
    assert.deepEqual(failures.map(String), ['Error: one']);
  });
});

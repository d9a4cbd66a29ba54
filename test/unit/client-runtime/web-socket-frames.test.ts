// SPDX-License-Identifier: Apache-2.0
// A WebSocket's frames in a page (RFC 6455): its examples, the rules of its Autobahn cases, and what ws makes of ours.

import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import * as ws from 'ws';
import {
  closeContent,
  FrameFault,
  FrameReader,
  frame,
  type Heard,
  MAX_BLOCK_BYTES,
  MAX_MESSAGE_BYTES,
  OPCODE,
} from '../../../client-runtime/browser/session/frames.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const heard = (...chunks: Uint8Array[]): unknown[] => {
  const reader = new FrameReader();
  return chunks.flatMap((chunk) => reader.push(chunk)).map(plain);
};
const plain = (one: Heard): unknown => {
  if (one.is === 'message') return typeof one.data === 'string' ? one.data : hex(one.data);
  if (one.is === 'ping') return `ping ${hex(one.data)}`;
  return one.is === 'close' ? `close ${one.code} ${one.reason}` : one.is;
};
const fails = (code: number, ...chunks: Uint8Array[]): void => {
  assert.throws(
    () => heard(...chunks),
    (error: unknown) => error instanceof FrameFault && error.code === code,
    `not ${code}`,
  );
};

describe('WebSocket frames: written', () => {
  it('as RFC 6455 section 5.7 has them', () => {
    const mask = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
    assert.equal(hex(frame(OPCODE.text, Buffer.from('Hello'), mask)), '818537fa213d7f9f4d5158');
    assert.equal(hex(frame(OPCODE.pong, Buffer.from('Hello'), mask)), '8a8537fa213d7f9f4d5158');
  });

  it('with the shortest length that there is', () => {
    const none = new Uint8Array(4);
    const heads = [0, 125, 126, 65_535, 65_536].map((length) => hex(frame(OPCODE.binary, new Uint8Array(length), none).subarray(0, 10)));
    assert.deepEqual(
      heads.map((head) => head.slice(0, 20)),
      ['828000000000', '82fd0000000000000000', '82fe007e000000000000', '82feffff000000000000', '82ff0000000000010000'],
    );
  });

  it('are read by ws as they were meant', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ size: 'large' })), { minLength: 1, maxLength: 5 }),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        async (messages, mask) => {
          const got: (string | Uint8Array)[] = [];
          await new Promise<void>((resolve, reject) => {
            const Receiver = (ws as unknown as { Receiver: new (options: object) => Duplex }).Receiver;
            const receiver = new Receiver({ isServer: true });
            receiver.on('message', (data: Buffer, binary: boolean) => got.push(binary ? new Uint8Array(data) : data.toString()));
            receiver.on('conclude', (code: number, reason: Buffer) => {
              assert.deepEqual([code, reason.toString()], [4321, 'grüße']);
              resolve();
            });
            receiver.on('error', reject);
            for (const message of messages) {
              const text = typeof message === 'string';
              receiver.write(frame(text ? OPCODE.text : OPCODE.binary, text ? Buffer.from(message) : message, mask));
            }
            receiver.write(frame(OPCODE.close, closeContent(4321, 'grüße'), mask));
          });
          assert.deepEqual(got, messages);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('a close without a code has no content', () => assert.equal(closeContent(undefined, 'unsaid').length, 0));
});

describe('WebSocket frames: read', () => {
  it('as RFC 6455 section 5.7 has them', () => {
    assert.deepEqual(heard(bytes([0x81, 5], 'Hello')), ['Hello']);
    assert.deepEqual(heard(bytes([0x01, 3], 'Hel', [0x80, 2], 'lo')), ['Hello']);
    assert.deepEqual(heard(bytes([0x89, 5], 'Hello')), ['ping 48656c6c6f']);
    assert.deepEqual(heard(bytes([0x82, 126, 1, 0]), new Uint8Array(256)), ['00'.repeat(256)]);
    assert.deepEqual(heard(bytes([0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]), new Uint8Array(65_536)), ['00'.repeat(65_536)]);
  });

  it('empty messages, frames and controls', () => {
    assert.deepEqual(heard(bytes([0x81, 0, 0x82, 0, 0x89, 0, 0x8a, 0, 0x88, 0])), ['', '', 'ping ', 'pong', 'close 1005 ']);
    assert.deepEqual(heard(bytes([0x01, 0, 0x00, 0, 0x80, 0])), ['']);
  });

  it('controls between the frames of a message', () => {
    assert.deepEqual(heard(bytes([0x01, 1], 'a', [0x89, 1], 'p', [0x00, 1], 'b', [0x8a, 0], [0x80, 1], 'c')), ['ping 70', 'pong', 'abc']);
  });

  it('UTF-8 that is cut by a frame, and a byte order mark', () => {
    const [first, ...rest] = Buffer.from('€');
    assert.deepEqual(heard(bytes([0x01, 1, first as number], [0x80, 2, ...rest])), ['€']);
    assert.deepEqual(heard(bytes([0x81, 4], '\ufeffa')), ['\ufeffa']);
  });

  it('closes, and nothing behind them', () => {
    assert.deepEqual(heard(bytes([0x88, 5, 0x03, 0xe8], 'bye', [0x81, 1], 'x')), ['close 1000 bye']);
    for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1011, 1014, 3000, 4999])
      assert.deepEqual(heard(bytes([0x88, 2, code >> 8, code & 255])), [`close ${code} `]);
  });

  it('nothing that no server may send', () => {
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535]) fails(1002, bytes([0x88, 2, code >> 8, code & 255]));
    fails(1002, bytes([0x88, 1, 3]));
    fails(1007, bytes([0x88, 4, 3, 0xe8, 0xc3, 0x28]));
    for (const bit of [0x40, 0x20, 0x10]) fails(1002, bytes([0x81 | bit, 0]));
    for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) fails(1002, bytes([0x80 | opcode, 0]));
    fails(1002, bytes([0x81, 0x80, 0, 0, 0, 0])); // masked
    for (const control of [8, 9, 10]) {
      fails(1002, bytes([control, 0])); // in pieces
      fails(1002, bytes([0x80 | control, 126, 0, 126])); // too long
    }
    fails(1002, bytes([0x80, 0])); // nothing to continue
    fails(1002, bytes([0x00, 0]));
    fails(1002, bytes([0x01, 0, 0x81, 0])); // not whole
    fails(1002, bytes([0x01, 0, 0x82, 0]));
    fails(1002, bytes([0x82, 126, 0, 125])); // a length in more bytes than it takes
    fails(1002, bytes([0x82, 127, 0, 0, 0, 0, 0, 0, 255, 255]));
    for (const wrong of [
      [0xc3, 0x28],
      [0xe2, 0x82],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc0, 0xaf],
    ])
      fails(1007, bytes([0x81, wrong.length, ...wrong]));
  });

  it(`no message of more than ${MAX_MESSAGE_BYTES} bytes, before it has come`, () => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(MAX_MESSAGE_BYTES) + 1n);
    fails(1009, bytes([0x82, 127, ...length]));
    length.writeBigUInt64BE(2n ** 63n);
    fails(1009, bytes([0x82, 127, ...length]));
    length.writeBigUInt64BE(BigInt(MAX_MESSAGE_BYTES));
    assert.deepEqual(heard(bytes([0x82, 127, ...length])), []);
    fails(1009, bytes([0x02, 1, 0]), bytes([0x80, 127, ...length]));
  });

  it('messages in very many pieces, whole', () => {
    const wanted = Buffer.from(Array.from({ length: 2 * MAX_BLOCK_BYTES + 1 }, (_, at) => at * 7));
    for (const sizes of [[1], [MAX_BLOCK_BYTES - 1, 1, 2], [125, 0, 1, 100_000]]) {
      const reader = new FrameReader();
      const got: Heard[] = [];
      for (let at = 0, turn = 0; at < wanted.length; turn++) {
        const piece = wanted.subarray(at, at + (sizes[turn % sizes.length] as number));
        const [first, { length }] = [at === 0 ? 0x02 : 0x00, piece];
        at += length;
        const head = [first | (at === wanted.length ? 0x80 : 0)];
        if (length < 126) head.push(length);
        else if (length < 65_536) head.push(126, length >> 8, length & 255);
        else head.push(127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255);
        got.push(...reader.push(Uint8Array.from(head)), ...reader.push(piece));
      }
      assert.equal(got.length, 1);
      assert.ok(got[0]?.is === 'message' && typeof got[0].data !== 'string' && wanted.equals(got[0].data), `pieces of ${sizes}`);
    }
  });

  it('a message in pieces of a byte with no more memory than a few times its bytes', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    /** Bytes that a reader holds after so many chunks. */
    const held = (chunk: (at: number) => Uint8Array, count: number): number => {
      const used = (): number => {
        collect();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        return heapUsed + arrayBuffers;
      };
      const reader = new FrameReader();
      reader.push(Uint8Array.of(0x02, 0));
      const before = used();
      for (let at = 0; at < count; at++) reader.push(chunk(at));
      const after = used();
      reader.push(Uint8Array.of(0x80, 0)); // used until here
      return after - before;
    };
    const fragments = bytes(...Array.from({ length: 1000 }, () => [0x00, 1, 7]));
    const many = held(() => fragments, 100);
    assert.ok(many < 2_000_000, `${many} bytes are held of 100,000`);
    // Nor is what came between them held.
    const between = held(() => bytes([0x00, 1, 7], ...Array.from({ length: 500 }, () => [0x8a, 125, ...new Uint8Array(125)])), 100);
    assert.ok(between < 2_000_000, `${between} bytes are held of 100`);
  });

  it('the same in whatever pieces it comes', () => {
    const message = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => [0x81, Buffer.from(text)] as const),
      fc.uint8Array({ maxLength: 300 }).map((data) => [0x82, Buffer.from(data)] as const),
      fc.uint8Array({ maxLength: 125 }).map((data) => [0x89, Buffer.from(data)] as const),
    );
    const framed = ([first, content]: readonly [number, Buffer]): Buffer =>
      Buffer.concat([
        Buffer.from(content.length < 126 ? [first, content.length] : [first, 126, content.length >> 8, content.length & 255]),
        content,
      ]);
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 60 })), (messages, cuts) => {
        const all = Buffer.concat(messages.map(framed));
        const chunks: Buffer[] = [];
        for (let at = 0, cut = 0; at < all.length; cut++) {
          const size = cuts[cut % Math.max(1, cuts.length)] ?? all.length;
          chunks.push(all.subarray(at, at + size));
          at += size;
        }
        assert.deepEqual(heard(...chunks), heard(all));
        assert.equal(heard(all).length, messages.length);
      }),
    );
  });

  it('any bytes without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (data) => {
        try {
          heard(data);
        } catch (error) {
          assert.ok(error instanceof FrameFault);
        }
      }),
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
// A WebSocket's frames as whoever looks on reads them, in whatever pieces they pass, and inflated.

import assert from 'node:assert/strict';
import { constants, createDeflateRaw } from 'node:zlib';
import fc from 'fast-check';
import { frame } from '../../../../client-runtime/browser/session/frames.ts';
import { deflateOf, FrameEdges, frameOf, Inflating, MAX_INFLATED_BYTES } from '../../../../host-agent/inspect/frames.ts';

const MASK = Uint8Array.of(7, 99, 200, 1);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.integer({ min: 100, max: 140 }).map((length) => new Uint8Array(length).fill(5)),
  fc.constant(new Uint8Array(70_000).fill(9)),
);

describe('frames that are looked at', () => {
  it('begin where they begin, in whatever pieces they pass, and are read unmasked', () => {
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 9000 })), (contents, cuts) => {
        const frames = contents.map((bytes) => frame(2, bytes, MASK));
        const all = Buffer.concat(frames);
        const edges = new FrameEdges();
        const found: number[] = [];
        let at = 0;
        for (const cut of [...cuts, all.length]) {
          edges.push(all.subarray(at, at + cut), (offset) => found.push(offset));
          at = Math.min(all.length, at + cut);
        }
        let start = 0;
        const starts = frames.map(({ length }) => {
          start += length;
          return start - length;
        });
        assert.deepEqual(found, starts);
        for (const [index, offset] of found.entries()) {
          const read = frameOf(all.subarray(offset, found[index + 1] ?? all.length));
          assert.deepEqual(read?.content, Uint8Array.from(contents[index] as Uint8Array));
          assert.deepEqual([read?.opcode, read?.final, read?.length], [2, true, contents[index]?.length]);
        }
      }),
    );
  });

  it('of one that is not whole tell what is there', () => {
    const bytes = frame(1, new TextEncoder().encode('hello'), MASK);
    assert.equal(frameOf(bytes.subarray(0, 3)), null);
    const part = frameOf(bytes.subarray(0, 8));
    assert.deepEqual([part?.length, Buffer.from(part?.content ?? []).toString()], [5, 'he']);
  });

  it('are inflated with what went before them, or alone', async () => {
    const messages = ['hello hello hello', 'hello again, hello', 'x'.repeat(70_000), 'and hello'];
    for (const alone of [false, true]) {
      const inflating = new Inflating({ alone });
      let deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
      for (const message of messages) {
        if (alone) deflate = createDeflateRaw();
        const pieces: Buffer[] = [];
        deflate.on('data', (piece: Buffer) => pieces.push(piece));
        deflate.write(message);
        await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
        deflate.removeAllListeners('data');
        const compressed = Buffer.concat(pieces).subarray(0, -4);
        assert.equal(Buffer.from(inflating.message(compressed) ?? []).toString(), message);
      }
    }
  });

  it('that inflate beyond the limit, or look back at what is gone, are not inflated', async () => {
    const bomb = createDeflateRaw();
    const pieces: Buffer[] = [];
    bomb.on('data', (piece: Buffer) => pieces.push(piece));
    bomb.end(Buffer.alloc(MAX_INFLATED_BYTES + 1));
    await new Promise((resolve) => bomb.on('end', resolve));
    const inflating = new Inflating({ alone: false });
    assert.equal(inflating.message(Buffer.concat(pieces)), null);
    assert.equal(inflating.message(Buffer.from('f248cdc9c95740d000', 'hex')), null, 'those after it may look back at it');
    const other = new Inflating({ alone: false });
    other.missed();
    assert.equal(other.message(Buffer.from('f248cdc9c90700', 'hex')), null);
  });

  it('are compressed as the answer says', () => {
    assert.equal(deflateOf(''), null);
    assert.equal(deflateOf('x-other'), null);
    assert.deepEqual(deflateOf('permessage-deflate; server_no_context_takeover'), { client: { alone: false }, server: { alone: true } });
  });
});

// SPDX-License-Identifier: Apache-2.0
// Length framing (SITE.md section 2): the same messages, however the stream is cut.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_FRAMED_BYTES } from '../../../proto/limits.ts';
import { LENGTH_BYTES, lengthPrefix, Unframer } from '../../../transport/channel/framing.ts';
import { code, decodedOrCode, hexOf, holds } from './helper.ts';

/** An empty message is the end mark. */
const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });

const streamOf = (list: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat(list.flatMap((message) => [lengthPrefix(message.length), message]));

function pieces(stream: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => Math.floor(place * stream.length)).sort((one, other) => one - other), stream.length];
  return at.slice(1).map((end, index) => stream.slice(at[index], end));
}

describe('length framing', () => {
  it('hands out the same messages however the stream is cut', () => {
    holds(1000, [messages, cuts], (list, places) => {
      const unframer = new Unframer();
      const got: string[] = [];
      for (const piece of pieces(streamOf(list), places)) {
        const rest = unframer.push(piece, (message) => got.push(hexOf(message)) > 0);
        assert.equal(rest.length, 0);
      }
      assert.deepEqual(got, list.map(hexOf));
      assert.equal(unframer.between, true);
    });
  });

  it('byte by byte, too', () => {
    holds(100, [messages], (list) => {
      const unframer = new Unframer();
      const got: string[] = [];
      for (const byte of streamOf(list)) unframer.push(Uint8Array.of(byte), (message) => got.push(hexOf(message)) > 0);
      assert.deepEqual(got, list.map(hexOf));
    });
  });

  it('stops where it is told to, and gives back what it did not look at', () => {
    holds(500, [messages, cuts, fc.nat(11)], (list, places, last) => {
      const stream = streamOf(list);
      const unframer = new Unframer();
      let count = 0;
      let stopped = false;
      const rest: Uint8Array[] = [];
      for (const piece of pieces(stream, places)) {
        rest.push(stopped ? piece : unframer.push(piece, () => count++ !== last));
        stopped = count > last;
      }
      const unread = list.slice(last + 1);
      assert.equal(count, Math.min(list.length, last + 1));
      assert.equal(hexOf(Buffer.concat(rest)), hexOf(streamOf(unread)));
    });
  });

  it('knows whether it stands between two messages', () => {
    const unframer = new Unframer();
    assert.equal(unframer.between, true);
    for (const byte of [0, 0, 0, 2, 7]) {
      unframer.push(Uint8Array.of(byte), () => true);
      assert.equal(unframer.between, false);
    }
    unframer.push(Uint8Array.of(8), () => true);
    assert.equal(unframer.between, true);
  });

  it('refuses bytes at random with a code, and keeps no more than a message', () => {
    holds(500, [fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 })], (list) => {
      const unframer = new Unframer();
      decodedOrCode(() => {
        for (const piece of list) unframer.push(piece, (message) => message.length <= MAX_FRAMED_BYTES);
      });
    });
  });

  it('has a first byte of 0 for every length that is let in, which tells it from HTTP and from a policy request', () => {
    for (const length of [0, 1, 255, 256, MAX_FRAMED_BYTES]) {
      const prefix = lengthPrefix(length);
      assert.equal(prefix.length, LENGTH_BYTES);
      assert.equal(prefix[0], 0);
      assert.equal(Buffer.from(prefix).readUInt32BE(), length);
    }
    for (const other of ['GET / HTTP/1.1\r\n', '<policy-file-request/>\0']) {
      assert.throws(() => new Unframer().push(Buffer.from(other), () => true), code('MESSAGE_TOO_LONG'));
    }
  });
});

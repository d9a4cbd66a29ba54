// SPDX-License-Identifier: Apache-2.0
// Properties of the site protocol's codec: round trips, hostile bytes, and the two ways of reading Data being one.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PortholeError } from '../../../proto/errors.ts';
import { porthole } from '../../../proto/generated/messages.js';
import { MAX_FRAME_BYTES, MAX_REASON_BYTES } from '../../../proto/limits.ts';
import { decodeFrame, encodeData, encodeFrame, endingOf, type Frame } from '../../../proto/site.ts';
import { code, decodedOrCode, edits, frames, hexOf, holds, hurt, readable } from './helper.ts';

/** CPU milliseconds that reading one frame may take, whatever is in it: a hundred times what it takes. */
const LONGEST_MS = 250;

/** A Data frame as the general codec reads it; null when it is none, or cannot be read. */
function generalData(bytes: Uint8Array): Frame | null {
  let wire: porthole.site.Frame;
  try {
    wire = porthole.site.Frame.decode(bytes);
  } catch {
    return null;
  }
  return wire.body === 'data' ? { type: 'data', stream: wire.stream, end: wire.end, data: wire.data as Uint8Array } : null;
}

describe('site codec', () => {
  it('gives back every valid frame', () => {
    holds(1500, [frames], (frame) => {
      assert.deepEqual(readable(decodeFrame(encodeFrame(frame))), readable(frame));
    });
  });

  it('reads a frame the same from a view into a larger buffer', () => {
    holds(300, [frames, fc.nat(9), fc.nat(9)], (frame, before, after) => {
      const bytes = encodeFrame(frame);
      const buffer = Buffer.alloc(before + bytes.length + after, 0xff);
      buffer.set(bytes, before);
      assert.deepEqual(readable(decodeFrame(buffer.subarray(before, before + bytes.length))), readable(frame));
    });
  });

  it('refuses bytes at random with a code, or reads a frame that encodes again', () => {
    holds(2000, [fc.uint8Array({ maxLength: 300 })], (bytes) => {
      const result = decodedOrCode(() => decodeFrame(bytes));
      if ('value' in result) assert.deepEqual(readable(decodeFrame(encodeFrame(result.value))), readable(result.value));
    });
  });

  it('refuses a hurt frame with a code, or reads a frame that encodes again', () => {
    holds(3000, [frames, edits], (frame, list) => {
      const result = decodedOrCode(() => decodeFrame(hurt(encodeFrame(frame), list)));
      if ('value' in result) assert.deepEqual(readable(decodeFrame(encodeFrame(result.value))), readable(result.value));
    });
  });

  it('skips fields of a newer version wherever they stand', () => {
    const unknown = fc.constantFrom('a00607', 'a2060107', 'a9060000000000000000', 'b50600000000', 'bb060805bc06', '5a00', '7a020801');
    holds(500, [frames, fc.array(unknown, { minLength: 1, maxLength: 4 }), fc.boolean()], (frame, fields, infront) => {
      const own = hexOf(encodeFrame(frame));
      const newer = fields.join('');
      assert.deepEqual(readable(decodeFrame(Buffer.from(infront ? newer + own : own + newer, 'hex'))), readable(frame));
    });
  });

  const worst: [string, () => Uint8Array][] = [
    ['header fields without number', () => field(4, Buffer.from('2200'.repeat(32_000), 'hex'))],
    ['features without number', () => field(3, Buffer.from('1200'.repeat(32_000), 'hex'))],
    ['bodies that follow each other', () => Buffer.from('2200'.repeat(MAX_FRAME_BYTES / 2), 'hex')],
    ['unknown fields without number', () => Buffer.from('7800'.repeat(MAX_FRAME_BYTES / 2), 'hex')],
    ['groups in groups', () => Buffer.from('a306'.repeat(MAX_FRAME_BYTES / 2), 'hex')],
    ['groups side by side', () => Buffer.from('a306a406'.repeat(MAX_FRAME_BYTES / 4), 'hex')],
    ['a target of nothing but two-byte characters', () => field(4, field(2, Buffer.from('é'.repeat(32_000))))],
    [
      'a value that is almost right',
      () => field(5, field(2, Buffer.concat([field(1, Buffer.from('a')), field(2, Buffer.from(`${'a'.repeat(65_000)}\n`))]))),
    ],
    ['varints that never end', () => Buffer.alloc(MAX_FRAME_BYTES, 0xff)],
    ['zeros', () => Buffer.alloc(MAX_FRAME_BYTES)],
  ];
  for (const [name, make] of worst) {
    it(`does not take long over ${name}`, () => {
      const bytes = make();
      assert.ok(bytes.length <= MAX_FRAME_BYTES);
      const before = process.cpuUsage();
      decodedOrCode(() => decodeFrame(bytes));
      const { user, system } = process.cpuUsage(before);
      assert.ok((user + system) / 1000 < LONGEST_MS, `${(user + system) / 1000} ms`);
    });
  }
});

describe('site codec: Data by hand', () => {
  const stream = fc.oneof(
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.constantFrom(0, 1, 127, 128, 16_383, 16_384, 2 ** 21, 2 ** 28 - 1, 2 ** 28, 2 ** 31, 2 ** 32 - 1),
  );
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(0, 1, 127, 128, 16_383, 16_384).map((length) => new Uint8Array(length).fill(length)),
  );

  it('is what the general codec reads, and writes when the stream is not 0', () => {
    holds(500, [stream, content, fc.boolean()], (number, data, end) => {
      const bytes = encodeData(number, data, end);
      assert.deepEqual(readable(generalData(bytes)), readable({ type: 'data', stream: number, end, data }));
      if (number !== 0) assert.equal(hexOf(bytes), hexOf(porthole.site.Frame.encode({ stream: number, end, data }).finish()));
    });
  });

  it('reads what the general codec reads, hurt or not', () => {
    holds(4000, [stream, content, fc.boolean(), edits, fc.boolean()], (number, data, end, list, whole) => {
      const bytes = whole ? encodeData(number, data, end) : hurt(encodeData(number, data, end), list);
      const expected = generalData(bytes);
      const result = decodedOrCode(() => decodeFrame(bytes));
      const got = 'value' in result && result.value.type === 'data' ? result.value : null;
      assert.deepEqual(readable(got), readable(expected));
    });
  });

  it('gives a view on the message, not a copy', () => {
    const bytes = encodeData(1, Uint8Array.of(1, 2, 3), false);
    const frame = decodeFrame(bytes);
    assert.ok(frame.type === 'data');
    bytes[bytes.length - 1] = 9;
    assert.deepEqual([...frame.data], [1, 2, 9]);
  });
});

describe('site codec: what is sent', () => {
  const request = (over: Record<string, unknown>): Frame =>
    ({ type: 'request', stream: 1, end: true, request: { method: 'GET', target: '/', authority: '', headers: [], ...over } }) as Frame;

  it('is held to the same rules as what comes', () => {
    const wrong: Record<string, unknown>[] = [
      { method: '' },
      { method: 'GET ' },
      { target: '/a b' },
      { target: '/\ud800' },
      { authority: 'a/b' },
      { method: 'CONNECT', protocol: 'web socket' },
      { method: 'CONNECT', protocol: 'websocket\r\n' },
      { headers: [{ name: '', value: 'x' }] },
      { headers: [{ name: 'Accept', value: 'x' }] },
      { headers: [{ name: 'a', value: 'x\r\ny: z' }] },
      { headers: [{ name: 'a', value: '…' }] },
    ];
    for (const over of wrong) assert.throws(() => encodeFrame(request(over)), code('PROTOCOL_VIOLATED'), JSON.stringify(over));
    for (const over of [{ method: 'M-SEARCH' }, { target: '*' }, { target: '/…?a#' }, { authority: '[::1]:80' }, { protocol: 'websocket' }])
      encodeFrame(request(over));
  });

  it('shortens the words of an error rather than lose it, and keeps them UTF-8', () => {
    for (const words of ['', 'short', 'x'.repeat(5000), '€'.repeat(5000), '😀'.repeat(5000), `a${'😀'.repeat(5000)}`, '\ud800']) {
      const { code: named, message } = endingOf(new PortholeError('SITE_FAILED', words));
      assert.equal(named, 'SITE_FAILED');
      assert.ok(words.startsWith(message.replace(/\ufffd$/, '')) && Buffer.byteLength(message) <= MAX_REASON_BYTES);
      const bytes = encodeFrame({ type: 'reset', stream: 1, end: true, reset: { code: named, message } });
      assert.deepEqual(readable(decodeFrame(bytes)), { type: 'reset', stream: 1, end: true, reset: { code: named, message } });
    }
  });
});

/** A field of length-delimited bytes: text, or a message. */
function field(number: number, content: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    if (rest < 0x80) {
      length.push(rest);
      break;
    }
    length.push((rest & 0x7f) | 0x80);
  }
  return Uint8Array.from([(number << 3) | 2, ...length, ...content]);
}

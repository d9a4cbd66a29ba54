// SPDX-License-Identifier: Apache-2.0
// STUN: the vectors of RFC 5769, garbage, and the responder on a real socket.

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { SUITE_LIMITS, type SuiteLimits } from '../../../signaling/shared/limits.ts';
import { Rates } from '../../../signaling/shared/rates.ts';
import { bindingAnswer, MAX_STUN_BYTES, readBindingRequest, xorAddress } from '../../../signaling/stun/stun.ts';
import { openStun } from '../../../signaling/stun/stun-server.ts';
import { cleanUp, later } from './helper.ts';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

/** RFC 5769 section 2.1: a request with SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME, MESSAGE-INTEGRITY, FINGERPRINT. */
const SAMPLE_REQUEST = hex(`
  00010058 2112a442 b7e7a701bc34d686fa87dfae
  80220010 5354554e207465737420636c69656e74
  00240004 6e0001ff
  80290008 932ff9b151263b36
  00060009 6576746a3a68367659202020
  00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
  80280004 e57a3bcf`);
/** RFC 5769 section 2.2: the response over IPv4, 192.0.2.1 port 32853. */
const SAMPLE_V4 = hex(`
  0101003c 2112a442 b7e7a701bc34d686fa87dfae
  8022000b 7465737420766563746f7220
  00200008 0001a147e112a643
  00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7
  80280004 c07d4c96`);
/** RFC 5769 section 2.3: the response over IPv6, 2001:db8:1234:5678:11:2233:4455:6677 port 32853. */
const SAMPLE_V6 = hex(`
  01010048 2112a442 b7e7a701bc34d686fa87dfae
  8022000b 7465737420766563746f7220
  00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9
  00080014 a382954e4be67bf11784c97c8292c275bfe3ed41
  80280004 c8fb0b4c`);
const TRANSACTION = SAMPLE_REQUEST.subarray(8, 20);

/** A request with these attributes. */
function request(...attributes: [type: number, value: Uint8Array][]): Buffer {
  const parts = attributes.map(([type, value]) => {
    const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
    bytes.writeUInt16BE(type, 0);
    bytes.writeUInt16BE(value.length, 2);
    bytes.set(value, 4);
    return bytes;
  });
  const body = Buffer.concat(parts);
  const head = hex('00010000 2112a442 000102030405060708090a0b');
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

describe('STUN messages', () => {
  it('reads the sample request of RFC 5769, whose fingerprint holds', () => {
    const read = readBindingRequest(SAMPLE_REQUEST);
    assert.ok(read);
    assert.deepEqual(Buffer.from(read.transaction), TRANSACTION);
    assert.deepEqual(read.unknown, []);
    assert.equal(read.fingerprint, true);
  });

  it('maps addresses as the sample responses do', () => {
    assert.deepEqual(Buffer.from(xorAddress('192.0.2.1', 32853, TRANSACTION)), SAMPLE_V4.subarray(40, 48));
    const v6 = SAMPLE_V6.subarray(40, 60);
    assert.deepEqual(Buffer.from(xorAddress('2001:db8:1234:5678:11:2233:4455:6677', 32853, TRANSACTION)), v6);
    assert.deepEqual(xorAddress('64:ff9b::192.0.2.1', 1, TRANSACTION), xorAddress('64:ff9b::c000:201', 1, TRANSACTION));
    assert.deepEqual(xorAddress('::', 1, TRANSACTION), xorAddress('0:0:0:0:0:0:0:0', 1, TRANSACTION));
  });

  it('answers with the mapped address, and with a fingerprint if it was asked with one', () => {
    const plain = readBindingRequest(request());
    assert.ok(plain);
    const answer = Buffer.from(bindingAnswer(plain, '192.0.2.1', 32853));
    assert.equal(answer.length, 32);
    assert.deepEqual(answer.subarray(0, 8), hex('0101000c 2112a442'));
    assert.deepEqual(answer.subarray(8, 20), request().subarray(8, 20));
    const marked = readBindingRequest(SAMPLE_REQUEST);
    assert.ok(marked);
    for (const [address, length] of [
      ['192.0.2.1', 40],
      ['2001:db8::1', 52],
    ] as const) {
      const signed: Buffer = Buffer.from(bindingAnswer(marked, address, 32853));
      assert.equal(signed.length, length);
      assert.equal(signed.readUInt16BE(2), length - 20);
      assert.equal(signed.readUInt32BE(length - 4), (crc32(signed.subarray(0, length - 8)) ^ 0x5354554e) >>> 0);
    }
  });

  it('refuses with 420 what it must understand and does not, such as CHANGE-REQUEST', () => {
    const read = readBindingRequest(request([0x0003, new Uint8Array(4)], [0x7f00, new Uint8Array()], [0x0003, new Uint8Array(4)]));
    assert.deepEqual(read?.unknown, [0x0003, 0x7f00]);
    assert.ok(read);
    const answer = Buffer.from(bindingAnswer(read, '192.0.2.1', 1));
    assert.deepEqual(answer.subarray(0, 4), hex('01110010'));
    assert.deepEqual(answer.subarray(20), hex('00090004 00000414 000a0004 00037f00'));
  });

  it('ignores what is no Binding request', () => {
    const good = request();
    const broken = (change: (bytes: Buffer) => void): Buffer => {
      const bytes = Buffer.from(SAMPLE_REQUEST);
      change(bytes);
      return bytes;
    };
    const cases: Record<string, Uint8Array> = {
      empty: new Uint8Array(),
      short: good.subarray(0, 19),
      'another method': hex('00030000 2112a442 000102030405060708090a0b'),
      'an indication': hex('00110000 2112a442 000102030405060708090a0b'),
      'a response': SAMPLE_V4,
      'RFC 3489, without the cookie': hex('00010000 00000000 000102030405060708090a0b'),
      'a wrong length': hex('00010004 2112a442 000102030405060708090a0b'),
      'bytes after the end': Buffer.concat([good, Buffer.alloc(4)]),
      'an attribute that leaves the message': broken((bytes) => bytes.writeUInt16BE(2000, 22)),
      'a wrong fingerprint': broken((bytes) => bytes.writeUInt32BE(1, bytes.length - 4)),
      'a byte changed under the fingerprint': broken((bytes) => bytes.writeUInt8(0x42, 30)),
      'an attribute after the fingerprint': request([0x8028, hex('00000000')], [0x8022, hex('00000000')]),
      'too long': request([0x8022, new Uint8Array(MAX_STUN_BYTES - 20)]),
    };
    for (const [name, bytes] of Object.entries(cases)) assert.equal(readBindingRequest(bytes), undefined, name);
    assert.ok(readBindingRequest(request([0x8022, new Uint8Array(MAX_STUN_BYTES - 24)])), 'the longest');
  });

  it('survives any bytes, and answers never more than 24 bytes beyond the question', () => {
    const check = (bytes: Uint8Array): void => {
      const read = readBindingRequest(bytes);
      if (read === undefined) return;
      assert.ok(bindingAnswer(read, '2001:db8::1', 65535).length <= bytes.length + 24);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1600 }), check));
    const attribute = fc.tuple(fc.nat(0xffff), fc.uint8Array({ maxLength: 40 }));
    fc.assert(fc.property(fc.array(attribute, { maxLength: 60 }), (attributes) => check(request(...attributes))));
    fc.assert(
      fc.property(fc.nat(SAMPLE_REQUEST.length - 1), fc.nat(255), (at, value) => {
        const bytes = Buffer.from(SAMPLE_REQUEST);
        bytes[at] = value;
        check(bytes);
      }),
    );
  });
});

describe('STUN responder', () => {
  afterEach(cleanUp);

  async function open(address: string, limits: Partial<SuiteLimits> = {}) {
    const results: string[] = [];
    const rates = new Rates({ ...SUITE_LIMITS, ...limits });
    const server = await openStun({ address, port: 0, rates, onRequest: (result) => results.push(result), onError: assert.fail });
    later(() => server.close());
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, address === '::' ? '::1' : address);
    await once(socket, 'listening');
    later(() => void socket.close());
    const answers: Buffer[] = [];
    socket.on('message', (bytes) => answers.push(bytes));
    const send = (bytes: Uint8Array, to = address): void => socket.send(bytes, server.port, to === '::' ? '::1' : to);
    return { server, socket, answers, results, send };
  }

  it('tells the asker its address', async () => {
    const { socket, send } = await open('127.0.0.1');
    send(SAMPLE_REQUEST);
    const [answer] = (await once(socket, 'message')) as [Buffer];
    assert.deepEqual(answer.subarray(24, 32), Buffer.from(xorAddress('127.0.0.1', socket.address().port, TRANSACTION)));
  });

  it('does so over IPv6, and tells IPv4 callers of a dual socket their IPv4 address', async function () {
    const loopback = networkInterfaces().lo?.map(({ address }) => address) ?? ['::1'];
    // Without IPv6 on this machine there is nothing to listen on.
    if (!loopback.includes('::1')) this.skip();
    const { server, socket, send } = await open('::');
    send(SAMPLE_REQUEST);
    const [six] = (await once(socket, 'message')) as [Buffer];
    assert.deepEqual(six.subarray(24, 44), Buffer.from(xorAddress('::1', socket.address().port, TRANSACTION)));
    const four = createSocket('udp4');
    later(() => void four.close());
    four.send(SAMPLE_REQUEST, server.port, '127.0.0.1');
    const [answer] = (await once(four, 'message')) as [Buffer];
    assert.equal(answer[25], 1, 'IPv4');
  });

  it('says nothing to garbage, nor beyond the rate', async () => {
    const { send, answers, results } = await open('127.0.0.1', { stunPerAddress: { perSecond: 2, burst: 2 } });
    for (const bytes of [new Uint8Array(), Buffer.from('hello'), SAMPLE_V4, new Uint8Array(1500)]) send(bytes);
    for (let index = 0; index < 10; index++) send(request());
    for (let tries = 0; results.length < 14 && tries < 100; tries++) await wait(10);
    await wait(20);
    assert.equal(answers.length, 4);
    assert.deepEqual(
      ['ignored', 'answered', 'refused'].map((result) => results.filter((one) => one === result).length),
      [4, 4, 6],
    );
  });

  it('says in a code why it cannot open', async () => {
    const { server } = await open('127.0.0.1');
    const rates = new Rates(SUITE_LIMITS);
    await assert.rejects(openStun({ address: '127.0.0.1', port: server.port, rates, onError: assert.fail }), { code: 'PORT_IN_USE' });
    await assert.rejects(openStun({ address: '192.0.2.1', port: 0, rates, onError: assert.fail }), { code: 'CONFIG_INVALID' });
  });
});

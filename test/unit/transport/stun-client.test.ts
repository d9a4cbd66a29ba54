// SPDX-License-Identifier: Apache-2.0
// STUN as those who ask speak it: what is asked, and which answers are believed.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bindingAnswer } from '../../../signaling/stun/stun.ts';
import { bindingQuestion, MAX_STUN_ANSWER_BYTES, readBindingAnswer } from '../../../transport/nat/probe/prober.ts';

describe('STUN, the client’s half', () => {
  const transaction = Uint8Array.from({ length: 12 }, (_, at) => at);
  const answer = (ip: string, port: number): Uint8Array => bindingAnswer({ transaction, unknown: [], fingerprint: true }, ip, port);

  it('reads both families, whole and nothing less or more', () => {
    for (const address of [
      { ip: '192.0.2.77', port: 1 },
      { ip: '2001:db8::abcd:0:1', port: 65_535 },
    ]) {
      const whole = answer(address.ip, address.port);
      for (let cut = 0; cut < whole.length; cut++) assert.equal(readBindingAnswer(whole.subarray(0, cut), transaction), undefined);
      assert.equal(readBindingAnswer(Buffer.concat([whole, Buffer.from('more')]), transaction), undefined);
      assert.deepEqual(readBindingAnswer(whole, transaction), address);
    }
  });

  it('asks without attributes', () => {
    const { bytes, transaction } = bindingQuestion();
    assert.equal(Buffer.from(bytes).toString('hex'), `000100002112a442${Buffer.from(transaction).toString('hex')}`);
  });

  it('another’s answer, an error, one too long, one without an address is none', () => {
    const other = Uint8Array.from(transaction).fill(9);
    assert.equal(readBindingAnswer(answer('192.0.2.1', 5), other), undefined);
    const error = bindingAnswer({ transaction, unknown: [1], fingerprint: false }, '192.0.2.1', 5);
    assert.equal(readBindingAnswer(error, transaction), undefined);
    const long = Buffer.alloc(MAX_STUN_ANSWER_BYTES + 4);
    long.set(answer('192.0.2.1', 5));
    long.writeUInt16BE(long.length - 20, 2);
    assert.equal(readBindingAnswer(long, transaction), undefined);
    const empty = Buffer.from(answer('192.0.2.1', 5)).subarray(0, 20);
    empty.writeUInt16BE(0, 2);
    assert.equal(readBindingAnswer(empty, transaction), undefined);
  });

  it('whatever comes is an address or nothing', () => {
    const whole = answer('192.0.2.1', 5);
    const hurt = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(hurt, (edits) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, byte] of edits) bytes[at] = byte;
        const read = readBindingAnswer(bytes, transaction);
        assert.ok(read === undefined || (read.port > 0 && read.port < 65_536 && read.ip.length > 1));
      }),
      { seed: 8, numRuns: 2000 },
    );
  });
});

describe('STUN as the asker reads it', () => {
  it('reads no address out of bytes at random, hurt answers, or answers to others', () => {
    const { transaction } = bindingQuestion();
    // RFC 5769 section 2.2, without what follows the address.
    const answer = Buffer.from('0101000c2112a442b7e7a701bc34d686fa87dfae002000080001a147e112a643', 'hex');
    const own = answer.subarray(8, 20);
    assert.deepEqual(readBindingAnswer(answer, own), { ip: '192.0.2.1', port: 32_853 });
    assert.equal(readBindingAnswer(answer, transaction), undefined);
    const v6 = Buffer.from('010100182112a442b7e7a701bc34d686fa87dfae002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9', 'hex');
    assert.deepEqual(readBindingAnswer(v6, own), { ip: '2001:db8:1234:5678:11:2233:4455:6677', port: 32_853 });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.tuple(fc.nat(31), fc.nat(255)).map(([at, value]) => answer.map((byte, place) => (place === at ? value : byte))),
    );
    fc.assert(
      fc.property(bytes, (message) => {
        const found = readBindingAnswer(message, own);
        assert.ok(found === undefined || (found.port > 0 && found.port < 65_536));
      }),
      { seed: 5, numRuns: 1000 },
    );
    const long = Buffer.alloc(MAX_STUN_ANSWER_BYTES + 4);
    answer.copy(long);
    long.writeUInt16BE(long.length - 20, 2);
    assert.equal(readBindingAnswer(long, own), undefined);
  });
});

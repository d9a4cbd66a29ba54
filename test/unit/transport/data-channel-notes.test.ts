// SPDX-License-Identifier: Apache-2.0
// The notes of the data channel: what a stranger writes reaches a library only as a plain description or a plain candidate.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PortholeError } from '../../../proto/errors.ts';
import {
  candidateFacts,
  decodeSignal,
  encodeSignal,
  MAX_CANDIDATE_CHARS,
  MAX_SIGNAL_BYTES,
} from '../../../transport/strategies/data-channel-notes.ts';

const FINGERPRINT = Array(32).fill('3F').join(':');
const OFFER = `v=0
o=- 70127307 0 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic:WMS *
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:1 1 udp 2116026367 192.0.2.2 50219 typ host
a=ice-ufrag:bfcb
a=ice-pwd:659745078b0dd29d85ab2b
a=ice-options:trickle
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:active
a=mid:0
a=sctp-port:5000
a=max-message-size:66560
`.replaceAll('\n', '\r\n');
const ALLOWED =
  /^(v=0|o=- 1 1 IN IP4 0\.0\.0\.0|s=-|t=0 0|a=group:BUNDLE [\w-]+|m=application 9 UDP\/DTLS\/SCTP webrtc-datachannel|c=IN IP4 0\.0\.0\.0|a=ice-options:trickle|a=sendrecv|a=ice-ufrag:[\w+/]+|a=ice-pwd:[\w+/]+|a=fingerprint:sha-\d+ [\dA-Fa-f:]+|a=setup:(actpass|active|passive)|a=mid:[\w-]+|a=sctp-port:\d+|a=max-message-size:\d+)$/;
const CANDIDATE = 'candidate:32b1715da3b0 1 udp 2116026367 192.0.2.2 50219 typ srflx raddr 10.0.0.1 rport 9 generation 0 ufrag bfcb';
const note = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const offer = (sdp: string): Uint8Array => note({ type: 'offer', sdp });
const malformed = (error: unknown): boolean => error instanceof PortholeError && error.code === 'FRAME_MALFORMED';

describe('data channel notes', () => {
  it('a description is made again of what one data channel needs', () => {
    const signal = decodeSignal(offer(OFFER));
    assert.ok('sdp' in signal);
    for (const line of signal.sdp.trimEnd().split('\r\n')) assert.match(line, ALLOWED);
    assert.match(signal.sdp, /a=ice-pwd:659745078b0dd29d85ab2b\r\n/);
    assert.match(signal.sdp, /a=max-message-size:66560\r\n/);
    assert.deepEqual(decodeSignal(encodeSignal(signal)), signal);
    assert.deepEqual(decodeSignal(offer(OFFER.replaceAll('\r\n', '\n'))), signal);
  });

  it('a description that lacks something, or has it twice, is none', () => {
    for (const name of ['ice-ufrag', 'ice-pwd', 'fingerprint', 'setup', 'mid', 'sctp-port']) {
      const line = new RegExp(`a=${name}:.*\r\n`);
      assert.throws(() => decodeSignal(offer(OFFER.replace(line, ''))), malformed, name);
      if (name !== 'fingerprint') assert.throws(() => decodeSignal(offer(OFFER.replace(line, '$&$&'))), malformed, name);
    }
    assert.throws(() => decodeSignal(offer(OFFER.replace(/m=.*\r\n/, '$&$&'))), malformed);
    assert.throws(() => decodeSignal(offer(OFFER.replace('application 9', 'audio 9'))), malformed);
    assert.throws(() => decodeSignal(offer(OFFER.replace('3F:', 'XX:'))), malformed);
    assert.throws(() => decodeSignal(offer(`${OFFER}${`a=fingerprint:sha-256 ${FINGERPRINT}\r\n`.repeat(8)}`)), malformed);
  });

  it('a candidate is made again of its address, and only of one that can be', () => {
    const signal = decodeSignal(note({ candidate: CANDIDATE, sdpMid: '0' }));
    assert.deepEqual(signal, { candidate: 'candidate:32b1715da3b0 1 udp 2116026367 192.0.2.2 50219 typ srflx', sdpMid: '0' });
    const facts = (from: string, to: string): unknown => candidateFacts(CANDIDATE.replace(from, to));
    assert.ok(facts('192.0.2.2', '2001:db8::7') && facts('192.0.2.2', '0a1b2c3d-host.local'));
    const wrong = ['999.1.1.1', '1.2.3', '1.2.3.4.5', '0', '::1%lo', 'a b', '1:2:3:4:5:6:7:8:9:a', '*'];
    for (const address of wrong) assert.equal(facts('192.0.2.2', address), null, address);
    for (const port of ['0', '65536', '-1', '1e3', '']) assert.equal(facts('50219', port), null, port);
    assert.equal(facts('2116026367', '4294967296'), null);
    assert.equal(facts('b0 1 udp', 'b0 2 udp'), null);
    assert.equal(facts('typ srflx', 'typ other'), null);
    assert.throws(() => decodeSignal(note({ candidate: CANDIDATE.padEnd(MAX_CANDIDATE_CHARS + 1, ' x'), sdpMid: '0' })), malformed);
  });

  it('a note that is too long is refused', () => {
    assert.throws(
      () => decodeSignal(new Uint8Array(MAX_SIGNAL_BYTES + 1)),
      (error) => error instanceof PortholeError && error.code === 'MESSAGE_TOO_LONG',
    );
  });

  it('whatever is written, only plain notes come out', () => {
    const piece = fc.oneof(
      fc.constantFrom('a=ice-lite', 'a=setup:x', 'm=audio 9 UDP a', '\r', '\u2028', 'a=mid:1', '99999999999', ''),
      fc.string(),
    );
    const edits = fc.array(fc.tuple(fc.nat(OFFER.length), fc.nat(30), piece), { minLength: 1, maxLength: 4 });
    const edit = (text: string, list: readonly (readonly [number, number, string])[]): string =>
      list.reduce((now, [at, cut, put]) => now.slice(0, at) + put + now.slice(at + cut), text);
    fc.assert(
      fc.property(edits, fc.boolean(), (list, isOffer) => {
        try {
          const signal = decodeSignal(isOffer ? offer(edit(OFFER, list)) : note({ candidate: edit(CANDIDATE, list), sdpMid: '0' }));
          if ('sdp' in signal) for (const line of signal.sdp.trimEnd().split('\r\n')) assert.match(line, ALLOWED);
          else assert.match(signal.candidate, /^candidate:[\w+/-]+ 1 \w+ \d+ [\w.:-]+ \d+ typ \w+$/);
        } catch (error) {
          assert.ok(malformed(error), String(error));
        }
      }),
      { seed: 3, numRuns: 3000 },
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
// What stands between the network and werift: what it lets through, and each of its limits.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { isStunMessage, parseMessage } from 'werift';
import { dtlsRecords, judgeSctp, MAX_HANDSHAKE_MESSAGE_BYTES } from '../../../transport/rtc/datagrams.ts';
import * as guard from '../../../transport/rtc/werift-guard.ts';
import { binding, type StunKind } from './stun-message.ts';

const SEED = { seed: 20_261_122, numRuns: 2000 };
type Datagram = (data: Buffer, from: [string, number]) => void;

/** The guard around a werift that only notes what reaches it. */
function guarded(): {
  receive: Datagram;
  reached: Buffer[];
  packet(data: Buffer): void;
  packets: Buffer[];
  ice: { checkList: { requestTransactionIds: Set<string> }[] };
  sctp: { sackMisOrdered: Set<number>; inboundStreams: Record<number, { reassembly: unknown[] }>; lastReceivedTsn: number };
  failures(): number;
} {
  const reached: Buffer[] = [];
  const packets: Buffer[] = [];
  let failures = 0;
  const protocol = { datagramReceived: (data: Buffer): void => void reached.push(data) };
  const ice = {
    localUsername: 'here',
    localPassword: 'L'.repeat(22),
    remotePassword: 'R'.repeat(22),
    checkList: [],
    ensureProtocol: (): void => {},
  };
  const sctp = {
    associationState: 4,
    localTsn: 1000,
    sackMisOrdered: new Set<number>(),
    lastReceivedTsn: 99,
    inboundStreams: {},
    handleData: async (data: Buffer): Promise<void> => void packets.push(data),
    receive: (): void => {},
  };
  const dtlsTransport = { dataReceiver: (_: Buffer): void => {} };
  const connection = {
    dtlsTransports: [{ iceTransport: { connection: ice }, dtls: { connected: false } }],
    sctpTransport: { sctp, dtlsTransport, datachannelReceive: async (): Promise<void> => {} },
    secureManager: { setConnectionState: (): void => void failures++ },
  };
  guard.guardWerift(connection as never, { isStunMessage, parseMessage });
  (ice.ensureProtocol as (one: typeof protocol) => void)(protocol);
  return {
    receive: protocol.datagramReceived as Datagram,
    reached,
    packet: (data) => dtlsTransport.dataReceiver(data),
    packets,
    ice,
    sctp,
    failures: () => failures,
  };
}

const from = (port: number): [string, number] => ['198.51.100.7', port];
const check = (kind: StunKind = 'request', password = 'L'.repeat(22)): Buffer =>
  binding(kind, { user: 'here:there', password, priority: 1 });
const record = (type: number, epoch: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(13);
  head.writeUInt8(type, 0);
  head.writeUInt16BE(0xfefd, 1);
  head.writeUInt16BE(epoch, 3);
  head.writeUInt16BE(body.length, 11);
  return Buffer.concat([head, body]);
};
const handshake = (bytes: number, whole = bytes): Buffer => {
  const head = Buffer.alloc(12);
  head.writeUInt8(1, 0);
  head.writeUIntBE(whole, 1, 3);
  head.writeUIntBE(bytes, 9, 3);
  return Buffer.concat([head, Buffer.alloc(bytes)]);
};
const sctpData = (tsn: number, before: Buffer = Buffer.alloc(0)): Buffer => {
  const chunk = Buffer.alloc(20);
  chunk.writeUInt16BE(17, 2);
  chunk.writeUInt32BE(tsn, 4);
  chunk.writeUInt32BE(53, 12);
  return Buffer.concat([Buffer.alloc(12), before, chunk]);
};

describe('werift guard: ICE and DTLS', () => {
  it('hears a check that knows the password, and no other', () => {
    const { receive, reached } = guarded();
    receive(check('request', 'wrong'.repeat(5)), from(1));
    receive(binding('request', { user: 'other:there', password: 'L'.repeat(22), priority: 1 }), from(1));
    receive(binding('request', { user: 'here:there', password: 'L'.repeat(22) }), from(1));
    receive(binding('request', {}), from(1));
    receive(check('indication'), from(1));
    assert.equal(reached.length, 0);
    receive(check(), from(1));
    assert.equal(reached.length, 1);
  });

  it('lets an address speak DTLS only after it has shown a password', () => {
    const { receive, reached } = guarded();
    const hello = record(22, 0, handshake(40));
    receive(hello, from(1));
    assert.equal(reached.length, 0);
    receive(check(), from(1));
    receive(hello, from(1));
    receive(hello, from(2));
    receive(check('response', 'R'.repeat(22)), from(2));
    receive(hello, from(2));
    receive(Buffer.from([128, 0, 0, 0]), from(1)); // media
    assert.deepEqual(reached.length, 4);
  });

  it('an answer proves nothing while no password of the peer is known', () => {
    const { receive, reached, ice } = guarded();
    Object.assign(ice, { remotePassword: '' });
    receive(check('response', ''), from(3));
    receive(record(22, 0, handshake(40)), from(3));
    assert.equal(reached.length, 1);
  });

  it(`hears ${guard.MAX_SOURCES} addresses, ${guard.MAX_ICE_ERRORS} errors and ${guard.MAX_EARLY_CHECKS} early checks`, () => {
    const crowd = guarded();
    crowd.ice.checkList.push({ requestTransactionIds: new Set() });
    for (let port = 1; port <= guard.MAX_SOURCES + 10; port++) crowd.receive(check(), from(port));
    assert.equal(crowd.reached.length, guard.MAX_SOURCES);
    crowd.receive(check(), from(1));
    assert.equal(crowd.reached.length, guard.MAX_SOURCES + 1);
    const errors = guarded();
    for (let i = 0; i < guard.MAX_ICE_ERRORS + 10; i++) errors.receive(check('error'), from(1));
    assert.equal(errors.reached.length, guard.MAX_ICE_ERRORS);
    const early = guarded();
    for (let i = 0; i < guard.MAX_EARLY_CHECKS + 10; i++) early.receive(check(), from(1));
    assert.equal(early.reached.length, guard.MAX_EARLY_CHECKS);
  });

  it('forgets the ids of requests when there are many', () => {
    const { receive, ice } = guarded();
    ice.checkList.push({ requestTransactionIds: new Set(Array.from({ length: 2000 }, (_, i) => String(i))) });
    receive(check(), from(1));
    assert.equal(ice.checkList[0]?.requestTransactionIds.size, 0);
  });

  it(`reads ${guard.MAX_HANDSHAKE_BYTES} bytes of handshake in the clear, and no message over ${MAX_HANDSHAKE_MESSAGE_BYTES}`, () => {
    const { receive, reached } = guarded();
    receive(check(), from(1));
    reached.length = 0;
    const part = record(22, 0, handshake(8000));
    const fit = Math.floor(guard.MAX_HANDSHAKE_BYTES / part.length);
    for (let i = 0; i < fit + 5; i++) receive(part, from(1));
    assert.equal(reached.length, fit);
    assert.equal(dtlsRecords(record(22, 0, handshake(20, MAX_HANDSHAKE_MESSAGE_BYTES)), false).kept.length, 45);
    assert.equal(dtlsRecords(record(22, 0, handshake(20, MAX_HANDSHAKE_MESSAGE_BYTES + 1)), false).kept.length, 0);
  });

  it('keeps what belongs to its time, whole records only', () => {
    const [hello, sealed] = [record(22, 0, handshake(30)), record(23, 1, randomBytes(40))];
    const [alert, strange, plain] = [record(21, 0, Buffer.from([1, 0])), record(99, 1, Buffer.alloc(4)), record(23, 0, Buffer.alloc(9))];
    assert.deepEqual(dtlsRecords(Buffer.concat([hello, alert, plain, sealed]), false).kept, Buffer.concat([hello, sealed]));
    assert.deepEqual(dtlsRecords(Buffer.concat([hello, sealed]), true).kept, sealed);
    assert.equal(dtlsRecords(Buffer.concat([strange, sealed]), true).kept.length, 0);
    assert.deepEqual(dtlsRecords(Buffer.concat([sealed, hello.subarray(0, 20)]), false).kept, sealed);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, connected) => {
        const { kept } = dtlsRecords(Buffer.from(bytes), connected);
        assert.deepEqual(dtlsRecords(kept, connected).kept, kept);
      }),
      SEED,
    );
  });
});

describe('werift guard: SCTP', () => {
  const state = { nextTsn: 1000, established: true };

  it('never throws, whatever comes', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const types = fc.constantFrom(0, 1, 2, 3, 4, 6, 9, 10, 130, 192);
    const chunks = fc
      .array(fc.tuple(types, fc.nat(80), fc.uint8Array({ maxLength: 60 })), { maxLength: 5 })
      .map((list) =>
        Buffer.concat([
          Buffer.alloc(12),
          ...list.map(([type, length, body]) => Buffer.concat([Buffer.from([type, 0, 0, length]), body, Buffer.alloc(-body.length & 3)])),
        ]),
      );
    fc.assert(
      fc.property(fc.oneof(bytes, chunks), (packet) => {
        assert.match(judgeSctp(Buffer.from(packet), state), /^(pass|drop|hostile)$/);
      }),
      { ...SEED, numRuns: 5000 },
    );
  });

  it('takes acknowledgements of what was sent, late ones too', () => {
    const sack = (cumulative: number, ...gaps: [number, number][]): Buffer => {
      const body = Buffer.alloc(16 + 4 * gaps.length);
      body.writeUInt8(3, 0);
      body.writeUInt16BE(body.length, 2);
      body.writeUInt32BE(cumulative >>> 0, 4);
      body.writeUInt16BE(gaps.length, 12);
      for (const [i, [start, end]] of gaps.entries()) body.writeUInt32BE(start * 65_536 + end, 16 + 4 * i);
      return Buffer.concat([Buffer.alloc(12), body]);
    };
    const judge = (packet: Buffer, nextTsn = 1000): string => judgeSctp(packet, { nextTsn, established: true });
    assert.equal(judge(sack(999)), 'pass');
    assert.equal(judge(sack(900, [2, 5], [7, 99])), 'pass');
    assert.equal(judge(sack(-3, [2, 4]), 2), 'pass'); // the numbers begin anew
    assert.equal(judge(sack(1000)), 'hostile');
    assert.equal(judge(sack(900, [2, 100])), 'hostile');
    assert.equal(judge(sack(900, [5, 2])), 'hostile');
    assert.equal(judge(sack(900, [5, 7], [6, 8])), 'hostile');
  });

  it(`takes no more than ${guard.MAX_WAITING_CHUNKS} chunks that wait for one in between`, () => {
    const { packet, packets, sctp, failures } = guarded();
    for (let i = 0; i < guard.MAX_WAITING_CHUNKS; i++) sctp.sackMisOrdered.add(200 + i);
    packet(sctpData(5000));
    assert.equal(packets.length, 0);
    packet(sctpData(100)); // the one
    assert.equal(packets.length, 1);
    assert.equal(failures(), 0);
    for (let i = 0; i <= guard.MAX_WAITING_CHUNKS; i++) sctp.sackMisOrdered.add(9000 + i);
    packet(sctpData(9, Buffer.from([11, 0, 0, 4]))); // behind another chunk
    assert.equal(failures(), 1);
  });

  it(`breaks off at ${guard.MAX_PIECES} pieces of messages without an end`, () => {
    const { packet, sctp, failures } = guarded();
    sctp.inboundStreams[0] = { reassembly: Array(guard.MAX_PIECES).fill(0) };
    packet(sctpData(100));
    assert.equal(failures(), 0);
    sctp.inboundStreams[0].reassembly.push(0);
    packet(sctpData(101));
    assert.equal(failures(), 1);
  });
});

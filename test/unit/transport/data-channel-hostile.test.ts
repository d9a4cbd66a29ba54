// SPDX-License-Identifier: Apache-2.0
// A peer or a stranger that sends what no honest one does: the attempt or the channel fails with a code, and the process lives.

import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { crc32c } from 'werift';
import { PortholeError } from '../../../proto/errors.ts';
import type { Connection } from '../../../transport/channel/connection.ts';
import { weriftRtc } from '../../../transport/rtc/node.ts';
import type { Rtc } from '../../../transport/rtc/rtc.ts';
import { dataChannel } from '../../../transport/strategies/data-channel.ts';
import { asked } from '../../support/asked.ts';
import { callOn, IMPLEMENTATIONS, lines } from './data-channel-pair.ts';

/** What the tests reach into, of werift at the hostile end. */
interface Inside {
  readonly iceTransports: { connection: { protocols: { transport?: Udp }[] } }[];
  readonly dtlsTransports: { dtls: { send(packet: Buffer): Promise<void> } }[];
  readonly sctpTransport: { sctp: { remoteVerificationTag: number; localTsn: number } };
}
interface Udp {
  send(data: Buffer, to?: [string, number]): Promise<void>;
}

/** An Rtc whose last connection a test can reach into. */
function reachable(rtc: Rtc): { rtc: Rtc; inside(): Inside } {
  let last: unknown;
  class Connection extends rtc.RTCPeerConnection {
    constructor(config?: RTCConfiguration) {
      super(config);
      last = this;
    }
  }
  return { rtc: { ...rtc, RTCPeerConnection: Connection }, inside: () => last as Inside };
}

/** Chance that can be had again. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(data: Buffer, below: (below: number) => number): Buffer {
  const copy = Buffer.from(data);
  for (let count = 1 + below(4); count > 0; count--) copy[below(copy.length)] = below(256);
  const kind = below(10);
  if (kind < 3) return copy.subarray(0, below(copy.length));
  return kind === 3 ? Buffer.concat([copy, copy]) : copy;
}

/** Sends mutated copies of each datagram of the hostile end as soon as it has sockets, from its own or from a stranger's. */
function noise(inside: () => Inside | undefined, seed: number, stranger: Socket | null): () => void {
  const below = chance(seed);
  const seen = new Set<Udp>();
  const look = setInterval(() => {
    for (const { connection } of inside()?.iceTransports ?? []) {
      for (const { transport } of connection.protocols) {
        if (!transport || seen.has(transport)) continue;
        seen.add(transport);
        const send = transport.send.bind(transport);
        transport.send = async (data, to) => {
          for (let i = 0; i < 5; i++) {
            if (!stranger) send(mutate(data, below), to).catch(() => {});
            else if (to && !to[0].includes(':')) stranger.send(mutate(data, below), to[1], to[0]);
          }
          await send(data, to);
        };
      }
    }
  }, 1);
  return () => clearInterval(look);
}

const chunk = (type: number, body: Buffer, length = body.length + 4): Buffer => {
  const head = Buffer.from([type, type === 0 ? 3 : 0, length >> 8, length & 0xff]);
  return Buffer.concat([head, body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
};
function packet(tag: number, ...chunks: Buffer[]): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(5000, 0);
  head.writeUInt16BE(5000, 2);
  head.writeUInt32BE(tag, 4);
  const whole = Buffer.concat([head, ...chunks]);
  whole.writeUInt32LE(crc32c(whole), 8);
  return whole;
}
const data = (tsn: number, payload: number, body: Buffer, stream = 0): Buffer => {
  const head = Buffer.alloc(12);
  head.writeUInt32BE(tsn >>> 0, 0);
  head.writeUInt16BE(stream, 4);
  head.writeUInt32BE(payload, 8);
  return chunk(0, Buffer.concat([head, body]));
};
const parameter = (type: number, length: number): Buffer => Buffer.from([type >> 8, type & 0xff, length >> 8, length & 0xff, 0, 0, 0, 0]);
function farGaps(tsn: number): Buffer {
  const body = Buffer.alloc(12 + 4 * 200);
  body.writeUInt32BE((tsn - 1) >>> 0, 0);
  body.writeUInt16BE(200, 8);
  for (let at = 12; at < body.length; at += 4) body.writeUInt16BE(0xffff, at + 2);
  return chunk(3, body);
}

/** Packets within the encryption, as only a peer can send them. Unguarded, each ended werift's process or held it up. */
const PACKETS: Readonly<Record<string, (tag: number, tsn: number) => Buffer>> = {
  'too short': () => Buffer.alloc(3),
  'a wrong checksum': (tag) => Buffer.concat([packet(tag, chunk(4, Buffer.alloc(0))).subarray(0, 8), Buffer.alloc(8)]),
  'a chunk of no length': (tag) => packet(tag, chunk(4, Buffer.alloc(0), 0)),
  'a parameter of no length': (tag) => packet(tag, chunk(4, Buffer.alloc(24))),
  'gaps that were never sent': (tag, tsn) => packet(tag, farGaps(tsn)),
  'a payload of no known kind': (tag, tsn) => packet(tag, data(tsn, 12_345, Buffer.from('x'))),
  'a stream that is not ours': (tag, tsn) => packet(tag, data(tsn, 50, Buffer.from([2]), 7)),
  'a broken reconfiguration': (tag) => packet(tag, chunk(130, parameter(13, 6))),
  'a cut acknowledgement': (tag) => packet(tag, chunk(3, Buffer.alloc(4))),
};

async function open(victim: Rtc, hostile: Rtc, role: 'caller' | 'callee' = 'callee', ms = 8000): Promise<[Connection, Connection]> {
  const [x, y] = lines();
  const signal = AbortSignal.timeout(ms);
  const other = role === 'callee' ? 'caller' : 'callee';
  const ends = await Promise.allSettled([
    dataChannel(hostile).attempt(callOn(x, other), signal),
    dataChannel(victim).attempt(callOn(y, role), signal),
  ]);
  for (const end of ends)
    if (end.status === 'rejected') for (const one of ends) if (one.status === 'fulfilled') one.value.abort(end.reason);
  const [a, b] = ends.map((end) => (end.status === 'fulfilled' ? end.value : null));
  if (a && b) return [a, b];
  throw ends[1]?.status === 'rejected' ? ends[1].reason : (ends[0] as PromiseRejectedResult).reason;
}

describe('data channel: hostile packets', function () {
  this.timeout(20_000);
  for (const [name, make] of Object.entries(PACKETS)) {
    it(`werift: ${name} breaks the channel, and nothing else`, async () => {
      const rtc = await weriftRtc();
      const hostile = reachable(rtc);
      const [a, b] = await open(rtc, hostile.rtc);
      const received = asked(b).receive();
      const { sctp } = hostile.inside().sctpTransport;
      await hostile.inside().dtlsTransports[0]?.dtls.send(make(sctp.remoteVerificationTag, sctp.localTsn));
      await assert.rejects(received, (error) => error instanceof PortholeError && error.code === 'PATH_LOST');
      a.abort(new Error('done'));
    });
  }

  it('werift: a kind of chunk that is not known is left out', async () => {
    const rtc = await weriftRtc();
    const hostile = reachable(rtc);
    const [a, b] = await open(rtc, hostile.rtc);
    const tag = hostile.inside().sctpTransport.sctp.remoteVerificationTag;
    await hostile.inside().dtlsTransports[0]?.dtls.send(packet(tag, chunk(99, Buffer.alloc(4))));
    await a.send(Uint8Array.of(7));
    assert.deepEqual([...((await asked(b).receive()) ?? [])], [7]);
    for (const end of [a, b]) end.abort(new Error('done'));
  });

  for (const [name, implementation] of Object.entries(IMPLEMENTATIONS)) {
    for (const role of ['caller', 'callee'] as const) {
      it(`${name}, ${role}: a stranger's noise at its port changes nothing`, async () => {
        const hostile = reachable(await weriftRtc());
        const stranger = createSocket('udp4');
        const quiet = noise(hostile.inside, 5, stranger);
        try {
          const [a, b] = await open(await implementation(), hostile.rtc, role);
          await a.send(Uint8Array.of(1, 2));
          assert.deepEqual([...((await asked(b).receive()) ?? [])], [1, 2]);
          for (const end of [a, b]) end.abort(new Error('done'));
        } finally {
          quiet();
          stranger.close();
        }
      });
    }

    it(`${name}: a peer's own noise fails the attempt with a code, or does nothing`, async () => {
      const hostile = reachable(await weriftRtc());
      const quiet = noise(hostile.inside, 9, null);
      try {
        const ends = await open(await implementation(), hostile.rtc, 'callee', 1500);
        for (const end of ends) end.abort(new Error('done'));
      } catch (error) {
        assert.ok(error instanceof PortholeError || (error as Error).name === 'TimeoutError', String(error));
      } finally {
        quiet();
      }
    });
  }
});

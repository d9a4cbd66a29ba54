// SPDX-License-Identifier: Apache-2.0
// A NatProfile on the wire and back: nothing is lost, nothing is invented, addresses are the suite's word alone.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { Server } from 'socket.io';
import { MAX_STUN_ADDRESSES } from '../../../proto/limits.ts';
import { decodeMessage, encodeMessage, type Message, type Nat, Role } from '../../../proto/rendezvous.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import type { NatProfile } from '../../../transport/nat/profile.ts';
import { natFromWire, natToWire } from '../../../transport/nat/profile.ts';
import { Calls } from '../../../transport/rendezvous/calls.ts';
import { type Greeting, Rendezvous } from '../../../transport/rendezvous/client.ts';
import { FASTEST } from '../../../transport/strategy/policy.ts';
import type { Call, Strategy } from '../../../transport/strategy/strategy.ts';
import { fakeClock } from '../../support/clock.ts';
import { someStrategy } from '../../support/some-strategy.ts';

const OBSERVED = { ip: '203.0.113.7', port: 51_234 };
const OTHER = { ip: '2001:db8::7', port: 51_235 };

/** An optional field: there, or not at all. */
const behaviour = fc.constantFrom('endpoint-independent', 'address-dependent', 'address-and-port-dependent');
const mapping = fc.record(
  { behaviour, step: fc.oneof(fc.constant(null), fc.integer({ min: -65_535, max: 65_535 })) },
  { requiredKeys: ['step'] },
);
const unsolicited = fc.constantFrom('silence', 'rst', 'icmp', 'accepted');
const tcp = fc.record(
  {
    mapping,
    filtering: behaviour,
    unsolicited,
    synOutSynIn: fc.boolean(),
    freshSequence: fc.boolean(),
    timeExceededCloses: fc.boolean(),
    resetCloses: fc.boolean(),
    hops: fc.integer({ min: 1, max: 255 }),
    hairpin: fc.boolean(),
  },
  { requiredKeys: ['mapping'] },
);
const udp = fc.oneof(fc.constant(null), fc.record({ mapping, filtering: behaviour }, { requiredKeys: ['mapping'] }));
const profiles = fc.record(
  { behindNat: fc.boolean(), tcp, udp, ipv6: fc.constant(null), ipv6Unsolicited: unsolicited },
  { requiredKeys: [] },
) as fc.Arbitrary<NatProfile>;

const overTheWire = (nat: Nat): Nat => decodeMessage('Examined', encodeMessage('Examined', { nat })).nat as Nat;

describe('a NatProfile on the wire', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(profiles, (profile) => assert.deepEqual(natFromWire(overTheWire(natToWire(profile))), structuredClone(profile))),
      { seed: 41, numRuns: 500 },
    );
  });

  it('has the addresses from the suite, whatever the end itself says', () => {
    const liar = natToWire({ observed: { ip: '192.0.2.66', port: 1 }, ipv6: { ip: '2001:db8::66', port: 1 }, ipv4: OBSERVED });
    assert.deepEqual(natFromWire(overTheWire(liar)), {});
    assert.deepEqual(natFromWire(null, OBSERVED), { observed: OBSERVED });
    assert.deepEqual(natFromWire(undefined, OBSERVED, OTHER), { observed: OBSERVED, ipv6: OTHER });
    assert.deepEqual(natFromWire(undefined, OTHER, OBSERVED), { observed: OTHER, ipv4: OBSERVED, ipv6: OTHER });
    assert.deepEqual(
      natFromWire(natToWire({ ipv6: null }), OBSERVED, OTHER),
      { observed: OBSERVED, ipv6: OTHER },
      'the suite knows better',
    );
  });

  it('takes words of a later version, and what cannot be, for not examined', () => {
    const good = natToWire({ behindNat: true, tcp: { mapping: { behaviour: 'endpoint-independent', step: 0 }, hops: 2 } });
    const tcp = good.tcp as NonNullable<Nat['tcp']>;
    const odd = { ...good, behindNat: 9, tcp: { ...tcp, hops: 256, filtering: 7, unsolicited: 77, hairpin: 3 } };
    assert.deepEqual(natFromWire(overTheWire(odd)), { tcp: { mapping: { behaviour: 'endpoint-independent', step: 0 } } });
    const far = { ...good, tcp: { ...tcp, mapping: { behaviour: 1, step: 65_536, patternless: false } } };
    assert.deepEqual(natFromWire(overTheWire(far)), { behindNat: true });
    assert.deepEqual(natFromWire(overTheWire({ ...good, tcp: { ...tcp, mapping: null } })), { behindNat: true });
  });

  it('reaches the strategies of a call, with where the suite answers STUN', async () => {
    const given: Call[] = [];
    const { a } = memoryPair('direct');
    const direct: Strategy = {
      ...someStrategy('direct'),
      suits: () => ({ chance: 'likely', reason: '' }),
      attempt: async (call) => {
        given.push(call);
        return a;
      },
    };
    const peer: NatProfile = { tcp: { mapping: { behaviour: 'address-and-port-dependent', step: 1 } }, udp: null };
    const stunTcp = [{ ip: '192.0.2.1', port: 3478 }];
    const calls = new Calls({
      rendezvous: { tell: () => {}, greeting: { stun: [], stunTcp } as unknown as Greeting, rttMs: null },
      strategies: [direct],
      self: () => ({ behindNat: false }),
      clock: fakeClock(),
    });
    const introduction = {
      ...{ call: 'c', role: Role.CALLER, site: '', strategies: ['direct'], relay: null },
      ...{ peer: OBSERVED, peerNat: natToWire(peer), peerOther: OTHER },
    } as Message<'Introduction'>;
    await calls.open(introduction, { policy: FASTEST, signal: new AbortController().signal, onPath: () => {} });
    assert.deepEqual(given[0]?.peer, { ...peer, observed: OBSERVED, ipv6: OTHER });
    assert.deepEqual(given[0]?.self, { behindNat: false });
    assert.deepEqual(given[0]?.offers.stunTcp, stunTcp);
  });

  it('a greeting lists MAX_STUN_ADDRESSES addresses at most, with the name that was dialled where the suite names none', async () => {
    const http = createServer();
    const io = new Server(http, { path: '/.porthole/rendezvous' });
    const listed = Array.from({ length: MAX_STUN_ADDRESSES + 1 }, (_, at) => ({ ip: at === 1 ? '' : '192.0.2.1', port: 1 + at }));
    io.on(
      'connection',
      (socket) =>
        void socket.emit('welcome', encodeMessage('Welcome', { version: 1, stunTcp: listed, stunUdp: [{ ip: '', port: 70_000 }] })),
    );
    http.listen(0, '127.0.0.1');
    await new Promise((resolve) => http.once('listening', resolve));
    const rendezvous = new Rendezvous(`http://localhost:${(http.address() as AddressInfo).port}`, {});
    const greeting = await rendezvous.ready(2000);
    assert.equal(greeting.stunTcp.length, MAX_STUN_ADDRESSES);
    assert.deepEqual(greeting.stunTcp.slice(0, 2), [
      { ip: '192.0.2.1', port: 1 },
      { ip: 'localhost', port: 2 },
    ]);
    assert.deepEqual(greeting.stunUdp, [], 'no such port');
    rendezvous.close();
    await io.close();
  });
});

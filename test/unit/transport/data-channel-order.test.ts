// SPDX-License-Identifier: Apache-2.0
// The chances of UDP between two ends, as their exams tell them.

import assert from 'node:assert/strict';
import type { Behaviour, NatProfile, UdpProfile } from '../../../transport/nat/profile.ts';
import { chances } from '../../../transport/strategies/data-channel-order.ts';

const PER_PORT: Behaviour = 'address-and-port-dependent';
const udp = (behaviour: Behaviour, filtering?: Behaviour): UdpProfile => ({
  mapping: { behaviour, step: behaviour === 'endpoint-independent' ? 0 : null },
  ...(filtering && { filtering }),
});
const CONE = udp('endpoint-independent', 'endpoint-independent');
const RESTRICTED = udp('endpoint-independent', 'address-dependent');
const HOME = udp('endpoint-independent', PER_PORT);
const SYMMETRIC = udp(PER_PORT, PER_PORT);

describe('the data channel’s chances', () => {
  const end = (host: number, more: NatProfile = {}): NatProfile => ({
    observed: { ip: `203.0.113.${host}`, port: 4000 },
    behindNat: true,
    ...more,
  });
  const chance = (a: NatProfile, b: NatProfile): string => {
    const [one, other] = [chances(a, b).chance, chances(b, a).chance];
    assert.equal(one, other, 'both ends say the same');
    return one;
  };
  const between = (a: UdpProfile | null, b: UdpProfile | null): string => chance(end(1, { udp: a }), end(2, { udp: b }));

  it('are as before where nothing was examined', () => {
    assert.equal(chance({}, end(2)), 'possible');
    assert.equal(chance(end(1), end(2)), 'possible');
    assert.equal(chance(end(1), end(2, { udp: SYMMETRIC })), 'possible');
    assert.equal(chance(end(1, { behindNat: false }), end(2)), 'likely');
  });

  it('are none where UDP is blocked at an end, with the reason; but for two in one network, or with IPv6', () => {
    assert.equal(between(null, HOME), 'no');
    assert.equal(chance(end(1, { udp: null, behindNat: false }), end(2)), 'no');
    assert.deepEqual(
      [chances(end(1, { udp: null }), end(2)), chances(end(2), end(1, { udp: null }))].map(({ reason }) => reason),
      ['no UDP comes through at this end', 'no UDP comes through at the other end'],
    );
    assert.equal(chance(end(1, { udp: null }), end(1, { udp: null })), 'likely');
    const inside = (host: number): NatProfile => end(host, { observed: { ip: `192.168.1.${host}`, port: 1 }, udp: null });
    assert.equal(chance(inside(1), inside(2)), 'likely');
    const ipv6 = { ip: '2001:db8::1', port: 1 };
    assert.equal(chance(end(1, { udp: null, ipv6 }), end(2, { ipv6 })), 'possible');
    assert.equal(chance(end(1, { udp: null, ipv6 }), end(2, { ipv6: null })), 'no');
  });

  it('are small where each sends to ports by which the other lets in somebody else', () => {
    assert.equal(between(SYMMETRIC, SYMMETRIC), 'unlikely');
    assert.equal(between(SYMMETRIC, HOME), 'unlikely');
    assert.equal(between(SYMMETRIC, RESTRICTED), 'possible');
    assert.equal(between(SYMMETRIC, CONE), 'possible');
    assert.equal(between(udp(PER_PORT, 'endpoint-independent'), SYMMETRIC), 'possible');
    assert.equal(between(HOME, HOME), 'possible');
    assert.equal(between(udp(PER_PORT), SYMMETRIC), 'possible', 'whom it lets in was not examined');
    assert.equal(between({ mapping: { step: null } }, SYMMETRIC), 'possible', 'the class was not examined');
    const ipv6 = { ip: '2001:db8::1', port: 1 };
    assert.equal(chance(end(1, { udp: SYMMETRIC, ipv6 }), end(2, { udp: SYMMETRIC, ipv6 })), 'possible');
  });
});

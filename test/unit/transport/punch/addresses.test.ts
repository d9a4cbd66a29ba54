// SPDX-License-Identifier: Apache-2.0
// Where a punch may send to: nobody makes an end send to a third party, or into its own network for a stranger.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../../proto/errors.ts';
import { candidateAddresses, canonical, demandReachable, mayReach, outsideOf, ownAddresses } from '../../../../transport/nat/addresses.ts';
import type { NatProfile } from '../../../../transport/nat/profile.ts';

const at = (ip: string, more: NatProfile = {}): NatProfile => ({ observed: { ip, port: 1 }, ...more });
const SELF = at('192.0.2.1');
const PEER = at('198.51.100.1', { ipv6: { ip: '2001:db8::2', port: 1 } });

describe('punch addresses', () => {
  it('the other end’s own, as the suite saw them, in any spelling', () => {
    for (const ip of ['198.51.100.1', '::ffff:198.51.100.1', '2001:db8::2', '2001:0db8:0:0::0002']) assert.ok(mayReach(ip, SELF, PEER), ip);
  });

  it('a third party’s is refused, inside or outside', () => {
    for (const ip of ['203.0.113.9', '10.0.0.1', '192.168.1.1', '127.0.0.1', '::1', 'fd00::1', '2001:db8::3', '0.0.0.0', '192.0.2.1'])
      assert.ok(!mayReach(ip, SELF, PEER), ip);
    const refused = (error: unknown): boolean => error instanceof PortholeError && error.code === 'NOT_ALLOWED';
    const list = [
      { ip: '198.51.100.1', port: 80 },
      { ip: '203.0.113.9', port: 80 },
    ];
    assert.throws(() => demandReachable(list, SELF, PEER), refused);
    demandReachable(list.slice(0, 1), SELF, PEER);
  });

  it('the inside only when both come from one address; this machine’s own only when the suite is on it', () => {
    const [one, other] = [at('192.0.2.1'), at('::ffff:192.0.2.1')];
    for (const ip of ['10.1.2.3', '172.31.0.1', '192.168.0.9', 'fd12::1', '192.0.2.1']) assert.ok(mayReach(ip, one, other), ip);
    for (const ip of ['127.0.0.1', '::1', '203.0.113.9', '172.32.0.1', '8.8.8.8']) assert.ok(!mayReach(ip, one, other), ip);
    assert.ok(mayReach('127.0.0.1', at('127.0.0.1'), at('127.0.0.1')));
  });

  it('an end that the suite sees on its own machine is not sought on this one', () => {
    assert.ok(!mayReach('127.0.0.1', SELF, at('127.0.0.1')));
  });

  it('an end on the suite’s own machine is reached by the suite’s addresses, and by no other', () => {
    const there = at('127.0.0.1');
    const suite = ['203.0.113.1', '2001:db8::5'];
    for (const ip of suite) assert.ok(mayReach(ip, SELF, there, suite), ip);
    for (const ip of ['203.0.113.2', '127.0.0.1', '10.0.0.1', '192.168.1.1']) assert.ok(!mayReach(ip, SELF, there, suite), ip);
    assert.ok(!mayReach('203.0.113.1', SELF, PEER, suite), 'nor anybody else by them');
    const own = ['127.0.0.1', '::1', '203.0.113.1', '10.0.0.1', '2001:db8::5'];
    assert.deepEqual(candidateAddresses(there, SELF, own), ['203.0.113.1', '2001:db8::5']);
    assert.deepEqual(candidateAddresses(there, at('10.0.0.7'), own), ['203.0.113.1', '10.0.0.1', '2001:db8::5']);
    assert.deepEqual(candidateAddresses(there, there, own), ['127.0.0.1', '::1', '10.0.0.1']);
  });

  it('who is not known is not sent to', () => {
    assert.ok(!mayReach('192.168.1.1', {}, {}));
    assert.ok(!mayReach('198.51.100.1', SELF, {}));
  });

  it('an end tells what the other may use, and nothing else of its network', () => {
    const own = ['127.0.0.1', '192.168.1.2', '192.0.2.1', 'fd00::9', '2001:db8::7'];
    assert.deepEqual(candidateAddresses(SELF, PEER, own), ['192.0.2.1']);
    assert.deepEqual(candidateAddresses(at('203.0.113.1'), PEER, own), []);
    assert.deepEqual(candidateAddresses(at('203.0.113.1'), at('203.0.113.1'), own), ['192.168.1.2', 'fd00::9']);
    const v6 = at('203.0.113.1', { ipv6: { ip: '2001:db8::7', port: 1 } });
    assert.deepEqual(candidateAddresses(v6, PEER, own), ['2001:db8::7']);
  });

  it('one address of each family', () => {
    assert.equal(outsideOf(PEER, 4), '198.51.100.1');
    assert.equal(outsideOf(PEER, 6), '2001:db8::2');
    assert.equal(outsideOf(at('::ffff:192.0.2.9'), 4), '192.0.2.9');
    assert.equal(outsideOf(at('2001:db8::1', { ipv4: { ip: '192.0.2.7', port: 1 } }), 4), '192.0.2.7');
    assert.equal(outsideOf(SELF, 6), undefined);
  });

  it('addresses that need the name of an interface are left out', () => {
    const interfaces = { a: [{ address: 'fe80::1' }, { address: '10.0.0.1' }], b: undefined, c: [{ address: '10.0.0.1' }] };
    assert.deepEqual(ownAddresses(interfaces), ['10.0.0.1']);
    assert.equal(canonical('2001:0DB8::0001'), '2001:db8::1');
  });
});

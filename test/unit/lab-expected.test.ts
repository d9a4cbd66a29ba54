// SPDX-License-Identifier: Apache-2.0
// What the lab expects between two kinds of network.

import assert from 'node:assert/strict';
import { expected, isWorse, PROOFS } from '../lab/expected.ts';
import { KINDS, type Kind, kindOf } from '../lab/kinds.ts';

const between = (host: string, visitor: string): string => {
  const { rung, proof } = expected(kindOf(host), kindOf(visitor));
  return proof ? `${rung}: ${proof}` : rung;
};

const rows: readonly (readonly [host: string, visitor: string, expectation: string, why: string])[] = [
  ['home', 'home', 'tcp-punch', 'the most usual'],
  ['home-rst', 'home-icmp', 'tcp-punch', 'the guard outlasts what comes back'],
  ['ttl-close', 'home-rst', 'tcp-punch', 'the other end opens'],
  ['no-syn-in', 'ttl-close', 'tcp-punch', 'the other end opens, and its SYN meets silence'],
  ['no-syn-in', 'upnp-alone', 'tcp-punch', 'its router lets in what it was asked for'],
  ['step1', 'step2', 'tcp-punch', 'both are predicted'],
  ['random', 'home', 'tcp-punch', 'many meet one'],
  ['no-syn-in', 'office-firewall', 'relay: no-syn', 'no SYN arrives, and there is no UDP'],
  ['no-syn-in', 'no-syn-in', 'data-channel: no-syn', 'UDP knows no SYN'],
  ['random', 'cloud-nat', 'relay: two-guesses', 'nor is UDP predicted'],
  ['carrier-grade', 'step1', 'relay: one-guess-each', 'a birthday needs one port'],
  ['phone-hotspot', 'random', 'relay: one-guess-each', 'IPv6 at one end only'],
  ['phone-hotspot', 'phone-hotspot', 'tcp-punch', 'IPv6 at both'],
  ['only-443', 'open', 'relay: only-443', 'however open the other end is'],
  ['home', 'only-443', 'relay: only-443', 'the same from the other side'],
];

/** A full cone, and both RST-answering and closed by a Time Exceeded. */
const closingCone = (): Kind => {
  const { truth, ...kind } = kindOf('full-cone');
  return { ...kind, truth: { ...truth, tcp: { ...(truth.tcp as object), timeExceededCloses: true, unsolicited: 'rst' } as never } };
};

describe('lab: what is expected', () => {
  for (const [host, visitor, expectation, why] of rows)
    it(`host ${host}, visitor ${visitor}: ${expectation} (${why})`, () => {
      assert.equal(between(host, visitor), expectation);
      assert.equal(between(visitor, host), expectation, 'whoever calls');
    });

  it('nothing between two NATs that both answer RST and are closed by a Time Exceeded; TCP where one of them is so', () => {
    const closing = kindOf('ttl-close-rst');
    assert.deepEqual(expected(closing, closing), { rung: 'data-channel', proof: 'each-closes' });
    assert.deepEqual(expected(closing, kindOf('home-rst')), { rung: 'tcp-punch', proof: null });
    assert.deepEqual(expected(closingCone(), closing), { rung: 'tcp-punch', proof: null }, 'a RST leaves a full cone open');
  });

  it('TCP with one side of one port for all, but where a proof says why not', () => {
    const kinds = Object.entries(KINDS);
    for (const [host, one] of kinds) {
      if (one.truth.tcp?.mapping.step !== 0) continue;
      for (const [visitor] of kinds) {
        const reached = ['tcp-punch', 'relay: only-443', 'relay: no-syn', 'data-channel: no-syn'];
        if (host === 'ttl-close-rst' && visitor === host) reached.push('data-channel: each-closes');
        assert.ok(reached.includes(between(host, visitor)), visitor);
      }
    }
    assert.match(PROOFS['two-guesses'].proof, /0\.014 %/);
    assert.match(PROOFS['one-guess-each'].proof, /1\.2 %/);
  });

  it('a lesser way is worse, no way is the worst, a better one is not', () => {
    const [tcp, relay] = [expected(kindOf('home'), kindOf('home')), expected(kindOf('random'), kindOf('random'))];
    assert.deepEqual(
      ['tcp-punch', 'data-channel', 'relay', null].map((via) => [isWorse(via, tcp), isWorse(via, relay)]),
      [
        [false, false],
        [true, false],
        [true, false],
        [true, true],
      ],
    );
  });
});

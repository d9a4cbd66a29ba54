// SPDX-License-Identifier: Apache-2.0
// What `porthole exam` says: the decision, and the words for each finding.

import assert from 'node:assert/strict';
import { DECISION, decide, OUTCOMES, printDecision } from '../../../cli/terminal/decision.ts';
import { findingsOf } from '../../../cli/terminal/findings.ts';
import type { NatProfile, TcpProfile } from '../../../transport/nat/profile.ts';

describe('the decision', () => {
  const nat = (tcp: Partial<TcpProfile>): NatProfile => ({ tcp: { mapping: { step: 0 }, ...tcp } });
  const end = (host: NatProfile, visitor: NatProfile) => decide(host, visitor).outcome;

  it('goes the patent’s way', () => {
    const good = nat({ synOutSynIn: true, timeExceededCloses: false });
    const sensitive = nat({ synOutSynIn: true, timeExceededCloses: true });
    assert.equal(end(good, nat({})), 'low-ttl');
    assert.equal(end(nat({ mapping: { step: null } }), good), 'relay');
    assert.equal(end(nat({ synOutSynIn: false }), good), 'relay');
    assert.equal(end(good, nat({ mapping: { step: null } })), 'relay');
    assert.equal(end(sensitive, nat({ unsolicited: 'silence' })), 'punch');
    assert.equal(end(sensitive, nat({ unsolicited: 'rst' })), 'relay');
    assert.equal(end({}, {}), 'low-ttl', 'what was not examined is tried');
  });

  it('stops as soon as it knows, and asks no row twice', () => {
    assert.equal(decide(nat({ mapping: { step: null } }), {}).steps.length, 1);
    for (const [at, { yes, no }] of DECISION.entries()) {
      for (const next of [yes, no]) assert.ok(typeof next === 'number' ? next > at && next < DECISION.length : next in OUTCOMES);
    }
  });

  it('prints every row and every end', () => {
    const text = printDecision().join('\n');
    for (const { question } of DECISION) assert.ok(text.includes(question));
    for (const words of Object.values(OUTCOMES)) assert.ok(text.includes(words));
  });

  it('has a sentence for every finding, and none for what was not examined', () => {
    for (const { found, means } of findingsOf({})) assert.deepEqual([found, means], ['not examined', '']);
    const full = findingsOf({
      observed: { ip: '203.0.113.7', port: 1 },
      behindNat: true,
      tcp: {
        mapping: { behaviour: 'endpoint-independent', step: 0 },
        ...{ filtering: 'address-dependent', unsolicited: 'icmp', synOutSynIn: true, freshSequence: true },
        ...{ timeExceededCloses: true, resetCloses: false, hops: 2, hairpin: true },
      },
      udp: { mapping: { step: null }, filtering: 'endpoint-independent' },
      ipv6: { ip: '2001:db8::1', port: 1 },
      ipv6Unsolicited: 'silence',
    });
    for (const { exam, found, means } of full) assert.ok(found !== 'not examined' && means.length > 10, exam);
  });
});

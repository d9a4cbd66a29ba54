// SPDX-License-Identifier: Apache-2.0
// The lab's own reckoning: what an exam found beside the truth, and what it builds.

import assert from 'node:assert/strict';
import type { NatProfile, TcpProfile } from '../../transport/nat/profile.ts';
import { type ExamRun, examTable, findings, findingsTable, quantile, verdictOf } from '../lab/exam.ts';
import { KINDS, kindOf } from '../lab/kinds.ts';
import { planOf } from '../lab/plan.ts';

describe('lab: what an exam found', () => {
  const step1 = kindOf('step1');
  const verdicts = (kind: string, profile: NatProfile): Record<string, string> =>
    Object.fromEntries(findings(kindOf(kind), profile).map((finding) => [finding.name, verdictOf(finding)]));
  const run = (step: number, more: Partial<ExamRun> = {}): ExamRun => ({
    findings: findings(step1, { behindNat: true, tcp: { mapping: { behaviour: 'address-and-port-dependent', step } } }),
    ...{ ms: 10 * step, sent: step, line: 2 * step },
    ...more,
  });

  it('is right, wrong or not examined, leaf by leaf', () => {
    const found = verdicts('step1', {
      behindNat: true,
      tcp: { mapping: { behaviour: 'address-and-port-dependent', step: 2 } },
      udp: null,
      ipv6: null,
    });
    assert.equal(found.behindNat, 'right');
    assert.equal(found['tcp.mapping.behaviour'], 'right');
    assert.equal(found['tcp.mapping.step'], 'wrong');
    assert.equal(found['tcp.hops'], 'not examined');
    assert.equal(found.udp, 'wrong');
    assert.equal(found.ipv6, 'right');
  });

  it('knows "no pattern" and "no UDP" from what was not looked at', () => {
    const patternless: TcpProfile = { mapping: { behaviour: 'address-and-port-dependent', step: null } };
    assert.equal(verdicts('random', { tcp: patternless })['tcp.mapping.step'], 'right');
    assert.equal(verdicts('no-udp', {}).udp, 'not examined');
    assert.equal(verdicts('no-udp', { udp: null }).udp, 'right');
  });

  it('is wrong where it claims what cannot be seen there, but for an end that has no NAT', () => {
    const one: TcpProfile = { mapping: { behaviour: 'endpoint-independent', step: 0 } };
    assert.equal(verdicts('no-syn-in', { tcp: { ...one, hops: 3 } })['tcp.hops'], 'wrong');
    assert.equal(verdicts('only-443', { tcp: one }).tcp, 'wrong');
    assert.equal(verdicts('open', { tcp: { ...one, hops: 3 } })['tcp.hops'], undefined);
  });

  it('is told with how often it was right, the packets and the time', () => {
    const right = run(1, { findings: [{ name: 'tcp.hops', truth: 1, found: 1 }] });
    const runs = [right, run(3), { ...run(2), findings: [], error: 'TIMED_OUT: it took too long' }];
    const text = examTable([{ kind: 'step1', runs }]);
    assert.match(text, /^step1 +1 of 3 +20 30 30 +2 3 3 +4 6 6$/m);
    assert.match(text, /^step1: tcp\.mapping\.step is 1, found: 3 \(1 times\)$/m);
    assert.match(text, /^step1: TIMED_OUT: it took too long \(1 times\)$/m);
    assert.match(findingsTable({ kind: 'step1', runs: [run(1), run(2)] }), /tcp\.mapping\.step +1 +1 of 2 right/);
    assert.deepEqual(
      [0.5, 0.95, 1].map((share) => quantile([4, 1, 2, 3], share)),
      [2, 4, 4],
    );
  });
});

describe('lab: the plan', () => {
  it('gives each kind as many boxes as it has, and IPv6 where it has it', () => {
    for (const [name, kind] of Object.entries(KINDS)) {
      const { places, rules } = planOf({ ends: { host: name, visitor: 'open' }, wired: false, chance: () => 0.5 });
      assert.equal(places.host?.boxes.length, kind.boxes.length, name);
      assert.equal(Object.keys(rules).length, kind.boxes.length, name);
      assert.equal(places.host?.ipv6.length === 1, kind.ipv6, name);
    }
  });

  it('names no interface longer than the kernel takes', () => {
    const ends = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`end${at}`, 'cgn']));
    const { legs } = planOf({ ends, wired: true, chance: () => 0.999 });
    assert.equal(legs.length, 202);
    for (const name of legs.flat()) assert.ok(name.length <= 15, name);
  });
});

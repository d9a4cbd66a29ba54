// SPDX-License-Identifier: Apache-2.0
// The lab's own reckoning: what an exam found beside the truth, and what it builds.

import assert from 'node:assert/strict';
import { examTable, findings, verdictOf } from '../lab/exam.ts';
import { KINDS, kindOf } from '../lab/kinds.ts';
import { planOf } from '../lab/plan.ts';

describe('lab: what an exam found', () => {
  const { truth } = kindOf('step1');

  it('is right, wrong or not examined, leaf by leaf', () => {
    const profile = {
      behindNat: true,
      tcp: { mapping: { behaviour: 'address-and-port-dependent', step: 2 } },
      udp: null,
      ipv6: null,
    } as const;
    const verdicts = Object.fromEntries(findings(truth, profile).map((finding) => [finding.name, verdictOf(finding)]));
    assert.equal(verdicts.behindNat, 'right');
    assert.equal(verdicts['tcp.mapping.behaviour'], 'right');
    assert.equal(verdicts['tcp.mapping.step'], 'wrong');
    assert.equal(verdicts['tcp.hops'], 'not examined');
    assert.equal(verdicts.ipv6, 'right');
  });

  it('knows "no pattern" and "no UDP" from what was not looked at', () => {
    const random = findings(kindOf('random').truth, { tcp: { mapping: { behaviour: 'address-and-port-dependent', step: null } } });
    assert.equal(verdictOf(random.find(({ name }) => name === 'tcp.mapping.step') as (typeof random)[0]), 'right');
    const blocked = findings(kindOf('no-udp').truth, {});
    assert.equal(verdictOf(blocked.find(({ name }) => name === 'udp') as (typeof blocked)[0]), 'not examined');
  });

  it('is told with how often it was right', () => {
    const run = (step: number): { findings: ReturnType<typeof findings>; ms: number } => ({
      findings: findings(truth, { tcp: { mapping: { behaviour: 'address-and-port-dependent', step } } }),
      ms: step,
    });
    assert.match(
      examTable('step1', [run(1), run(2)]),
      /step1: 2 runs, the longest took 2 ms[\s\S]*tcp\.mapping\.step +1 +1 of 2 right; else: 2\n/,
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

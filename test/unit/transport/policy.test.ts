// SPDX-License-Identifier: Apache-2.0
// Policies: what each allows and prefers, how one is asked for, and the head start that follows from the round trip.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../proto/errors.ts';
import { nodeStrategies, STRATEGY_NAMES } from '../../../transport/strategies/node.ts';
import { FASTEST, HEAD_START_MS, headStartFor, POLICY_NAMES, policyFor, tiersOf } from '../../../transport/strategy/policy.ts';
import { MAX_COST, type StrategyInfo, strategyNamed } from '../../../transport/strategy/strategy.ts';
import { loopback } from '../../support/loopback-strategy.ts';
import { someStrategy } from '../../support/some-strategy.ts';

const usage = (words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PortholeError, String(error));
  assert.equal(error.code, 'USAGE');
  assert.match(error.message, words);
  return true;
};

describe('policies', () => {
  const strategies = ['relay', 'data-channel', 'tcp-punch'].map(someStrategy);
  const rows: [via: string[] | undefined, tiers: string[][]][] = [
    [undefined, [['data-channel', 'tcp-punch'], ['relay']]],
    [['fastest'], [['data-channel', 'tcp-punch'], ['relay']]],
    [['direct-only'], [['data-channel', 'tcp-punch']]],
    [['relay-only'], [['relay']]],
    [
      ['data-channel', 'relay'],
      [['data-channel'], ['relay']],
    ],
    [
      ['relay', 'tcp-punch'],
      [['relay'], ['tcp-punch']],
    ],
    [['smoke-signals'], []],
  ];
  for (const [via, tiers] of rows) {
    it(`${via?.join(',') ?? 'none asked for'}: ${tiers.map((tier) => tier.join(' beside ')).join(', then ') || 'nothing'}`, () => {
      assert.deepEqual(
        tiersOf(policyFor(via), strategies).map((tier) => tier.map(({ name }) => name)),
        tiers,
      );
    });
  }

  it('every named policy is asked for by its name, and fastest is the default', () => {
    for (const name of POLICY_NAMES) assert.equal(policyFor([name]).name, name);
    assert.equal(policyFor(), FASTEST);
    assert.equal(FASTEST.name, 'fastest');
  });

  it('TCP is better to be on than a direct strategy that costs more, and that better than the relay', () => {
    for (const via of [['fastest'], ['direct-only']]) {
      const { rank } = policyFor(via);
      const rankOf = (strategy: StrategyInfo): number => rank(strategy) ?? Number.POSITIVE_INFINITY;
      const [relay, channel, tcp] = ['relay', 'data-channel', 'tcp-punch'].map((name) => rankOf(someStrategy(name))) as [
        number,
        number,
        number,
      ];
      assert.ok(tcp < channel && channel < relay, `${via}: ${tcp}, ${channel}, ${relay}`);
      assert.equal(rankOf(loopback()), tcp, 'a plug-in of plain TCP ranks as TCP does');
    }
  });

  it('a direct strategy at MAX_COST, or above it, is still better than a relayed one', () => {
    const { rank } = policyFor();
    const [most, more] = [MAX_COST, MAX_COST + 1].map((cost) => rank({ ...loopback(), cost })) as [number, number];
    assert.equal(more, most);
    assert.ok(most < (rank(someStrategy('relay')) as number));
  });

  it('asks a strategy whether it is relayed, not what it is called', () => {
    const [direct, relayed] = [loopback('relay'), loopback('pigeons', 'relayed')];
    const allowed = (via: string): string[] => tiersOf(policyFor([via]), [direct, relayed]).flatMap((tier) => tier.map(({ name }) => name));
    assert.deepEqual(allowed('direct-only'), ['relay']);
    assert.deepEqual(allowed('relay-only'), ['pigeons']);
    assert.deepEqual(allowed('fastest'), ['relay', 'pigeons']);
  });

  it('in a list each strategy is of its own tier', () => {
    const policy = policyFor(['data-channel', 'tcp-punch']);
    assert.deepEqual(
      ['data-channel', 'tcp-punch', 'relay'].map(someStrategy).map((strategy) => [policy.rank(strategy), policy.tier(strategy)]),
      [
        [0, 0],
        [1, 1],
        [null, 2],
      ],
    );
  });

  it('a name that this end has no strategy for is called by its name, and nobody says that it is direct', () => {
    const smoke = strategyNamed('smoke', strategies);
    assert.deepEqual(smoke.words, { label: 'smoke', sentence: '', adverb: 'by smoke' });
    assert.equal(policyFor(['direct-only']).rank(smoke), null);
    const ranks = strategies.map((strategy) => policyFor().rank(strategy) as number);
    assert.ok(ranks.every((rank) => rank < (policyFor().rank(smoke) as number)));
    assert.equal(strategyNamed('relay', strategies), strategies[0]);
  });

  it('refuses what cannot be meant', () => {
    assert.throws(() => policyFor([]), usage(/no strategy is named/));
    assert.throws(() => policyFor(['relay', 'relay']), usage(/"relay" is named twice/));
    assert.throws(() => policyFor(['data-channel', 'relay-only']), usage(/"relay-only" is a policy, and stands alone/));
    assert.equal(policyFor(['constructor']).rank(someStrategy('relay')), null);
  });

  it('the strategies of a Node end follow the policy, and a name that is none is told with those that are', async () => {
    const names = async (via?: string[]): Promise<string[]> => (await nodeStrategies(via)).map(({ name }) => name);
    assert.deepEqual(await names(), [...STRATEGY_NAMES]);
    assert.deepEqual(await names(['direct-only']), ['tcp-punch', 'data-channel']);
    assert.deepEqual(await names(['relay-only']), ['relay']);
    assert.deepEqual(await names(['relay', 'data-channel']), ['relay', 'data-channel']);
    await assert.rejects(nodeStrategies(['smoke']), usage(/"smoke" is neither a strategy .*data-channel, relay.* nor a policy .*fastest/));
    await assert.rejects(nodeStrategies(['constructor']), usage(/neither/));
  });

  it('takes strategies of others: they follow the policy by what they say of themselves', async () => {
    const others = [loopback('here'), loopback('pigeons', 'relayed')];
    const names = async (via?: string[]): Promise<string[]> => (await nodeStrategies(via, others)).map(({ name }) => name);
    assert.deepEqual(await names(), ['tcp-punch', 'data-channel', 'here', 'relay', 'pigeons']);
    assert.deepEqual(await names(['direct-only']), ['tcp-punch', 'data-channel', 'here']);
    assert.deepEqual(await names(['relay-only']), ['relay', 'pigeons']);
    assert.deepEqual(await names(['pigeons', 'tcp-punch']), ['pigeons', 'tcp-punch']);
    assert.equal((await nodeStrategies(['here'], others))[0], others[0]);
    await assert.rejects(nodeStrategies(['smoke'], others), usage(/neither a strategy .*relay, here, pigeons/));
  });

  it('the head start grows with the round trip, between its bounds', () => {
    assert.deepEqual([0, 12.5, 50, 587.5, 2000].map(headStartFor), [HEAD_START_MS[0], 200, 350, 2500, HEAD_START_MS[1]]);
    assert.equal(headStartFor(null), 550);
  });
});

// SPDX-License-Identifier: Apache-2.0
// Policies: which strategies may be used, which is better to be on, and which head start each tier has.

import { PortholeError } from '../../proto/errors.ts';
import { MAX_COST, type StrategyInfo } from './strategy.ts';

/** What a visitor wants of the strategies to a host. All else (order, head start, what goes on, the standby) follows from it. */
export interface Policy {
  /** What `--via` says for it. */
  readonly name: string;
  /** How good a strategy is to be on: the least is the best; null where it is not to be used. */
  rank(strategy: StrategyInfo): number | null;
  /** When a strategy is begun: those of one tier side by side, the least first. */
  tier(strategy: StrategyInfo): number;
}

const costOf = ({ cost }: StrategyInfo): number => Math.min(cost, MAX_COST);
/** Whoever stands first is used, so all direct strategies are begun at once; those that are relayed are the second tier. */
const tier = ({ kind }: StrategyInfo): number => (kind === 'direct' ? 0 : 1);

/** The policy of those who ask for none: whatever carries first; then the best there is. */
export const FASTEST: Policy = { name: 'fastest', rank: (strategy) => tier(strategy) * MAX_COST + costOf(strategy), tier };

/** The policies that have a name. A list of strategies is one too: see `policyFor`. */
const POLICIES: Readonly<Record<string, Policy>> = {
  fastest: FASTEST,
  'direct-only': { name: 'direct-only', rank: (strategy) => (strategy.kind === 'direct' ? costOf(strategy) : null), tier },
  'relay-only': { name: 'relay-only', rank: (strategy) => (strategy.kind === 'relayed' ? costOf(strategy) : null), tier },
};

/** Marked as pure: a page, which offers no choice, is built without those it does not use. */
export const POLICY_NAMES: readonly string[] = /* @__PURE__ */ Object.keys(POLICIES);

/**
 * The policy that `--via` and `via` ask for.
 * @param via the name of a policy alone, or names of strategies, the best first; `fastest` when left out
 * @throws PortholeError USAGE when it is empty, says a name twice, or has a policy among others
 */
export function policyFor(via?: readonly string[]): Policy {
  if (via === undefined) return FASTEST;
  const [first] = via;
  if (first === undefined) throw new PortholeError('USAGE', 'no strategy is named');
  const policy = via.find((name) => Object.hasOwn(POLICIES, name));
  if (policy !== undefined && via.length > 1) throw new PortholeError('USAGE', `"${policy}" is a policy, and stands alone`);
  if (policy !== undefined) return POLICIES[policy] as Policy;
  const twice = via.find((name, at) => via.indexOf(name) !== at);
  if (twice !== undefined) throw new PortholeError('USAGE', `"${twice}" is named twice`);
  const places = new Map(via.map((name, at) => [name, at]));
  return { name: via.join(','), rank: ({ name }) => places.get(name) ?? null, tier: ({ name }) => places.get(name) ?? via.length };
}

/**
 * The strategies a policy allows, in the order they are tried: those of one tier side by side, each tier after the head start of
 * the one before.
 */
export function tiersOf<W extends StrategyInfo>(policy: Policy, strategies: readonly W[]): W[][] {
  const tiers = new Map<number, W[]>();
  for (const strategy of strategies) {
    if (policy.rank(strategy) === null) continue;
    const tier = policy.tier(strategy);
    tiers.set(tier, [...(tiers.get(tier) ?? []), strategy]);
  }
  return [...tiers].sort(([a], [b]) => a - b).map(([, tier]) => tier);
}

/** A strategy needs so many round trips to the suite to stand: an introduction's notes there and back, and the first answers. */
const HEAD_START_TRIPS = 4;
/** What an end needs beside them, in milliseconds: to gather its addresses, and to reckon keys. */
const HEAD_START_BASE_MS = 150;
/** The least and the most of a head start, in milliseconds. */
export const HEAD_START_MS = [200, 2500] as const;
/** The round trip that is reckoned with while none was measured, in milliseconds. */
const UNKNOWN_RTT_MS = 100;

/**
 * How long the strategies of one tier have to themselves, in milliseconds.
 * @param rttMs the round trip to the suite; null when it was not measured
 */
export function headStartFor(rttMs: number | null): number {
  const [least, most] = HEAD_START_MS;
  return Math.min(most, Math.max(least, HEAD_START_TRIPS * (rttMs ?? UNKNOWN_RTT_MS) + HEAD_START_BASE_MS));
}

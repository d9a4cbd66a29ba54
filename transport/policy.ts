// SPDX-License-Identifier: Apache-2.0
// Policies: which ways to a peer may be used, which of them is the better one to be on, and how long it has to itself.

import { PortholeError } from '../proto/errors.ts';

/** The ways that lead through a relay; every other one is direct. */
const RELAYS: ReadonlySet<string> = new Set(['relay']);
/** The direct ways that are plain TCP: many times the throughput of a data channel, at a fraction of the work for each byte. */
const PLAIN_TCP: ReadonlySet<string> = new Set(['tcp-punch']);

/** Whether a way leads straight to the peer. */
export function isDirect(via: string): boolean {
  return !RELAYS.has(via);
}

/** What a visitor wants of the ways to a host. All else (order, head start, what goes on, the standby) follows from it. */
export interface Policy {
  readonly name: string;
  /** How good a way is to be on: the least is the best; null where it is not to be used. */
  rank(via: string): number | null;
  /** When a way is begun: those of one stage side by side, the least first. */
  stage(via: string): number;
}

const directRank = (via: string): number => (PLAIN_TCP.has(via) ? 0 : 1);
const RELAY_RANK = 2;
/** Whoever stands first is used, so all direct ways are begun at once; the relay's stage is the second. */
const stage = (via: string): number => (isDirect(via) ? 0 : 1);

/** The policies that have a name. A list of ways is one too: see `policyFor`. */
const POLICIES: Readonly<Record<string, Policy>> = {
  /** Whatever carries first; then the best there is. */
  fastest: { name: 'fastest', rank: (via) => (isDirect(via) ? directRank(via) : RELAY_RANK), stage },
  'direct-only': { name: 'direct-only', rank: (via) => (isDirect(via) ? directRank(via) : null), stage },
  'relay-only': { name: 'relay-only', rank: (via) => (isDirect(via) ? null : 0), stage },
};

export const POLICY_NAMES: readonly string[] = Object.keys(POLICIES);
/** The policy of those who ask for none. */
export const FASTEST: Policy = POLICIES.fastest as Policy;

/**
 * The policy that `--via` and `via` ask for.
 * @param via the name of a policy alone, or names of ways, the best first; `fastest` when left out
 * @throws PortholeError USAGE when it is empty, says a name twice, or has a policy among others
 */
export function policyFor(via?: readonly string[]): Policy {
  if (via === undefined) return FASTEST;
  const [first] = via;
  if (first === undefined) throw new PortholeError('USAGE', 'no way is named');
  const policy = via.find((name) => Object.hasOwn(POLICIES, name));
  if (policy !== undefined && via.length > 1) throw new PortholeError('USAGE', `"${policy}" is a policy, and stands alone`);
  if (policy !== undefined) return POLICIES[policy] as Policy;
  const twice = via.find((name, at) => via.indexOf(name) !== at);
  if (twice !== undefined) throw new PortholeError('USAGE', `"${twice}" is named twice`);
  const places = new Map(via.map((name, at) => [name, at]));
  return { name: via.join(','), rank: (name) => places.get(name) ?? null, stage: (name) => places.get(name) ?? via.length };
}

/**
 * The ways a policy allows, in the order they are tried: those of one stage side by side, each stage after the head start of
 * the one before.
 */
export function stagesOf<W extends { readonly name: string }>(policy: Policy, ways: readonly W[]): W[][] {
  const stages = new Map<number, W[]>();
  for (const way of ways) {
    if (policy.rank(way.name) === null) continue;
    const stage = policy.stage(way.name);
    stages.set(stage, [...(stages.get(stage) ?? []), way]);
  }
  return [...stages].sort(([a], [b]) => a - b).map(([, stage]) => stage);
}

/** A way needs so many round trips to the suite to stand: an introduction's notes there and back, and the first answers. */
const HEAD_START_TRIPS = 4;
/** What an end needs beside them, in milliseconds: to gather its addresses, and to reckon keys. */
const HEAD_START_BASE_MS = 150;
/** The least and the most of a head start, in milliseconds. */
export const HEAD_START_MS = [200, 2500] as const;
/** The round trip that is reckoned with while none was measured, in milliseconds. */
const UNKNOWN_RTT_MS = 100;

/**
 * How long the ways of one stage have to themselves, in milliseconds.
 * @param rttMs the round trip to the suite; null when it was not measured
 */
export function headStartFor(rttMs: number | null): number {
  const [least, most] = HEAD_START_MS;
  return Math.min(most, Math.max(least, HEAD_START_TRIPS * (rttMs ?? UNKNOWN_RTT_MS) + HEAD_START_BASE_MS));
}

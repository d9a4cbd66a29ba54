// SPDX-License-Identifier: Apache-2.0
// What every Strategy must do: one suite, run for each. A third party's can run it too.

import assert from 'node:assert/strict';
import { ReceiveQueue } from '../../transport/channel/receive-queue.ts';
import type { NatProfile } from '../../transport/nat/profile.ts';
import { policyFor } from '../../transport/strategy/policy.ts';
import {
  type Call,
  infoOf,
  MAX_COST,
  type Offers,
  STRATEGY_NAME,
  type Strategy,
  type StrategyInfo,
} from '../../transport/strategy/strategy.ts';
import { abortable, systemClock } from '../../transport/time/clock.ts';
import { asked } from '../support/asked.ts';
import { connectionContract } from './connection.ts';

export interface StrategyBench {
  /** The strategy at each end; may be one and the same. */
  readonly caller: Strategy;
  readonly callee: Strategy;
  /** What the rendezvous would offer each end for a fresh call. */
  offers?(call: string): { caller: Offers; callee: Offers };
  /** What is known of the network of both ends, which are in one; nothing when left out. */
  readonly nat?: NatProfile;
  /** What it opens cannot hold a sender back: see `Pair`. */
  readonly cannotPause?: boolean;
}

let calls = 0;

/** Two ends of one call, with notes carried between them in order. */
export function twoEnds(bench: StrategyBench): { caller: Call; callee: Call } {
  const id = `call-${++calls}`;
  const offers = bench.offers?.(id);
  const toCaller = new ReceiveQueue();
  const toCallee = new ReceiveQueue();
  const line = (inbox: ReceiveQueue, peer: ReceiveQueue): Call['line'] => ({
    send: (note) => queueMicrotask(() => peer.push(note)),
    receive: async (signal) => (await abortable(inbox.receive(), signal)) as Uint8Array,
  });
  const end = (role: Call['role'], inbox: ReceiveQueue, peer: ReceiveQueue, offered: Offers | undefined): Call => ({
    id,
    role,
    self: bench.nat ?? {},
    peer: bench.nat ?? {},
    line: line(inbox, peer),
    offers: offered ?? { stun: [] },
    clock: systemClock,
  });
  return { caller: end('caller', toCaller, toCallee, offers?.caller), callee: end('callee', toCallee, toCaller, offers?.callee) };
}

/** Sockets and child processes this process holds. */
const held = (): number => process.getActiveResourcesInfo().filter((kind) => /TCP|UDP|Pipe|Process/.test(kind)).length;

/** What a strategy says of itself, and what a policy makes of it. */
export function describesItself(strategy: StrategyInfo): void {
  const { name, kind, cost, needs = 'node', words } = strategy;
  assert.match(name, STRATEGY_NAME);
  assert.ok(kind === 'direct' || kind === 'relayed', `${name} is ${kind}`);
  assert.ok(needs === 'node' || needs === 'browser', `${name} needs ${needs}`);
  assert.ok(cost >= 1 && cost <= MAX_COST, `${name} costs ${cost}`);
  assert.match(words.label, /^\p{Lu}/u);
  assert.match(words.sentence, /^\p{Lu}.*\.$/u);
  assert.match(words.adverb, /[^.]$/);
  if (words.noun !== undefined) assert.match(words.noun, /[^.]$/);
  assert.equal(policyFor(['direct-only']).rank(strategy) === null, kind === 'relayed', `${name}: direct-only`);
}

/** Defines the suite for one strategy, the Connection contract of what it makes included. */
export function strategyContract(name: string, open: () => Promise<StrategyBench & { done?: () => Promise<void> }>): void {
  describe(`Strategy: ${name}`, () => {
    let bench: StrategyBench & { done?: () => Promise<void> };
    before(async () => {
      bench = await open();
    });
    after(() => bench.done?.());

    it('has a verdict in words', () => {
      const verdict = bench.caller.suits({}, {});
      assert.ok(['likely', 'possible', 'unlikely', 'no'].includes(verdict.chance));
      assert.ok(verdict.reason.length > 0);
    });

    it('says its name, whether it is relayed, what it costs and what people call it, the same at both ends', () => {
      describesItself(bench.caller);
      assert.deepEqual(infoOf(bench.callee), infoOf(bench.caller));
    });

    it('opens a connection at both ends', async () => {
      const ends = twoEnds(bench);
      const never = new AbortController().signal;
      const [a, b] = await Promise.all([bench.caller.attempt(ends.caller, never), bench.callee.attempt(ends.callee, never)]);
      assert.equal(a.via, bench.caller.name);
      await a.send(Uint8Array.of(1, 2, 3));
      assert.deepEqual([...((await asked(b).receive()) ?? [])], [1, 2, 3]);
      await Promise.all([a.close(), b.close()]);
    });

    it('rejects when the signal has aborted already', async () => {
      const reason = new Error('too late');
      await assert.rejects(bench.caller.attempt(twoEnds(bench).caller, AbortSignal.abort(reason)), reason);
    });

    it('rejects with the reason when the signal aborts half-way, leaving nothing open', async () => {
      const before = held();
      for (const role of ['caller', 'callee'] as const) {
        const stop = new AbortController();
        const attempt = bench[role].attempt(twoEnds(bench)[role], stop.signal);
        const reason = new Error('stopped');
        const rejected = assert.rejects(attempt, (error) => error === reason || (error as { cause?: unknown }).cause === reason);
        setTimeout(() => stop.abort(reason), 50);
        await rejected;
      }
      for (let i = 0; i < 40 && held() > before; i++) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(held() <= before, `${held() - before} handles are left`);
    });
  });

  let shared: (StrategyBench & { done?: () => Promise<void> }) | null = null;
  connectionContract(name, async () => {
    shared = await open();
    const { done, cannotPause = false } = shared;
    const ends = twoEnds(shared);
    const never = new AbortController().signal;
    const [a, b] = await Promise.all([shared.caller.attempt(ends.caller, never), shared.callee.attempt(ends.callee, never)]);
    return { a, b, done, cannotPause };
  });
}

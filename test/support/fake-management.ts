// SPDX-License-Identifier: Apache-2.0
// A path manager on a resumable session, a clock and an opener of strategies that the test owns.

import { PortholeError } from '../../proto/errors.ts';
import { PathManager } from '../../transport/paths/manager.ts';
import type { PathNews } from '../../transport/paths/news.ts';
import type { Failure } from '../../transport/strategy/engine.ts';
import { policyFor } from '../../transport/strategy/policy.ts';
import type { StrategyInfo } from '../../transport/strategy/strategy.ts';
import { type FakeClock, fakeClock } from './clock.ts';
import { type FakePath, FakeSession } from './fake-session.ts';
import { someStrategy } from './some-strategy.ts';

/** A try under way, or over. */
export interface Opening {
  readonly names: readonly string[];
  readonly at: number;
  readonly signal: AbortSignal;
  over: boolean;
  /** Tells that a strategy is begun. */
  begin(name: string): void;
  /** No further strategy will come. */
  done(...failures: Failure[]): Promise<void>;
  fail(error?: Error): Promise<void>;
}

export interface Management {
  readonly clock: FakeClock;
  readonly resumable: FakeSession;
  readonly manager: PathManager;
  readonly openings: Opening[];
  readonly news: PathNews[];
  /** Names of the strategies under way, as `a,b`; empty when nothing is tried. */
  trying(): string;
  last(): Opening;
  /** The reasons told since the last call, each with its kind. */
  told(): string[];
}

/** Lets promises settle. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function failure(strategy: string, message: string): Failure {
  return { strategy, error: new PortholeError('NO_PATH', message) };
}

/**
 * @param via the policy, as on the command line
 * @param strategies there are; of a name alone, as `someStrategy` has it
 */
export function manage(
  via?: readonly string[],
  strategies: readonly (string | StrategyInfo)[] = ['relay', 'data-channel'],
  random = () => 0.5,
): Management {
  const clock = fakeClock();
  const resumable = new FakeSession();
  const openings: Opening[] = [];
  const news: PathNews[] = [];
  let told = 0;
  const manager = new PathManager({
    resumable,
    policy: policyFor(via),
    strategies: strategies.map((strategy) => (typeof strategy === 'string' ? someStrategy(strategy) : strategy)),
    clock,
    random,
    onNews: (one) => news.push(one),
    open: (names, signal, onAttempt) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void): Promise<void> => {
          opening.over = true;
          settle();
          return turn();
        };
        const opening: Opening = {
          names,
          at: clock.now(),
          signal,
          over: false,
          begin: onAttempt,
          done: (...failures) => end(() => resolve(failures)),
          fail: (error = new PortholeError('NO_PATH', 'nothing stood')) => end(() => reject(error)),
        };
        openings.push(opening);
        signal.addEventListener('abort', () => void end(() => reject(signal.reason)));
      }),
  });
  return {
    clock,
    resumable,
    manager,
    openings,
    news,
    trying: () =>
      openings
        .filter(({ over }) => !over)
        .map(({ names }) => names.join(','))
        .join(' and '),
    last: () => openings.at(-1) as Opening,
    told() {
      const fresh = news.slice(told).map(({ kind, reason }) => `${kind}: ${reason}`);
      told = news.length;
      return fresh;
    },
  };
}

/** A session on the relay, a direct strategy still being tried. */
export async function onRelay(k: Management): Promise<FakePath> {
  const started = k.manager.start();
  const relay = k.resumable.join('relay', 41);
  await started;
  return relay;
}

/** A session on a data channel, with the relay beside it and nothing under way. */
export async function settled(k: Management): Promise<{ relay: FakePath; direct: FakePath }> {
  const relay = await onRelay(k);
  const direct = k.resumable.join('data-channel', 3);
  if (!k.last().over) await k.last().done();
  k.told();
  k.resumable.asked.length = 0;
  k.resumable.asked.push('-'); // it is not the first any more
  return { relay, direct };
}

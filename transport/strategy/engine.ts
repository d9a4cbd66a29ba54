// SPDX-License-Identifier: Apache-2.0
// The engine: tries strategies in the order of a policy, and hands over each connection that is established.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import type { Connection } from '../channel/connection.ts';
import { abortable, type Clock } from '../time/clock.ts';
import { type Policy, tiersOf } from './policy.ts';
import type { Call, Strategy } from './strategy.ts';

/** How long one strategy may take before it counts as failed, in milliseconds. */
export const ATTEMPT_MS = 20_000;

/** What became of one strategy. */
export interface Failure {
  /** The name of the strategy. */
  readonly strategy: string;
  /** Why it did not stand. */
  readonly error: PortholeError;
}

/** Which strategies to try, how, and who gets what stands. */
export interface TryOptions {
  /** The strategies there are. */
  readonly strategies: readonly Strategy[];
  /** Which of them may be used, and in which order. */
  readonly policy: Policy;
  /** How long the strategies of one tier have to themselves, in milliseconds (`headStartFor`). */
  readonly headStartMs: number;
  /** One strategy's share of the call; asked for when its turn comes. */
  readonly callFor: (strategy: Strategy) => Call;
  /** In place of the strategy's own `attempt`. */
  readonly attempt?: (strategy: Strategy, call: Call, signal: AbortSignal) => Promise<Connection>;
  /** Stops what is under way; connections that stand are not touched. */
  readonly signal: AbortSignal;
  /** Time. */
  readonly clock: Clock;
  /** Called when a strategy is begun. */
  readonly onAttempt?: (strategy: string) => void;
  /** Called with each connection as it stands. From here on it is the receiver's to close. */
  readonly onPath: (connection: Connection) => void;
}

/**
 * Opens connections. The first tier begins; each next when its forerunner has failed or had its head start. Once a connection stands no
 * further tier begins, and what was begun with it and is no better is stopped. All else that is under way goes on: a better
 * one is worth moving to, one of another tier is a standby. Strategies that do not suit are left out; one that is stopped is closed
 * if it stands after all.
 * @returns when no further connection will come: what became of those that did not stand
 * @throws PortholeError NO_PATH naming what became of each when none stood, or the signal's reason
 */
export function tryStrategies(options: TryOptions): Promise<readonly Failure[]> {
  return new Engine(options).begin();
}

const byItself: NonNullable<TryOptions['attempt']> = (strategy, call, signal) => strategy.attempt(call, signal);

/**
 * A strategy's attempt, looked at: strategies may be of others.
 * @throws PortholeError INTERNAL when what it made is no connection of its own; what the strategy throws
 */
export async function attemptBy(strategy: Strategy, call: Call, signal: AbortSignal): Promise<Connection> {
  const made: Partial<Connection> | null | undefined = await strategy.attempt(call, signal);
  if (typeof made?.abort === 'function' && typeof made.send === 'function' && made.via === strategy.name) return made as Connection;
  const error = new PortholeError('INTERNAL', `what the strategy ${strategy.name} made is no connection by that name`);
  if (typeof made?.abort === 'function') made.abort(error);
  throw error;
}

class Engine {
  readonly #options: TryOptions;
  readonly #outcome = Promise.withResolvers<readonly Failure[]>();
  readonly #waiting: Strategy[][];
  readonly #running = new Map<Strategy, AbortController>();
  #newest: readonly Strategy[] = []; // the tier begun last
  readonly #failures: Failure[] = [];
  #stood = false; // one, at least
  #over = false;
  #cancelHeadStart: () => void = () => {};

  constructor(options: TryOptions) {
    this.#options = options;
    this.#waiting = tiersOf(options.policy, options.strategies);
  }

  begin(): Promise<readonly Failure[]> {
    const { signal } = this.#options;
    signal.addEventListener('abort', this.#stop, { once: true });
    if (signal.aborted) this.#stop();
    else this.#next();
    return this.#outcome.promise;
  }

  readonly #stop = (): void => {
    const { reason } = this.#options.signal;
    this.#settle();
    this.#outcome.reject(reason);
    for (const stop of this.#running.values()) stop.abort(reason);
  };

  #settle(): void {
    this.#over = true;
    this.#cancelHeadStart();
    this.#options.signal.removeEventListener('abort', this.#stop);
  }

  /** Begins the next tier of which any strategy can be tried; without one, it is over when nothing runs. */
  #next(): void {
    this.#cancelHeadStart();
    for (let tier = this.#waiting.shift(); tier; tier = this.#waiting.shift()) {
      this.#newest = tier;
      for (const strategy of tier) this.#try(strategy);
      if (tier.some((strategy) => this.#running.has(strategy))) break;
    }
    if (this.#running.size === 0) this.#end();
    else if (this.#waiting.length > 0) this.#cancelHeadStart = this.#options.clock.after(this.#options.headStartMs, () => this.#next());
  }

  #end(): void {
    this.#settle();
    if (this.#stood) this.#outcome.resolve(this.#failures);
    else this.#outcome.reject(noPath(this.#failures));
  }

  #try(strategy: Strategy): void {
    const { attempt: open = byItself, callFor, clock, onAttempt } = this.#options;
    const stop = new AbortController();
    let attempt: Promise<Connection>;
    try {
      const call = callFor(strategy);
      const verdict = strategy.suits(call.self, call.peer);
      if (verdict.chance === 'no') throw new PortholeError('STRATEGY_UNFIT', verdict.reason);
      // In a promise, so that one who throws at once rejects too.
      attempt = new Promise((resolve) => resolve(open(strategy, call, stop.signal)));
    } catch (error) {
      return this.#note(strategy, error);
    }
    this.#running.set(strategy, stop);
    onAttempt?.(strategy.name);
    const cancelLate = clock.after(ATTEMPT_MS, () =>
      stop.abort(new PortholeError('TIMED_OUT', `it did not stand within ${ATTEMPT_MS / 1000} s`)),
    );
    attempt.then(
      (connection) => (stop.signal.aborted ? connection.abort(stop.signal.reason) : this.#stands(strategy, connection)),
      () => {}, // told below
    );
    abortable(attempt, stop.signal)
      .finally(cancelLate)
      .catch((error) => this.#failed(strategy, error));
  }

  #stands(strategy: Strategy, connection: Connection): void {
    this.#running.delete(strategy);
    const { policy, onPath } = this.#options;
    const noBetter = (other: Strategy): boolean =>
      policy.tier(other) === policy.tier(strategy) && (policy.rank(other) ?? 0) >= (policy.rank(strategy) ?? 0);
    this.#stood = true;
    this.#waiting.length = 0;
    this.#cancelHeadStart();
    for (const [other, stop] of this.#running) {
      if (!noBetter(other)) continue;
      this.#running.delete(other);
      stop.abort(new PortholeError('CANCELLED', 'another path stood first'));
    }
    onPath(connection);
    if (this.#running.size === 0 && !this.#over) this.#end();
  }

  #failed(strategy: Strategy, error: unknown): void {
    if (this.#over || !this.#running.delete(strategy)) return; // it was stopped
    this.#note(strategy, error);
    if (!this.#newest.some((other) => this.#running.has(other))) this.#next();
  }

  #note({ name }: Strategy, error: unknown): void {
    this.#failures.push({ strategy: name, error: asPortholeError(error, 'NO_PATH') });
  }
}

/** What became of strategies that did not stand, in words; empty when all did. */
export function describeFailures(failures: readonly Failure[]): string {
  return failures.map(({ strategy, error }) => `${strategy}: ${error.message}`).join('; ');
}

/** What became of each strategy, from a NO_PATH of `tryStrategies`; none for another error. */
export function failuresOf(error: PortholeError): readonly Failure[] {
  return error.code === 'NO_PATH' && Array.isArray(error.cause) ? error.cause : [];
}

/** That no connection stood or could be used, with what became of each. */
export function noPath(failures: readonly Failure[]): PortholeError {
  if (failures.length === 0) return new PortholeError('NO_PATH', 'there is no strategy to try');
  return new PortholeError('NO_PATH', `no path to the host could be opened (${describeFailures(failures)})`, { cause: failures });
}

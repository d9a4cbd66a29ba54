// SPDX-License-Identifier: Apache-2.0
// The engine: tries the ways to a peer in order, each with a head start on the next; the first that stands wins.

import { asPortholeError, PortholeError } from '../proto/errors.ts';
import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { Call, Strategy } from './strategy.ts';

/** How long a way has to itself before the next is tried beside it, in milliseconds. */
export const HEAD_START_MS = 2500;
/** How long one way may take before it counts as failed, in milliseconds. */
export const ATTEMPT_MS = 20_000;

/** What became of one way. */
export interface Failure {
  readonly strategy: string;
  readonly error: PortholeError;
}

export interface RaceOptions {
  readonly strategies: readonly Strategy[];
  /** One strategy's share of the call; asked for when its turn comes. */
  readonly callFor: (strategy: Strategy) => Call;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly headStartMs?: number;
  /** Called when a way is begun. */
  readonly onAttempt?: (strategy: string) => void;
}

export interface Won {
  readonly connection: Connection;
  /** Why this way and no other, in words. */
  readonly reason: string;
}

/**
 * Races the strategies: the first of the list begins; each next when its forerunner has failed or had its head start.
 * Ways that do not suit are left out. The losers are stopped, and closed if they stand after all.
 * @throws PortholeError NO_PATH naming what became of each, or the signal's reason
 */
export function race(options: RaceOptions): Promise<Won> {
  const { clock, signal, headStartMs = HEAD_START_MS } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = new AbortController();
    const failures: Failure[] = [];
    const waiting = [...options.strategies];
    let running = 0;
    let settled = false;
    let cancelHeadStart = (): void => {};

    const settle = (finish: () => void, reason: Error): void => {
      settled = true;
      cancelHeadStart();
      signal.removeEventListener('abort', onAbort);
      stop.abort(reason);
      finish();
    };
    const onAbort = (): void => settle(() => reject(signal.reason), signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });

    const next = (): void => {
      cancelHeadStart();
      const strategy = waiting.shift();
      if (strategy) begin(strategy);
      else if (running === 0) settle(() => reject(noPath(failures)), new PortholeError('CANCELLED'));
    };

    const begin = (strategy: Strategy): void => {
      const failed = (error: unknown): void => {
        failures.push({ strategy: strategy.name, error: asPortholeError(error, 'NO_PATH') });
      };
      let call: Call;
      try {
        call = options.callFor(strategy);
        const verdict = strategy.suits(call.self, call.peer);
        if (verdict.chance === 'no') throw new PortholeError('STRATEGY_UNFIT', verdict.reason);
      } catch (error) {
        failed(error);
        return next();
      }
      running++;
      options.onAttempt?.(strategy.name);
      const late = new AbortController();
      const cancelLate = clock.after(ATTEMPT_MS, () =>
        late.abort(new PortholeError('TIMED_OUT', `it did not stand within ${ATTEMPT_MS / 1000} s`)),
      );
      // In a promise, so that one who throws at once rejects too.
      const attempt = new Promise<Connection>((resolve) => resolve(strategy.attempt(call, AbortSignal.any([stop.signal, late.signal]))));
      attempt.then(cancelLate, cancelLate);
      attempt.then(
        (connection) => {
          running--;
          if (settled) return connection.abort(new PortholeError('CANCELLED', 'another way stood first'));
          settle(
            () => resolve({ connection, reason: reasonFor(strategy.name, failures) }),
            new PortholeError('CANCELLED', 'another way stood first'),
          );
        },
        (error) => {
          running--;
          if (settled) return;
          failed(error);
          next();
        },
      );
      if (waiting.length > 0 && !settled) cancelHeadStart = clock.after(headStartMs, next);
    };

    next();
  });
}

function reasonFor(name: string, failures: readonly Failure[]): string {
  if (failures.length === 0) return `${name} stood first`;
  return `${name} stood; ${describe(failures)}`;
}

const describe = (failures: readonly Failure[]): string =>
  failures.map(({ strategy, error }) => `${strategy}: ${error.message}`).join('; ');

function noPath(failures: readonly Failure[]): PortholeError {
  if (failures.length === 0) return new PortholeError('NO_PATH', 'there is no way to try');
  return new PortholeError('NO_PATH', `no way to the host could be opened (${describe(failures)})`, { cause: failures[0]?.error });
}

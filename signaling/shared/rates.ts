// SPDX-License-Identifier: Apache-2.0
// How much each address, key and call may ask for: the named rates over rate-limiter-flexible, in memory.

import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { rateLimited } from '../../proto/wait.ts';
import type { Rate, SuiteLimits } from './limits.ts';

/** The rates by name. */
export type RateName = { [K in keyof SuiteLimits]: SuiteLimits[K] extends Rate ? K : never }[keyof SuiteLimits];

const NAMES = [
  'registrationsPerAddress',
  'registrationsPerKey',
  'introductionsPerAddress',
  'introductionsPerSite',
  'findsPerAddress',
  'notes',
  'stunPerAddress',
  'stunInAll',
  'examinedPerAddress',
  'examsPerAddress',
  'inboxPerAddress',
] as const satisfies readonly RateName[];

const WORDS: Record<RateName, string> = {
  registrationsPerAddress: 'registrations from this address',
  registrationsPerKey: 'registrations of this key',
  introductionsPerAddress: 'introductions from this address',
  introductionsPerSite: 'introductions to this site',
  findsPerAddress: 'questions from this address',
  notes: 'notes in this call',
  stunPerAddress: 'STUN requests from this address',
  stunInAll: 'STUN requests',
  examsPerAddress: 'exams of this address',
  examinedPerAddress: 'words about the network of this address',
  inboxPerAddress: 'requests for inboxes from this address',
};

/** All rates of one suite. */
export class Rates {
  readonly #limiters: Map<RateName, BurstyRateLimiter>;
  readonly #onLimited: (rate: RateName) => void;

  /** @param onLimited told of each refusal */
  constructor(limits: SuiteLimits, onLimited: (rate: RateName) => void = () => {}) {
    this.#limiters = new Map(NAMES.map((name) => [name, limiter(limits[name])]));
    this.#onLimited = onLimited;
  }

  /**
   * Counts one use, or several.
   * @param key whose: an address (see `rateKey`), a key, a call
   * @throws PortholeError RATE_LIMITED
   */
  async spend(rate: RateName, key: string, units = 1): Promise<void> {
    try {
      await this.#limiters.get(rate)?.consume(key, units);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      this.#onLimited(rate);
      throw rateLimited(`too many ${WORDS[rate]}`, refusal.msBeforeNext);
    }
  }
}

/** The steady rate in windows of a second, and beside it the burst, refilled as fast as the rate would. */
function limiter(rate: Rate): BurstyRateLimiter {
  return new BurstyRateLimiter(
    new RateLimiterMemory({ points: rate.perSecond, duration: 1 }),
    new RateLimiterMemory({ points: rate.burst, duration: rate.burst / rate.perSecond }),
  );
}

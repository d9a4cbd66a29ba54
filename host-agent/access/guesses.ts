// SPDX-License-Identifier: Apache-2.0
// How often a password may be guessed: by one visitor's key, and by all visitors of the site together.

import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { rateLimited } from '../../proto/wait.ts';

/** So many wrong ones in so many seconds; then the password is locked until they are over. */
export interface GuessRate {
  readonly wrong: number;
  readonly seconds: number;
}

/** The limits of guessing. Keys cost nothing, so it is the site's limit that holds off a stranger. */
export const GUESS_LIMITS = {
  /** Of one visitor’s key. */
  perKey: { wrong: 5, seconds: 300 } as GuessRate,
  /** Of all keys together. */
  perSite: { wrong: 50, seconds: 3600 } as GuessRate,
};
export type GuessLimits = typeof GUESS_LIMITS;

/** Keys that have given the right password, and are remembered: strangers' guesses do not lock them out. */
export const MAX_KNOWN_KEYS = 1000;

const SITE = 'site';

/** One site's count of wrong passwords. In memory: a restart forgets it, and only the owner can restart. */
export class Guesses {
  readonly #perKey: RateLimiterMemory;
  readonly #perSite: RateLimiterMemory;
  readonly #known = new Set<string>();

  constructor({ perKey, perSite }: GuessLimits = GUESS_LIMITS) {
    this.#perKey = new RateLimiterMemory({ points: perKey.wrong, duration: perKey.seconds });
    this.#perSite = new RateLimiterMemory({ points: perSite.wrong, duration: perSite.seconds });
  }

  /**
   * Whether a key may guess now: asked before a person is.
   * @throws PortholeError RATE_LIMITED with the seconds to wait
   */
  async check(key: string): Promise<void> {
    const counts = [await this.#perKey.get(key), this.#known.has(key) ? null : await this.#perSite.get(SITE)];
    const waits = counts.map((count) => (count && count.remainingPoints <= 0 ? count.msBeforeNext : 0));
    const wait = Math.max(...waits);
    if (wait > 0) throw rateLimited('too many wrong passwords', wait);
  }

  /**
   * Counts a guess as wrong before it is looked at, so that many at once are not looked at for one.
   * @returns what to call when it was right: then it does not count, and the key is remembered
   * @throws PortholeError RATE_LIMITED
   */
  async spend(key: string): Promise<() => Promise<void>> {
    const stranger = !this.#known.has(key);
    try {
      // The site's first: a stranger with ever new keys then leaves no more of them in memory than the site's limit.
      if (stranger) await this.#perSite.consume(SITE);
      try {
        await this.#perKey.consume(key);
      } catch (refusal) {
        if (stranger) await this.#perSite.reward(SITE); // no guess of the site's was looked at
        throw refusal;
      }
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw rateLimited('too many wrong passwords', refusal.msBeforeNext);
    }
    return async () => {
      await this.#perKey.delete(key);
      if (stranger) await this.#perSite.reward(SITE);
      this.#remember(key);
    };
  }

  #remember(key: string): void {
    this.#known.delete(key); // the last to come is the last to be forgotten
    this.#known.add(key);
    const [oldest] = this.#known;
    if (this.#known.size > MAX_KNOWN_KEYS && oldest !== undefined) this.#known.delete(oldest);
  }
}

// SPDX-License-Identifier: Apache-2.0
// A strategy whose code is loaded when it is first begun: for pages, which most visits need without it.

import type { Strategy } from '../strategy.ts';

/**
 * A strategy that is loaded later.
 * @param suits what it would say of its chances
 * @param load gives the strategy itself; what it throws fails the attempt
 */
export function later(name: string, suits: Strategy['suits'], load: () => Promise<Strategy>): Strategy {
  return {
    name,
    suits,
    async attempt(call, signal) {
      const strategy = await load();
      signal.throwIfAborted();
      return await strategy.attempt(call, signal);
    },
  };
}

/** The relay's chances, which are the same for all. */
export const relaySuits: Strategy['suits'] = () => ({ chance: 'likely', reason: 'both ends reach the suite' });

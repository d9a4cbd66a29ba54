// SPDX-License-Identifier: Apache-2.0
// A strategy whose code is loaded when it is first begun: for pages, because most visits do without it.

import type { Strategy, StrategyInfo } from '../strategy/strategy.ts';

/**
 * A strategy that is loaded later.
 * @param info what it would say of itself
 * @param suits what it would say of its chances
 * @param load gives the strategy itself; what it throws fails the attempt
 */
export function later(info: StrategyInfo, suits: Strategy['suits'], load: () => Promise<Strategy>): Strategy {
  return {
    ...info,
    suits,
    async attempt(call, signal) {
      const strategy = await load();
      signal.throwIfAborted();
      return await strategy.attempt(call, signal);
    },
  };
}

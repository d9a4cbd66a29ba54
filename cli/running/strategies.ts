// SPDX-License-Identifier: Apache-2.0
// The strategies of this program: its own, and those that the settings name.

import { nodeStrategies } from '../../transport/strategies/node.ts';
import type { Strategy } from '../../transport/strategy/strategy.ts';
import type { Settings } from '../settings/settings.ts';
import { loadStrategies } from '../settings/strategy-modules.ts';

/**
 * The strategies that `--via` asks for, of all that there are.
 * @throws PortholeError USAGE for a strategy that cannot be used, or a name that is no strategy
 */
export async function programStrategies({ strategies, via }: Pick<Settings, 'strategies' | 'via'>): Promise<Strategy[]> {
  return nodeStrategies(via, await othersStrategies({ strategies }));
}

/**
 * The strategies that are not of this program: loaded once, and one for all that this program runs.
 * @throws PortholeError USAGE for a strategy that cannot be used
 */
export async function othersStrategies({ strategies = [] }: Pick<Settings, 'strategies'>): Promise<readonly Strategy[]> {
  return loadStrategies(strategies);
}

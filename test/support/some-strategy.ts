// SPDX-License-Identifier: Apache-2.0
// The strategies there are, by name, for tests that need no strategy; any other name is a direct strategy like the data channel.

import { DATA_CHANNEL, RELAY } from '../../transport/strategies/descriptions.ts';
import { TCP_PUNCH } from '../../transport/strategies/tcp-punch.ts';
import type { StrategyInfo } from '../../transport/strategy/strategy.ts';

export function someStrategy(name: string): StrategyInfo {
  return [TCP_PUNCH, DATA_CHANNEL, RELAY].find((strategy) => strategy.name === name) ?? { ...DATA_CHANNEL, name };
}

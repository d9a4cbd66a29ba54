// SPDX-License-Identifier: Apache-2.0
// The ways there are, by name, for tests that need no strategy; any other name is a direct way like the data channel.

import { DATA_CHANNEL, RELAY } from '../../transport/strategies/later.ts';
import { TCP_PUNCH } from '../../transport/strategies/tcp-punch.ts';
import type { Way } from '../../transport/strategy/strategy.ts';

export function someWay(name: string): Way {
  return [TCP_PUNCH, DATA_CHANNEL, RELAY].find((way) => way.name === name) ?? { ...DATA_CHANNEL, name };
}

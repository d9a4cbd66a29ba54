// SPDX-License-Identifier: Apache-2.0
// The list of ways a Node end has: a new way is one line here.

import { PortholeError } from '../../proto/errors.ts';
import { nodeRtc } from '../rtc/node.ts';
import type { Strategy } from '../strategy.ts';
import { dataChannel } from './data-channel.ts';
import { relay } from './relay.ts';
import { dialRelayFromNode } from './relay-node.ts';

const WAYS: Readonly<Record<string, () => Promise<Strategy>>> = {
  'data-channel': async () => dataChannel(await nodeRtc()),
  relay: async () => relay(dialRelayFromNode),
};

/** The names of the ways, in the order they are tried. */
export const WAY_NAMES: readonly string[] = Object.keys(WAYS);

/**
 * The ways of this end.
 * @param via names, in the order to try; all when left out
 * @throws PortholeError USAGE for a name that is none
 */
export function nodeStrategies(via: readonly string[] = WAY_NAMES): Promise<Strategy[]> {
  return Promise.all(
    via.map((name) => {
      const way = WAYS[name];
      if (!way) throw new PortholeError('USAGE', `"${name}" is no way to a host; there are: ${WAY_NAMES.join(', ')}`);
      return way();
    }),
  );
}

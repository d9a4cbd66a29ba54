// SPDX-License-Identifier: Apache-2.0
// The relay, as it describes itself, and its chances. Apart from the strategy, for whoever tells of it or loads it later.

import type { Strategy } from '../strategy/strategy.ts';
import type { Way } from '../strategy/way.ts';

export const RELAY: Way = {
  name: 'relay',
  kind: 'relayed',
  cost: 1,
  words: {
    label: 'Relayed',
    sentence: 'Through a relay between you and the computer that has this site.',
    adverb: 'through the relay',
  },
};

/** The relay's chances, which are the same for all. */
export const relaySuits: Strategy['suits'] = () => ({ chance: 'likely', reason: 'both ends reach the suite' });

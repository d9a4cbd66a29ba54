// SPDX-License-Identifier: Apache-2.0
// What the data channel and the relay say of themselves, apart from their code: a page needs the relay's words before its code.

import type { Strategy, StrategyInfo } from '../strategy/strategy.ts';

/** SCTP over DTLS, in the program and not in its kernel: TCP has more than ten times the throughput, for a fraction of the work. */
export const DATA_CHANNEL: StrategyInfo = {
  name: 'data-channel',
  kind: 'direct',
  cost: 10,
  words: {
    label: 'Direct',
    sentence: 'Straight from the computer that has this site to your browser.',
    adverb: 'directly (data channel)',
    noun: 'the data channel',
  },
};

export const RELAY: StrategyInfo = {
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

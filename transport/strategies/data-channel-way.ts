// SPDX-License-Identifier: Apache-2.0
// The data channel, as it describes itself. Apart from the strategy, for whoever only tells of it.

import type { Way } from '../strategy/way.ts';

/** SCTP over DTLS, in the program and not in its kernel: TCP has more than ten times the throughput, for a fraction of the work. */
export const DATA_CHANNEL: Way = {
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

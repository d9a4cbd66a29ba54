// SPDX-License-Identifier: Apache-2.0
// The Connection contract on a data channel. On werift its last test alone would take a minute: see data-channel.test.ts.

import { nodeDatachannelRtc } from '../../../transport/rtc/node.ts';
import { connectionContract } from '../../contracts/connection.ts';
import { openPair } from './data-channel-pair.ts';

connectionContract('data-channel, node-datachannel', async () => {
  const rtc = await nodeDatachannelRtc();
  return { ...(await openPair(rtc, rtc)), cannotPause: true };
});

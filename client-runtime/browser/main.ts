// SPDX-License-Identifier: Apache-2.0
// The page's script: a visit to the site of this origin, by the ways a browser has, shown by the shell.

import { watchPageNetwork } from '../../transport/network-browser.ts';
import { browserRtc } from '../../transport/rtc/browser.ts';
import { dataChannel } from '../../transport/strategies/data-channel.ts';
import { later } from '../../transport/strategies/later.ts';
import { RELAY, relaySuits } from '../../transport/strategies/relay-way.ts';
import { startVisit } from '../connect.ts';
import { pagePrimitives } from './cryptography.ts';
import { loadPart } from './parts.ts';
import { runShell } from './shell.ts';

const strategies = [
  ...(typeof RTCPeerConnection === 'function' ? [dataChannel(browserRtc())] : []),
  later(RELAY, relaySuits, async () => (await loadPart(() => import('./relay-part.ts'))).pageRelay),
];

runShell(async (visitor) =>
  startVisit(location.origin, {
    ...visitor,
    strategies,
    primitives: await pagePrimitives(),
    network: watchPageNetwork(),
    agent: 'porthole/browser',
  }),
);

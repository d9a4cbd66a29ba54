// SPDX-License-Identifier: Apache-2.0
// The page's script: a visit to the site of this origin, by the ways a browser has, shown by the shell.

import { watchPageNetwork } from '../../transport/network-browser.ts';
import { browserRtc } from '../../transport/rtc/browser.ts';
import { webPrimitives } from '../../transport/seal/web.ts';
import { dataChannel } from '../../transport/strategies/data-channel.ts';
import { relay } from '../../transport/strategies/relay.ts';
import { dialWebSocket, webSocketPipe } from '../../transport/web-socket.ts';
import { startVisit } from '../connect.ts';
import { runShell } from './shell.ts';

const strategies = [
  ...(typeof RTCPeerConnection === 'function' ? [dataChannel(browserRtc())] : []),
  relay(async (offer, signal) => webSocketPipe(await dialWebSocket(offer.webSocket, signal))),
];

runShell(async (visitor) =>
  startVisit(location.origin, {
    ...visitor,
    strategies,
    primitives: webPrimitives,
    network: watchPageNetwork(),
    agent: 'porthole/browser',
  }),
);

// SPDX-License-Identifier: Apache-2.0
// How a Node end reaches the relay: TCP where the suite has a port for it, a WebSocket otherwise.

import { dialTcp, tcpPipe } from '../channel/tcp.ts';
import { dialWebSocket, webSocketPipe } from '../channel/web-socket.ts';
import type { DialRelay } from './relay.ts';

/** TCP costs least; where only HTTP gets through, the WebSocket does. */
export const dialRelayFromNode: DialRelay = async (offer, signal) => {
  if (offer.tcp) {
    try {
      return tcpPipe(await dialTcp(offer.tcp.host, offer.tcp.port, signal));
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
  return webSocketPipe(await dialWebSocket(offer.webSocket, signal));
};

// SPDX-License-Identifier: Apache-2.0
// The relay as a page has it, by WebSocket. Loaded when a visit begins it: most get along without.

import { dialWebSocket, webSocketPipe } from '../../../transport/channel/web-socket.ts';
import { relay } from '../../../transport/strategies/relay.ts';

export const pageRelay = relay(async (offer, signal) => webSocketPipe(await dialWebSocket(offer.webSocket, signal)));

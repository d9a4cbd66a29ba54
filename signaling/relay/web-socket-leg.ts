// SPDX-License-Identifier: Apache-2.0
// The leg of an end that came by WebSocket: binary messages are its bytes, the text message `end` closes a direction.

import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { MAX_RELAY_MESSAGE_BYTES } from '../../proto/limits.ts';
import type { Leg, LegHolder } from './leg.ts';
import { KEEPALIVE_MS, MAX_RELAY_MESSAGE_PIECES, MAX_UNANSWERED_PINGS } from './limits.ts';

/** The text message that closes one direction: what FIN is to TCP. */
export const END_MESSAGE = 'end';

/** What makes WebSockets of upgrade requests: without compression, and with every message bounded. */
export function webSocketAcceptor(): WebSocketServer {
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_RELAY_MESSAGE_BYTES,
    maxFragments: MAX_RELAY_MESSAGE_PIECES,
    maxBufferedChunks: MAX_RELAY_MESSAGE_PIECES,
    // An end answers a close when it has read all before it, however slowly.
    closeTimeout: KEEPALIVE_MS * MAX_UNANSWERED_PINGS,
  };
  return new WebSocketServer(options);
}

/**
 * Takes a WebSocket over.
 * @param ws the server's end, without compression
 * @param socket the connection underneath: its buffer is the measure of back-pressure
 */
export function webSocketLeg(ws: WebSocket, socket: Duplex, address: string, holder: LegHolder): Leg {
  let endSent = false;
  let endFlushed = false;
  let ended = false;
  let leaving = false;
  let unanswered = 0;
  let unwritten = 0;
  const wrote = (error?: Error | null): void => {
    if (--unwritten === 0 && !error) leg.holder.drained();
  };

  // Closing starts a time-out in `ws`: so not before all bytes have left, however slowly the end reads.
  const closeWhenDone = (): void => {
    if (!endFlushed || !(ended || leaving)) return;
    ws.resume();
    ws.close(1000);
  };

  const leg: Leg = {
    address,
    holder,
    lends: false,
    get flushed() {
      return socket.writableLength === 0;
    },
    write(bytes) {
      unwritten++;
      ws.send(bytes, { binary: true }, wrote);
      return socket.writableLength < socket.writableHighWaterMark;
    },
    end() {
      if (endSent) return;
      endSent = true;
      ws.send(END_MESSAGE, () => {
        endFlushed = true;
        closeWhenDone();
      });
    },
    close() {
      leaving = true;
      leg.end();
      closeWhenDone();
    },
    pause: () => ws.pause(),
    resume: () => ws.resume(),
    abort: () => ws.terminate(),
    beat() {
      if (ws.isPaused || socket.writableLength > 0) {
        // Bytes are held up: a ping or its answer could not come through. TCP tells the living from the dead.
        unanswered = 0;
      } else if (unanswered++ < MAX_UNANSWERED_PINGS) {
        ws.ping();
      } else ws.terminate();
    },
  };

  ws.on('message', (data: RawData, binary: boolean) => {
    unanswered = 0;
    const bytes = data as Buffer;
    if (ended || (!binary && !(bytes.length === END_MESSAGE.length && bytes.toString('latin1') === END_MESSAGE))) {
      ws.terminate();
    } else if (!binary) {
      ended = true;
      leg.holder.ended();
      closeWhenDone();
    } else if (bytes.length > 0) leg.holder.chunk(bytes);
  });
  ws.on('pong', () => {
    unanswered = 0;
  });
  ws.on('close', () => leg.holder.closed());
  // `close` follows, and says all there is to say.
  ws.on('error', () => {});
  if (socket instanceof Socket) socket.setKeepAlive(true, KEEPALIVE_MS);
  return leg;
}

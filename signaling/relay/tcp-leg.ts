// SPDX-License-Identifier: Apache-2.0
// The leg of an end that came by TCP.

import type { Socket } from 'node:net';
import type { Leg, LegHolder } from './leg.ts';
import { KEEPALIVE_MS } from './limits.ts';

/** Takes over a socket whose bytes are unread. */
export function tcpLeg(socket: Socket, address: string, holder: LegHolder): Leg {
  let ending = false;
  // Not `socket.end()` while bytes are queued: see `abort`.
  const end = (): void => {
    if (ending) return;
    ending = true;
    socket.write('', () => socket.end());
  };

  const leg: Leg = {
    address,
    holder,
    get flushed() {
      return socket.writableLength === 0;
    },
    write(bytes) {
      socket.write(bytes);
      // Not what `write` returns: that counts the chunk before the kernel has been offered it, and would stop after each.
      return socket.writableLength < socket.writableHighWaterMark;
    },
    end,
    close: end,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    abort() {
      // During a shutdown libuv refuses to reset (EINVAL), and Node then never closes the socket at all. A shutdown waits for
      // queued bytes, which may be for ever; without any it is over in a moment.
      if (socket.writableEnded && !socket.writableFinished) socket.once('finish', () => socket.resetAndDestroy());
      else socket.resetAndDestroy();
    },
    // The kernel asks, see setKeepAlive.
    beat() {},
  };
  socket.allowHalfOpen = true;
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEPALIVE_MS);
  socket.setTimeout(0);
  socket.on('data', (chunk) => leg.holder.chunk(chunk));
  socket.on('end', () => leg.holder.ended());
  socket.on('drain', () => leg.holder.drained());
  socket.on('close', () => leg.holder.closed());
  // `close` follows, and says all there is to say.
  socket.on('error', () => {});
  return leg;
}

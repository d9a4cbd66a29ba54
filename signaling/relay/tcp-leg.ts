// SPDX-License-Identifier: Apache-2.0
// The leg of an end that came by TCP.

import type { Socket } from 'node:net';
import { readingInto } from '../../transport/channel/socket-memory.ts';
import type { Leg, LegHolder } from './leg.ts';
import { KEEPALIVE_MS } from './limits.ts';
import { ReadMemory } from './read-memory.ts';

/** Takes over a socket whose bytes are unread. */
export function tcpLeg(accepted: Socket, address: string, holder: LegHolder): Leg {
  const memory = new ReadMemory();
  const take = (bytes: Uint8Array): void => {
    memory.read(bytes.length);
    leg.holder.chunk(bytes);
  };
  const own = readingInto(accepted, { next: () => memory.next(), take });
  const socket = own ?? accepted;
  let ending = false;
  let unwritten = 0;
  const wrote = (error?: Error | null): void => {
    if (--unwritten === 0 && !error) leg.holder.drained();
  };
  // Not `socket.end()` while bytes are queued: see `abort`.
  const end = (): void => {
    if (ending) return;
    ending = true;
    socket.write('', () => socket.end());
  };

  const leg: Leg = {
    address,
    holder,
    lends: own !== null,
    get flushed() {
      return socket.writableLength === 0;
    },
    write(bytes) {
      unwritten++;
      socket.write(bytes, wrote);
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
    beat() {
      // Whether the end is there the kernel asks, see setKeepAlive.
      memory.rest();
    },
  };
  socket.allowHalfOpen = true;
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEPALIVE_MS);
  socket.setTimeout(0);
  socket.on('end', () => leg.holder.ended());
  socket.on('close', () => leg.holder.closed());
  // `close` follows, and says all there is to say.
  socket.on('error', () => {});
  if (!own) socket.on('data', (chunk) => leg.holder.chunk(chunk));
  else {
    const early: Buffer | null = accepted.read();
    process.nextTick(() => {
      own.resume();
      if (early) leg.holder.chunk(early);
    });
  }
  return leg;
}

// SPDX-License-Identifier: Apache-2.0
// Joins the socket of an upgraded connection with a tunnel of a session: bytes, back-pressure, half-close and break, in both directions.

import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { PortholeError } from '../../proto/errors.ts';
import type { Pair } from '../session/tunnel.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { drained } from './content.ts';

/** How long one way may be silent once the other is over, in milliseconds: whoever has closed its end rarely waits for more. */
export const HALF_OPEN_MS = 60_000;
/** After so long a silence the system asks whether the other end of a connection is still there, in milliseconds. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Joins them, and resolves when both ways are over, in whatever way. What breaks at one side is broken off at the other.
 * @param socket whose other end speaks the protocol now; nothing of it was read but `head`
 * @param head what came on it behind the handshake
 */
export async function joined(socket: Duplex, head: Uint8Array, pair: Pair, clock: Clock = systemClock): Promise<void> {
  const to = pair.writable.getWriter();
  const from = pair.readable.getReader();
  to.closed.catch(() => {}); // the ways below learn it
  let over = 0;
  let movedAt = clock.now();
  let cancelWatch = (): void => {};
  const fail = (reason: unknown): void => {
    to.abort(reason).catch(() => {});
    from.cancel(reason).catch(() => {});
    reset(socket);
  };
  const watch = (): void => {
    const left = movedAt + HALF_OPEN_MS - clock.now();
    if (left <= 0) return fail(new PortholeError('TIMED_OUT', 'the other way is over, and nothing came on this one'));
    cancelWatch = clock.after(left, watch);
  };
  const done = (): void => {
    movedAt = clock.now();
    if (++over === 1) watch();
  };

  const up = async (): Promise<void> => {
    if (head.length > 0) await to.write(head);
    for await (const piece of socket.iterator({ destroyOnReturn: false })) {
      movedAt = clock.now();
      await to.write(piece);
    }
    await to.close();
    done();
  };
  const down = async (): Promise<void> => {
    for (let { value } = await from.read(); value; { value } = await from.read()) {
      movedAt = clock.now();
      if (!socket.write(value)) await drained(socket);
    }
    socket.end();
    done();
  };
  socket.on('error', fail);
  socket.on('close', () => {
    if (!socket.readableEnded || !socket.writableFinished) fail(new PortholeError('CANCELLED', 'the connection was closed'));
  });
  if (socket instanceof Socket) socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS).setTimeout(0);
  try {
    await Promise.all([up(), down()]);
  } catch (reason) {
    fail(reason);
  } finally {
    cancelWatch();
  }
}

/** Breaks a connection so that its other end knows it for a break, where that can be said. */
function reset(socket: Duplex): void {
  if (socket instanceof Socket && !('encrypted' in socket)) socket.resetAndDestroy();
  else socket.destroy();
}

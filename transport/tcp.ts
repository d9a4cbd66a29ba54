// SPDX-License-Identifier: Apache-2.0
// A Node socket as a byte pipe, and as a Connection.

import { connect as netConnect, type Socket } from 'node:net';
import { asPortholeError, PortholeError } from '../proto/errors.ts';
import type { BytePipe, PipeEvents } from './byte-pipe.ts';
import type { Connection } from './connection.ts';
import { framedConnection } from './framed.ts';

/** A socket nobody reads yet, as a byte pipe. Writes of one turn of the event loop go out in one system call. */
export function tcpPipe(socket: Socket): BytePipe {
  let corked = false;
  let events: PipeEvents | null = null;
  const uncork = (): void => {
    corked = false;
    socket.uncork();
  };
  socket.setNoDelay(true);
  socket.on('error', (error) => events?.broken(error));
  socket.on('close', () => events?.broken(new PortholeError('PATH_LOST', 'the other end went away')));
  return {
    start(to) {
      const first = events === null;
      events = to;
      if (first) {
        socket.on('data', (chunk: Buffer) => events?.data(chunk));
        socket.on('end', () => events?.ended());
      }
      if (socket.destroyed) to.broken(new PortholeError('PATH_LOST'));
    },
    write(bytes) {
      if (!corked) {
        corked = true;
        socket.cork();
        setImmediate(uncork);
      }
      socket.write(bytes);
    },
    get queued() {
      return socket.writableLength;
    },
    onceDrained(run) {
      socket.once('drain', run);
    },
    pause() {
      socket.pause();
    },
    resume() {
      socket.resume();
    },
    end() {
      socket.end();
    },
    destroy() {
      events = null;
      // During a shutdown libuv refuses to reset (EINVAL), and Node would never close the socket.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    },
  };
}

/** A connected socket as a Connection. */
export function tcpConnection(socket: Socket, via = 'tcp'): Connection {
  return framedConnection(via, tcpPipe(socket));
}

/**
 * Opens a TCP connection.
 * @throws PortholeError PATH_LOST with the system's words, or the signal's reason
 */
export function dialTcp(host: string, port: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const socket = netConnect({ host, port, noDelay: true, allowHalfOpen: true });
    const stop = (): void => {
      socket.destroy();
      reject(signal?.reason);
    };
    const fail = (error: Error): void => {
      signal?.removeEventListener('abort', stop);
      reject(asPortholeError(error, 'PATH_LOST'));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      signal?.removeEventListener('abort', stop);
      socket.removeListener('error', fail);
      resolve(socket);
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}

// SPDX-License-Identifier: Apache-2.0
// A Node socket as a byte pipe, and as a Connection.

import { connect as netConnect, type Socket } from 'node:net';
import { PortholeError } from '../../proto/errors.ts';
import { connectError } from '../nat/sockets/node.ts';
import { resentBy } from '../nat/sockets/resent.ts';
import type { BytePipe, PipeEvents } from './byte-pipe.ts';
import type { Connection } from './connection.ts';
import { framedConnection } from './framed.ts';
import { giveMemory, takeMemory } from './write-memory.ts';

/** Bytes that a dialled socket reads at a time, into the same memory each time: a long transfer leaves half as much to collect. */
const READ_BYTES = 128 * 1024;
/** Who takes the bytes of a dialled socket. */
const takers = new WeakMap<Socket, { take(chunk: Uint8Array): void }>();

/** A socket nobody reads yet, as a byte pipe. What is written in one turn of the event loop goes out in one system call. */
export function tcpPipe(socket: Socket): BytePipe {
  let events: PipeEvents | null = null;
  let memory: Uint8Array | null = null; // what gathers, in the first `filled` bytes
  let filled = 0;
  let scheduled = false;
  const write = (): void => {
    if (memory === null) return;
    const written = memory;
    memory = null;
    socket.write(written.subarray(0, filled), () => {
      giveMemory(written);
      flush();
    });
    filled = 0;
  };
  /** What comes while the system takes no more gathers behind it: a peer that reads nothing costs no memory for each short message. */
  const flush = (): void => {
    if (socket.writableLength === 0) write();
  };
  socket.setNoDelay(true);
  socket.on('error', (error) => events?.broken(error));
  socket.on('close', () => events?.broken(new PortholeError('PATH_LOST', 'the other end went away')));
  return {
    start(to) {
      const first = events === null;
      events = to;
      if (first) {
        const take = (chunk: Uint8Array): void => events?.data(chunk);
        const dialled = takers.get(socket);
        socket.on('end', () => events?.ended());
        if (!dialled) socket.on('data', take);
        else {
          dialled.take = take;
          socket.resume();
        }
      }
      if (socket.destroyed) to.broken(new PortholeError('PATH_LOST'));
    },
    write(pieces) {
      if (!scheduled) {
        scheduled = true;
        setImmediate(() => {
          scheduled = false;
          flush();
        });
      }
      for (const piece of pieces) {
        for (let at = 0; at < piece.length; ) {
          memory ??= takeMemory();
          const part = piece.subarray(at, at + memory.length - filled);
          memory.set(part, filled);
          filled += part.length;
          at += part.length;
          if (filled === memory.length) write();
        }
      }
    },
    flush,
    get queued() {
      return socket.writableLength + filled;
    },
    onceDrained(run) {
      write();
      if (socket.writableNeedDrain) socket.once('drain', run);
      else queueMicrotask(run);
    },
    pause() {
      socket.pause();
    },
    resume() {
      socket.resume();
    },
    get resent() {
      return resentBy(socket);
    },
    end() {
      write();
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
 * Opens a TCP connection, for `tcpPipe` or `tcpConnection` to read.
 * @throws PortholeError PATH_LOST with the system's words, SOCKET_FAILED where this machine is short of something, or the signal's reason
 */
export function dialTcp(host: string, port: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const taker = { take: (_: Uint8Array): void => {} };
    const callback = (bytes: number, buffer: Uint8Array): boolean => {
      taker.take(buffer.subarray(0, bytes));
      return true;
    };
    const onread = { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback };
    const socket = netConnect({ host, port, noDelay: true, allowHalfOpen: true, onread });
    takers.set(socket, taker);
    socket.pause(); // until somebody takes
    const stop = (): void => {
      socket.destroy();
      reject(signal?.reason);
    };
    const fail = (error: Error): void => {
      signal?.removeEventListener('abort', stop);
      reject(connectError(error));
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

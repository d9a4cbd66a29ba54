// SPDX-License-Identifier: Apache-2.0
// Has an accepted socket read into memory that is used again, which Node offers only to sockets that dial (`onread`).

import { Socket, type SocketConstructorOpts } from 'node:net';

/** Where a socket's bytes go. */
export interface SocketMemory {
  /** The memory for the next read; asked for before the first and after each. */
  next(): Uint8Array;
  /** Bytes have come, in the first part of that memory: it is read into again after the call, unless `next` gives other memory. */
  take(bytes: Uint8Array): void;
}

/** What Node's sockets stand on. It has no public name, but sockets are made of one as they are accepted. */
interface Handle {
  useUserBuffer?: unknown;
}

/**
 * Moves a connection to another Socket, paused, which reads into the memory given. Bytes that the first one has read are its reader's:
 * take them (`read()`) in the same turn. From then on the first Socket closes when the other one does, and ends it when it is
 * destroyed, and has its `bytesRead`, so that whoever counts it or ends it is right; its listeners are told nothing else.
 * @returns null where this Node's sockets are not as they were when this was written: then the first one is as it was
 */
export function readingInto(socket: Socket, memory: SocketMemory): Socket | null {
  const from = socket as unknown as { _handle?: Handle | null };
  const handle = from._handle;
  if (!handle || typeof handle.useUserBuffer !== 'function' || socket.writableLength > 0) return null;
  const callback = (bytes: number, into: Uint8Array): boolean => {
    memory.take(into.subarray(0, bytes));
    return true;
  };
  const options = { handle, allowHalfOpen: true, pauseOnCreate: true, onread: { buffer: () => memory.next(), callback } };
  from._handle = null;
  const other = new Socket(options as unknown as SocketConstructorOpts);
  Object.defineProperty(socket, 'bytesRead', { get: () => other.bytesRead });
  socket.once('close', () => other.destroy());
  other.once('close', () => socket.destroy());
  return other;
}

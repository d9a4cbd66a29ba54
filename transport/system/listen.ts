// SPDX-License-Identifier: Apache-2.0
// Opens a listening TCP server, and says in our codes why a port cannot be had.

import type { AddressInfo, ListenOptions, Server } from 'node:net';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { isShort } from '../nat/sockets/sockets.ts';

/**
 * Starts listening. From then on the server's errors are ignored: a failing accept (too many open files) is no reason to end.
 * @returns the port, which is a free one when 0 was asked for
 * @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN, CONFIG_INVALID (no such address on this machine), SOCKET_FAILED
 */
export function listen(server: Server, options: ListenOptions): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const failed = (cause: unknown): void => reject(listenError(cause, options));
  server.once('error', failed);
  try {
    server.listen(options, () => {
      server.off('error', failed).on('error', () => {});
      resolve((server.address() as AddressInfo).port);
    });
  } catch (cause) {
    failed(cause);
  }
  return promise;
}

/** Codes that say that an address or a port is not one of this machine. */
const NOT_OURS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL', 'ENOTFOUND', 'ERR_SOCKET_BAD_PORT']);

/** What a failed listen means, of a TCP server or a UDP socket. */
export function listenError(cause: unknown, { port, host }: Pick<ListenOptions, 'port' | 'host'>): PortholeError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new PortholeError('PORT_IN_USE', `another program uses port ${port}`, { cause });
  if (code === 'EACCES') return new PortholeError('PORT_FORBIDDEN', `port ${port} needs more rights than this program has`, { cause });
  if (isShort(cause)) return new PortholeError('SOCKET_FAILED', `no socket to listen with: ${message}`, { cause });
  if (!NOT_OURS.has(code ?? '')) return asPortholeError(cause, 'SOCKET_FAILED');
  return new PortholeError('CONFIG_INVALID', `cannot listen on ${host ?? 'any address'}, port ${port}: ${message}`, { cause });
}

// SPDX-License-Identifier: Apache-2.0
// Opens a listening TCP server, and says in our codes why a port cannot be had.

import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';

/**
 * Listens.
 * @param port 0: a free one
 * @param ipv6Only whether :: leaves IPv4 to another server on the same port
 * @returns the port
 * @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN, CONFIG_INVALID (not an address of this machine), SOCKET_FAILED
 */
export async function listen(server: Server, address: string, port: number, ipv6Only = false): Promise<number> {
  try {
    server.listen({ port, host: address, ipv6Only });
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error, address, port);
  }
  server.on('error', () => {}); // a failing accept (too many open files) is no reason to end
  return (server.address() as AddressInfo).port;
}

/** What a failed listen means. */
export function listenError(error: unknown, address: string, port: number): PortholeError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') return new PortholeError('PORT_IN_USE', `another program uses port ${port}`, { cause: error });
  if (code === 'EACCES') return new PortholeError('PORT_FORBIDDEN', `port ${port} needs more rights`, { cause: error });
  if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'ENOTFOUND' || code === 'ERR_SOCKET_BAD_PORT') {
    return new PortholeError('CONFIG_INVALID', `cannot listen on ${address} port ${port}`, { cause: error });
  }
  return asPortholeError(error, 'SOCKET_FAILED');
}

// SPDX-License-Identifier: Apache-2.0
// The STUN responder: a UDP socket that tells each asker the address it is seen from, and nobody else anything.

import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { listenError } from '../../transport/system/listen.ts';
import { canonicalAddress, rateKey } from '../shared/caller.ts';
import type { Rates } from '../shared/rates.ts';
import { bindingAnswer, readBindingRequest } from './stun.ts';

export interface StunOptions {
  /** Where to listen; an IPv6 address that means all also takes IPv4. */
  readonly address: string;
  /** 0: a free one. */
  readonly port: number;
  readonly rates: Rates;
  readonly onRequest?: (result: 'answered' | 'refused' | 'ignored') => void;
  /** Told if the socket fails after it was opened. */
  readonly onError: (error: Error) => void;
}

export interface StunServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens the responder.
 * @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN, CONFIG_INVALID
 */
export async function openStun(options: StunOptions): Promise<StunServer> {
  const { address, rates, onRequest = () => {}, onError } = options;
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  let closed = false;
  const answer = async (datagram: Uint8Array, from: RemoteInfo): Promise<void> => {
    const request = readBindingRequest(datagram);
    if (request === undefined || from.port === 0) return onRequest('ignored');
    const ip = canonicalAddress(from.address);
    try {
      // The whole first, so that spoofed addresses cannot make the limiter remember more of them than that.
      await rates.spend('stunInAll', 'all');
      await rates.spend('stunPerAddress', rateKey(ip));
    } catch {
      // Silence: an answer would be what a flood is after.
      return onRequest('refused');
    }
    if (closed) return;
    socket.send(bindingAnswer(request, ip, from.port), from.port, from.address, () => {});
    onRequest('answered');
  };
  socket.on('message', (datagram, from) => void answer(datagram, from));
  try {
    socket.bind(options.port, address);
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw listenError(error, { host: address, port: options.port });
  }
  socket.on('error', onError);
  return {
    port: socket.address().port,
    async close() {
      closed = true;
      socket.close();
      await once(socket, 'close');
    },
  };
}

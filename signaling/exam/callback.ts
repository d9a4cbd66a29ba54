// SPDX-License-Identifier: Apache-2.0
// One callback: a SYN, or a datagram, from the suite to an asker's own address, and what came of it. Ordinary sockets only.

import { createSocket } from 'node:dgram';
import { CallbackOutcome } from '../../proto/rendezvous.ts';
import type { SocketAddress } from '../../transport/nat/profile.ts';
import { type SocketOptions, systemCode, type TcpSockets } from '../../transport/nat/sockets/sockets.ts';

/**
 * A RST and an ICMP error both refuse a connection. This tells them apart: the SYN sets out with so many hops to live, and what
 * comes with less than one more is dropped. An ICMP error bears the SYN's own header, so it is; a RST has a time to live of its own.
 */
const APART_TTL = 32;
const APART_TRIES = 3;
const APART: SocketOptions = { ttl: APART_TTL, minTtl: APART_TTL + 1 };

type Outcome = (typeof CallbackOutcome)[keyof typeof CallbackOutcome];

/**
 * Connects from a local address, and lets go at once.
 * @param from port 0: any
 * @param waitMs for the answer
 * @returns the outcome; RST also where it was an ICMP error (`refusal` tells)
 */
export function callBack(sockets: TcpSockets, from: SocketAddress, to: SocketAddress, waitMs: number): Promise<Outcome> {
  return attempt(sockets, from, to, waitMs, {});
}

/** What refused a callback from this address at that port: RST or ICMP; UNABLE where that cannot be told apart here. */
export async function refusal(sockets: TcpSockets, ip: string, to: SocketAddress, waitMs: number): Promise<Outcome> {
  if (!sockets.can.has('minTtl')) return CallbackOutcome.UNABLE;
  // Several, since a lost packet looks like an error that was dropped.
  const tries = Array.from({ length: APART_TRIES }, async () => {
    if ((await attempt(sockets, { ip, port: 0 }, to, waitMs, APART)) !== CallbackOutcome.RST) throw new Error('no RST came');
  });
  return Promise.any(tries).then(
    () => CallbackOutcome.RST,
    () => CallbackOutcome.ICMP,
  );
}

async function attempt(
  sockets: TcpSockets,
  from: SocketAddress,
  to: SocketAddress,
  waitMs: number,
  options: SocketOptions,
): Promise<Outcome> {
  try {
    const socket = await sockets.bind(from, options).connect(to, AbortSignal.timeout(waitMs));
    socket.resetAndDestroy();
    return CallbackOutcome.CONNECTED;
  } catch (error) {
    switch (systemCode(error)) {
      case null: // the time is over
        return CallbackOutcome.SILENCE;
      case 'ECONNREFUSED':
        return CallbackOutcome.RST;
      case 'ECONNRESET': // it stood, and the other end has let go already
        return CallbackOutcome.CONNECTED;
      case 'EHOSTUNREACH':
      case 'ENETUNREACH':
      case 'EHOSTDOWN':
        return CallbackOutcome.ICMP;
      default:
        return CallbackOutcome.UNABLE;
    }
  }
}

/** Sends one datagram from a port nobody has met. `mark` is all it says. */
export function callBackByUdp(ip: string, to: SocketAddress, mark: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    let over = false;
    const done = (error: Error | null): void => {
      if (over) return;
      over = true;
      socket.close();
      resolve(error ? CallbackOutcome.UNABLE : CallbackOutcome.SENT);
    };
    socket.on('error', done);
    socket.bind({ address: ip, port: 0 }, () => socket.send(Uint8Array.of(mark), to.port, to.ip, done));
  });
}

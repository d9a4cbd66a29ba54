// SPDX-License-Identifier: Apache-2.0
// A program with one socket after the other, which a test tells what to do (two-nats.ts).

import { readFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { openSockets } from '../../../transport/nat/sockets/ffi.ts';
import { type BoundSocket, type SocketAddress, type SocketOptions, systemCode } from '../../../transport/nat/sockets/sockets.ts';

export type Order =
  | { readonly do: 'bind'; readonly local: SocketAddress; readonly options?: SocketOptions }
  | { readonly do: 'connect'; readonly remote: SocketAddress }
  | { readonly do: 'listen' }
  | { readonly do: 'set'; readonly options: SocketOptions }
  /** What became of connecting or listening within so many milliseconds. */
  | { readonly do: 'outcome'; readonly withinMs: number }
  | { readonly do: 'cancel' }
  /** Says something, and tells what the other end said. */
  | { readonly do: 'talk'; readonly words: string }
  /** How many Time Exceeded came to this machine, and how many packets were dropped for their TTL. */
  | { readonly do: 'count' };
export interface Report {
  readonly local?: SocketAddress;
  readonly outcome?: 'open' | 'connected' | { readonly failed: string | null };
  readonly tookMs?: number;
  readonly heard?: string;
  readonly timeExceeded?: number;
  readonly belowMinTtl?: number;
}

const sockets = await openSockets();
let bound: BoundSocket | undefined;
let end = new AbortController();
let result: Promise<Socket | Error> = Promise.reject(new Error('nothing begun'));
result.catch(() => {});
let server: Server | undefined;
let began = 0;
let socket: Socket | undefined;

/** A number of /proc/net/netstat or snmp: a line of names, and one of values. */
function counter(file: string, group: string, name: string): number {
  const [names, values] = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${group}:`))
    .map((line) => line.split(' ')) as [string[], string[]];
  return Number(values[names.indexOf(name)]);
}

/** The same of /proc/net/snmp6: a name and a value a line. */
function counter6(name: string): number {
  return Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(readFileSync('/proc/net/snmp6', 'utf8'))?.[1]);
}

async function obey(order: Order): Promise<Report> {
  switch (order.do) {
    case 'bind':
      end = new AbortController();
      bound = sockets.bind(order.local, order.options);
      return { local: bound.local };
    case 'connect':
      began = performance.now();
      result = (bound as BoundSocket).connect(order.remote, end.signal).catch((error: Error) => error);
      void result.then(() => {
        began = performance.now() - began;
      });
      return {};
    case 'listen': {
      let came: (socket: Socket) => void = () => {};
      result = new Promise<Socket>((resolve) => {
        came = resolve;
      });
      server = await (bound as BoundSocket).listen((one) => came(one));
      return {};
    }
    case 'set':
      bound?.set(order.options);
      return {};
    case 'outcome': {
      const late = new Promise<null>((resolve) => setTimeout(resolve, order.withinMs, null));
      const brought = await Promise.race([result, late]);
      if (brought === null) return { outcome: 'open' };
      if (brought instanceof Error) return { outcome: { failed: systemCode(brought) } };
      socket = brought;
      return { outcome: 'connected', tookMs: began };
    }
    case 'cancel':
      end.abort(new Error('cancelled'));
      server?.close();
      return {};
    case 'talk':
      socket?.end(order.words);
      return { heard: await text(socket as Socket) };
    case 'count':
      return {
        timeExceeded: counter('/proc/net/snmp', 'Icmp', 'InTimeExcds') + counter6('Icmp6InTimeExcds'),
        belowMinTtl: counter('/proc/net/netstat', 'TcpExt', 'TCPMinTTLDrop'),
      };
  }
}

process.on('message', (order: Order) => {
  void obey(order).then((report) => process.send?.(report));
});

// SPDX-License-Identifier: Apache-2.0
// The ways that paths of the soak take: memory, loopback TCP, the real relay by TCP and by WebSocket, a real data channel.

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Connection } from '../../transport/channel/connection.ts';
import { memoryPair } from '../../transport/channel/memory.ts';
import { dialTcp, tcpConnection } from '../../transport/channel/tcp.ts';
import { nodeDatachannelRtc, weriftRtc } from '../../transport/rtc/node.ts';
import { dialRelayFromNode } from '../../transport/strategies/node.ts';
import { type DialRelay, relay } from '../../transport/strategies/relay.ts';
import type { RelayOffer } from '../../transport/strategy/strategy.ts';
import { listen } from '../../transport/system/listen.ts';
import { systemClock } from '../../transport/time/clock.ts';
import { HOST, RelayOnPort } from '../unit/signaling/relay-ends.ts';
import { callOn, lines, openPair } from '../unit/transport/data-channel-pair.ts';

/** Two connected ends; `a` is the visitor's. */
export interface Pair {
  readonly a: Connection;
  readonly b: Connection;
}

export interface Way {
  readonly name: string;
  /** Whether another can be had at once: one that cannot is not broken without need. */
  readonly cheap: boolean;
  open(): Promise<Pair>;
  close(): Promise<void>;
}

const nothing = async (): Promise<void> => {};

/** Memory brings each message in a turn of the event loop of its own, as a network does: in one it would leave time for nothing else. */
function inTurns(connection: Connection): Connection {
  return {
    via: connection.via,
    maxMessage: connection.maxMessage,
    get resent() {
      return connection.resent;
    },
    send: (message) => connection.send(message),
    start: (receiver) =>
      connection.start({
        ...receiver,
        message(borrowed) {
          receiver.message(borrowed);
          connection.pause();
          setImmediate(() => connection.resume());
        },
      }),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    close: () => connection.close(),
    abort: (reason) => connection.abort(reason),
  };
}

function memoryWay(): Way {
  return {
    name: 'memory',
    cheap: true,
    async open() {
      const { a, b } = memoryPair('memory');
      return { a: inTurns(a), b: inTurns(b) };
    },
    close: nothing,
  };
}

async function tcpWay(): Promise<Way> {
  const server = createServer({ allowHalfOpen: true });
  const port = await listen(server, { port: 0, host: HOST });
  const waiting: ((socket: Socket) => void)[] = [];
  server.on('connection', (socket) => waiting.shift()?.(socket));
  return {
    name: 'tcp',
    cheap: true,
    async open() {
      const accepted = new Promise<Socket>((resolve) => waiting.push(resolve));
      const socket = await dialTcp(HOST, port);
      return { a: tcpConnection(socket), b: tcpConnection(await accepted) };
    },
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** Both ends by one carrier each; the relay is the suite's own. */
function relayWays(server: RelayOnPort): Way[] {
  const webSocket = `ws://${HOST}:${server.port}/.porthole/relay`;
  const tcp = { host: HOST, port: server.port };
  let calls = 0;
  const join = async (offer: Omit<RelayOffer, 'token'>, call: string, role: 'caller' | 'callee'): Promise<Connection> => {
    const dial: DialRelay = dialRelayFromNode;
    const [line] = lines();
    const offers = { stun: [], relay: { ...offer, token: server.relay.issue(call, role) } };
    return await relay(dial).attempt({ ...callOn(line, role, { clock: systemClock }), offers }, new AbortController().signal);
  };
  const way = (name: string, visitor: Omit<RelayOffer, 'token'>, host: Omit<RelayOffer, 'token'>): Way => ({
    name,
    cheap: true,
    async open() {
      const call = `soak-${++calls}`;
      const [a, b] = await Promise.all([join(visitor, call, 'caller'), join(host, call, 'callee')]);
      return { a, b };
    },
    close: nothing,
  });
  return [way('relay tcp', { webSocket, tcp }, { webSocket, tcp }), way('relay websocket', { webSocket }, { webSocket, tcp })];
}

function channelWay(): Way {
  return {
    name: 'data-channel',
    cheap: false,
    async open() {
      const rtc = await nodeDatachannelRtc().catch(() => weriftRtc());
      return await openPair(rtc, rtc);
    },
    close: nothing,
  };
}

/** Opens what the ways need; `close` ends it. */
export async function openWays(channel: boolean): Promise<{ ways: Way[]; close(): Promise<void> }> {
  const server = await new RelayOnPort({ maxTickets: 100_000, maxFailedJoins: 100_000 }).listen();
  const ways = [memoryWay(), await tcpWay(), ...relayWays(server), ...(channel ? [channelWay()] : [])];
  return {
    ways,
    async close() {
      for (const way of ways) await way.close();
      await server.close();
    },
  };
}

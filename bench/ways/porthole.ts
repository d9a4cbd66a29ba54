// SPDX-License-Identifier: Apache-2.0
// Porthole's own ways: one session over TCP, through the relay, and over a data channel.

import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Connection } from '../../transport/channel/connection.ts';
import type { Call, Line, Offers } from '../../transport/strategy/strategy.ts';
import { dialLine, HOST, lineServer, listening, toldBy } from '../lib/loopback.ts';
import { openOurs, serveOurs, startAsProgram } from '../lib/ours.ts';
import type { Setting, Way } from '../lib/workload.ts';

// Each end imports what it needs when it starts: no process should carry what belongs to another.

const NAME = 'porthole';

export const overTcp: Way = {
  name: NAME,
  ends: {
    async server({ folder }) {
      const { tcpConnection } = await import('../../transport/channel/tcp.ts');
      const host = await serveOurs(folder);
      const server = createServer({ allowHalfOpen: true }, (socket) => host.serve(tcpConnection(socket)));
      return listening(server, { key: host.key });
    },
  },
  async client({ told }) {
    const { dialTcp, tcpConnection } = await import('../../transport/channel/tcp.ts');
    const { port, key } = toldBy<{ port: number; key: string }>(told, 'server');
    return openOurs(tcpConnection(await dialTcp(HOST, port)), key);
  },
};

/** The relay's process is a suite's port without the rest of the suite; both ends dial it. */
export const throughRelay: Way = {
  name: NAME,
  ends: {
    async relay() {
      const { passingCollector } = await import('../../cli/running/collector.ts');
      const { createRelay } = await import('../../signaling/relay/relay.ts');
      const { frontOf } = await import('../../transport/http/first-bytes.ts');
      await startAsProgram();
      const relay = createRelay({ passed: passingCollector() });
      const server = createHttpServer();
      frontOf(server, { framed: (socket) => relay.handleSocket(socket) });
      const tickets = { caller: relay.issue(NAME, 'caller'), callee: relay.issue(NAME, 'callee') };
      const { tells } = await listening(server, { tickets });
      return { tells, close: () => relay.close() };
    },
    async server({ folder, told }) {
      const host = await serveOurs(folder);
      // It stands when the visitor has come too.
      joinRelay(told, 'callee').then(
        (connection) => host.serve(connection),
        (error) => process.stderr.write(`${error}\n`),
      );
      return { tells: { key: host.key }, close: async () => {} };
    },
  },
  async client({ told }) {
    const { key } = toldBy<{ key: string }>(told, 'server');
    return openOurs(await joinRelay(told, 'caller'), key);
  },
};

async function joinRelay(told: Setting['told'], role: Call['role']): Promise<Connection> {
  const { relay } = await import('../../transport/strategies/relay.ts');
  const { dialRelayFromNode } = await import('../../transport/strategies/node.ts');
  const { port, tickets } = toldBy<{ port: number; tickets: Record<Call['role'], string> }>(told, 'relay');
  const offers = { stun: [], relay: { webSocket: '', tcp: { host: HOST, port }, token: tickets[role] } };
  return relay(dialRelayFromNode).attempt(await callOf(role, NO_LINE, offers), new AbortController().signal);
}

/** A session over a data channel of this implementation. */
export const overChannel = (name: 'node-datachannel' | 'werift'): Way => ({
  name: NAME,
  packages: [name],
  ends: {
    async server({ folder }) {
      const host = await serveOurs(folder);
      return lineServer(async (line) => host.serve(await openChannel(name, 'callee', line)), { key: host.key });
    },
  },
  async client({ told }) {
    const { port, key } = toldBy<{ port: number; key: string }>(told, 'server');
    return openOurs(await openChannel(name, 'caller', await dialLine(port)), key);
  },
});

async function openChannel(name: 'node-datachannel' | 'werift', role: Call['role'], line: Line): Promise<Connection> {
  const { nodeDatachannelRtc, weriftRtc } = await import('../../transport/rtc/node.ts');
  const { dataChannel } = await import('../../transport/strategies/data-channel.ts');
  const rtc = await (name === 'werift' ? weriftRtc() : nodeDatachannelRtc());
  return dataChannel(rtc).attempt(await callOf(role, line, { stun: [] }), new AbortController().signal);
}

/** A call between two ends that know nothing of their networks. */
async function callOf(role: Call['role'], line: Line, offers: Offers): Promise<Call> {
  const { systemClock } = await import('../../transport/time/clock.ts');
  return { id: NAME, role, self: {}, peer: {}, line, offers, clock: systemClock };
}

/** The relay needs no notes. */
const NO_LINE: Line = { send: () => {}, receive: () => new Promise(() => {}) };

// SPDX-License-Identifier: Apache-2.0
// Servers on free ports of loopback, and the line on which two processes of a way exchange notes.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Connection } from '../../transport/channel/connection.ts';
import type { Line } from '../../transport/strategy/strategy.ts';
import type { Running } from './workload.ts';

export const HOST = '127.0.0.1';

/**
 * Listens on a free port.
 * @param tells what the ends after this one are told beside the port
 */
export async function listening<T extends object>(server: Server, tells?: T): Promise<Running & { tells: T & { port: number } }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // whoever serves it has its own; a peer that goes is no failure of the bench
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  return {
    tells: { ...(tells as T), port: (server.address() as AddressInfo).port },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** What an end told when it started. */
export const toldBy = <T>(told: Readonly<Record<string, unknown>>, role: string): T => told[role] as T;

/** A port that nothing listens on, for programs that must be told one. */
export async function freePort(): Promise<number> {
  const running = await listening(createServer());
  await running.close();
  return running.tells.port;
}

/** Where a visitor's process finds the host's, to exchange notes with it as through a rendezvous. */
export async function lineServer<T extends object>(onLine: (line: Line) => void, tells: T): Promise<Running> {
  const { tcpConnection } = await import('../../transport/channel/tcp.ts');
  return listening(
    createServer({ allowHalfOpen: true }, async (socket) => onLine(await lineOn(tcpConnection(socket)))),
    tells,
  );
}

/** The visitor's end of such a line. */
export async function dialLine(port: number): Promise<Line> {
  const { dialTcp, tcpConnection } = await import('../../transport/channel/tcp.ts');
  return lineOn(tcpConnection(await dialTcp(HOST, port)));
}

async function lineOn(connection: Connection): Promise<Line> {
  const { ReceiveQueue } = await import('../../transport/channel/receive-queue.ts');
  const inbox = new ReceiveQueue();
  connection.start({
    message: (note) => inbox.push(new Uint8Array(note)),
    ended: () => inbox.fail(new Error('the line is closed')),
    heard() {},
    drained() {},
  });
  return { send: (note) => void connection.send(note), receive: async () => (await inbox.receive()) as Uint8Array };
}

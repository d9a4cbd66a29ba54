// SPDX-License-Identifier: Apache-2.0
// The Connection contract, for the implementations that need nothing but this process.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { memoryPair } from '../../transport/channel/memory.ts';
import { dialTcp, tcpConnection } from '../../transport/channel/tcp.ts';
import { connectionContract } from './connection.ts';

connectionContract('memory', async () => memoryPair());

connectionContract('tcp', async () => {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = await dialTcp('127.0.0.1', (server.address() as AddressInfo).port);
  const [other] = (await accepted) as [Socket];
  server.close();
  return { a: tcpConnection(socket), b: tcpConnection(other) };
});

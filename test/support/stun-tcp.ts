// SPDX-License-Identifier: Apache-2.0
// A responder of STUN over TCP, as the suite has: it tells who connects how it is seen from here.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { bindingAnswer, readBindingRequest } from '../../signaling/stun/stun.ts';
import type { SocketAddress } from '../../transport/nat/profile.ts';

export interface StunTcp {
  readonly address: SocketAddress;
  /** Connections that are open. */
  readonly open: ReadonlySet<Socket>;
  close(): Promise<void>;
}

/** @param answer what to send in place of the address; for tests of those who ask */
export async function openStunTcp(ip = '127.0.0.1', port = 0, answer?: (socket: Socket, request: Uint8Array) => void): Promise<StunTcp> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('data', (request: Buffer) => {
      if (answer) return answer(socket, request);
      const binding = readBindingRequest(request);
      const { remoteAddress = '', remotePort = 0 } = socket;
      if (binding) socket.write(bindingAnswer(binding, remoteAddress, remotePort));
    });
  });
  server.listen(port, ip);
  await once(server, 'listening');
  return {
    address: { ip, port: (server.address() as AddressInfo).port },
    open,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

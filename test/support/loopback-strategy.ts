// SPDX-License-Identifier: Apache-2.0
// A strategy of a third party's, on one screen: the callee listens on loopback and tells its port, the caller dials it.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { dialTcp, tcpConnection } from '../../transport/channel/tcp.ts';
import type { Strategy, StrategyInfo } from '../../transport/strategy/strategy.ts';

export function loopback(name = 'loopback', kind: StrategyInfo['kind'] = 'direct'): Strategy {
  return {
    name,
    kind,
    cost: 1,
    words: {
      label: 'Here',
      sentence: 'From this machine to itself.',
      adverb: 'on this machine',
      noun: 'the loopback',
    },
    suits: () => ({ chance: 'likely', reason: 'both ends are on this machine' }),
    async attempt(call, signal) {
      signal.throwIfAborted();
      if (call.role === 'caller') {
        const note = await call.line.receive(signal);
        return tcpConnection(await dialTcp('127.0.0.1', Number(new TextDecoder().decode(note)), signal), name);
      }
      const server = createServer({ allowHalfOpen: true });
      try {
        server.listen(0, '127.0.0.1');
        await once(server, 'listening', { signal });
        call.line.send(new TextEncoder().encode(String((server.address() as AddressInfo).port)));
        const [socket] = (await once(server, 'connection', { signal })) as [Socket];
        return tcpConnection(socket, name);
      } finally {
        server.close();
      }
    },
  };
}

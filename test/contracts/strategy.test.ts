// SPDX-License-Identifier: Apache-2.0
// The Strategy contract, for the strategies there are.

import { join } from 'node:path';
import { loadStrategies } from '../../cli/settings/strategy-modules.ts';
import { nodeStrategies } from '../../transport/strategies/node.ts';
import { tcpPunch } from '../../transport/strategies/tcp-punch.ts';
import { loopback } from '../support/loopback-strategy.ts';
import { socks5Server } from '../support/socks5-server.ts';
import { describesItself, strategyContract } from './strategy.ts';

strategyContract('loopback (a third party’s)', async () => ({ caller: loopback(), callee: loopback() }));

strategyContract('tcp-punch', async () => {
  const [caller, callee] = [tcpPunch(), tcpPunch()];
  return { caller, callee, nat: { observed: { ip: '127.0.0.1', port: 1 } } };
});

for (const user of ['', 'anna:a b']) {
  strategyContract(`socks5 (an example outside the tree${user && ', with a user'})`, async () => {
    await loadStrategies([join(import.meta.dirname, '../../examples/strategy/socks5.ts')]); // from now on it finds porthole/transport
    const { socks5 } = await import('../../examples/strategy/socks5.ts');
    const proxy = await socks5Server(user);
    return {
      caller: socks5(proxy.url),
      callee: socks5(undefined),
      nat: { observed: { ip: '127.0.0.1', port: 1 } },
      done: () => proxy.close(),
    };
  });
}

it('every strategy of a Node end describes itself', async () => {
  for (const strategy of await nodeStrategies()) describesItself(strategy);
});

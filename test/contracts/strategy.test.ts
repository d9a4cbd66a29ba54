// SPDX-License-Identifier: Apache-2.0
// The Strategy contract, for the strategies there are.

import { nodeStrategies } from '../../transport/strategies/node.ts';
import { tcpPunch } from '../../transport/strategies/tcp-punch.ts';
import { loopback } from '../support/loopback-strategy.ts';
import { describesItself, strategyContract } from './strategy.ts';

strategyContract('loopback (a third party’s)', async () => ({ caller: loopback(), callee: loopback() }));

strategyContract('tcp-punch', async () => {
  const [caller, callee] = [tcpPunch(), tcpPunch()];
  return { caller, callee, nat: { observed: { ip: '127.0.0.1', port: 1 } } };
});

it('every way of a Node end describes itself', async () => {
  for (const strategy of await nodeStrategies()) describesItself(strategy);
});

// SPDX-License-Identifier: Apache-2.0
// The Strategy contract, for the strategies there are.

import { tcpPunch } from '../../transport/strategies/tcp-punch.ts';
import { loopback } from '../support/loopback-strategy.ts';
import { strategyContract } from './strategy.ts';

strategyContract('loopback (a third party’s)', async () => ({ caller: loopback(), callee: loopback() }));

strategyContract('tcp-punch', async () => {
  const [caller, callee] = [tcpPunch(), tcpPunch()];
  return { caller, callee, nat: { observed: { ip: '127.0.0.1', port: 1 } } };
});

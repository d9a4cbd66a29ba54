// SPDX-License-Identifier: Apache-2.0
// The Strategy contract, for the strategies there are.

import { loopback } from '../support/loopback-strategy.ts';
import { strategyContract } from './strategy.ts';

strategyContract('loopback (a third party’s)', async () => ({ caller: loopback(), callee: loopback() }));

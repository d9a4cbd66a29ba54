// SPDX-License-Identifier: Apache-2.0
// `porthole policy`: the policy server alone.

import {
  accessPolicyFile,
  createPolicyServer,
  MASTER_POLICY_PORT,
  policyFile,
  SILVERLIGHT_POLICY_PORT,
} from '../../policy-server/index.ts';
import type { Context } from '../terminal/context.ts';

export async function policy(context: Context): Promise<void> {
  const { life, output, settings } = context;
  const { silverlight = false, from = ['*'] } = settings;
  const port = settings.port ?? (silverlight ? SILVERLIGHT_POLICY_PORT : MASTER_POLICY_PORT);
  const toPorts = settings.toPorts ?? (silverlight ? '4502-4534' : '*');
  const file = silverlight
    ? accessPolicyFile({ from, toPorts })
    : policyFile({ port, grants: from.map((domain) => ({ domain, toPorts })) });
  const server = life.keep(await createPolicyServer({ port, host: settings.address?.[0], policy: file }));
  output.event(
    { event: 'ready', port: server.port },
    `The policy server answers on port ${server.port}: ${from.join(', ')} may reach ports ${toPorts}.`,
  );
  await life.until(new Promise(() => {}));
}

// SPDX-License-Identifier: Apache-2.0
// Puts a suite together: signaling, relay, policy answers and the browser's files on one port.

import { join } from 'node:path';
import { pino } from 'pino';
import { answerPolicy } from '../../policy-server/answer.ts';
import { policyFile } from '../../policy-server/policy-file.ts';
import { plainJson } from '../../proto/text.ts';
import { dialled, type LanSite } from '../../signaling/naming/names.ts';
import { createRelay } from '../../signaling/relay/relay.ts';
import { isLoopback } from '../../signaling/shared/caller.ts';
import { createSuite, type Suite } from '../../signaling/suite.ts';
import { frontOf } from '../../transport/http/first-bytes.ts';
import { nodeStrategies } from '../../transport/strategies/node.ts';
import type { Strategy } from '../../transport/strategy/strategy.ts';
import { usableHome } from '../settings/home.ts';
import { type Context, DEFAULT_PORT } from '../terminal/context.ts';
import { browserAssets } from './browser-assets.ts';
import { passingCollector } from './collector.ts';
import { httpGateway } from './http-gateway.ts';
import { othersStrategies } from './strategies.ts';

/**
 * Opens a suite by the settings.
 * @param fallback where to listen when no address is given
 * @param lan the site that this network is shown
 * @param others the strategies of others, where they are loaded already
 * @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN, STORAGE_FAILED, CONFIG_INVALID; USAGE for a strategy that cannot be used
 */
export async function startSuite(context: Context, fallback: string, lan?: LanSite, others?: readonly Strategy[]): Promise<Suite> {
  const { settings, version, stderr } = context;
  const home = await usableHome(settings);
  const [address = fallback, ...more] = settings.address ?? [];
  const strategies = others ?? (await othersStrategies(settings));
  const logger = pino({ level: settings.json ? 'silent' : 'warn' }, { write: (line) => stderr.write(plainJson(line)) });
  const relay = createRelay({ passed: passingCollector() });
  // Rich-internet-app clients may reach this suite's own ports, from anywhere: the relay asks for a ticket of its own.
  const policy = policyFile({ grants: [{ domain: '*', toPorts: '*' }], port: 0 });
  const gateway = httpGateway(
    () => `http://${dialled(address)}:${port}`,
    () => nodeStrategies(undefined, strategies),
  );
  let port = 0;
  try {
    const suite = await createSuite({
      port: settings.port ?? DEFAULT_PORT,
      address,
      moreAddresses: more,
      // On this machine alone, or in its network, there is no NAT to examine, unless someone asks for it with a second address.
      exams: more.length > 0 || (!isLoopback(address) && !lan),
      lan,
      domains: settings.domain,
      publicUrl: settings.publicUrl,
      dataFolder: join(home, 'suite'),
      browserAssets: await browserAssets(context),
      logger,
      trustProxy: settings.trustProxy,
      stunPort: settings.stunPort,
      relay,
      gateway: Object.assign(gateway.ask, { connect: gateway.connect }),
      relayPort: 'shared',
      relayUpgrade: (request, socket, head) => relay.handleUpgrade(request, socket, head),
      front: (server) =>
        frontOf(server, { framed: (socket) => relay.handleSocket(socket), policy: (socket) => answerPolicy(socket, policy) }).server,
      version,
    });
    port = suite.port;
    return {
      ...suite,
      close: async () => {
        await gateway.close();
        await suite.close();
        await relay.close();
      },
    };
  } catch (error) {
    await relay.close();
    throw error;
  }
}

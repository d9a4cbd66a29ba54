// SPDX-License-Identifier: Apache-2.0
// The list of a Node end's strategies: a new strategy is one line here.

import { PortholeError } from '../../proto/errors.ts';
import { dialTcp, tcpPipe } from '../channel/tcp.ts';
import { dialWebSocket, webSocketPipe } from '../channel/web-socket.ts';
import { nodeRtc } from '../rtc/node.ts';
import { POLICY_NAMES, policyFor, tiersOf } from '../strategy/policy.ts';
import { infoOf, type Strategy, type StrategyInfo } from '../strategy/strategy.ts';
import { dataChannel } from './data-channel.ts';
import { DATA_CHANNEL, RELAY } from './descriptions.ts';
import { type DialRelay, relay } from './relay.ts';
import { TCP_PUNCH, tcpPunch } from './tcp-punch.ts';

interface NodeStrategy extends StrategyInfo {
  /** Loads what it needs of the platform. */
  readonly open: () => Promise<Strategy>;
}

const BUILT_IN: readonly NodeStrategy[] = [
  { ...TCP_PUNCH, open: async () => tcpPunch() },
  { ...DATA_CHANNEL, open: async () => dataChannel(await nodeRtc()) },
  { ...RELAY, open: async () => relay(dialRelayFromNode) },
];

/** The names of the strategies, in the order they are tried. */
export const STRATEGY_NAMES: readonly string[] = BUILT_IN.map(({ name }) => name);

/**
 * The strategies of this end.
 * @param via names, in the order to try, or a policy's name alone: the strategies it allows; all when left out
 * @param more strategies of others, whose names are not taken
 * @throws PortholeError USAGE for a name that is none
 */
export async function nodeStrategies(via?: readonly string[], more: readonly Strategy[] = []): Promise<Strategy[]> {
  const policy = policyFor(via);
  const all = [...BUILT_IN, ...more.map((strategy): NodeStrategy => ({ ...infoOf(strategy), open: async () => strategy }))];
  const known = all.map(({ name }) => name);
  const names = via === undefined || POLICY_NAMES.includes(policy.name) ? known : via;
  const strategies = names.map((name) => {
    const strategy = all.find((one) => one.name === name);
    if (strategy) return strategy;
    throw new PortholeError('USAGE', `"${name}" is neither a strategy (${known.join(', ')}) nor a policy (${POLICY_NAMES.join(', ')})`);
  });
  return Promise.all(tiersOf(policy, strategies).flatMap((tier) => tier.map(({ open }) => open())));
}

/** TCP costs least; where only HTTP gets through, the WebSocket does. */
export const dialRelayFromNode: DialRelay = async (offer, signal) => {
  if (offer.tcp) {
    try {
      return tcpPipe(await dialTcp(offer.tcp.host, offer.tcp.port, signal));
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
  return webSocketPipe(await dialWebSocket(offer.webSocket, signal));
};

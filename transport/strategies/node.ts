// SPDX-License-Identifier: Apache-2.0
// The list of ways a Node end has: a new way is one line here.

import { PortholeError } from '../../proto/errors.ts';
import { POLICY_NAMES, policyFor, stagesOf } from '../policy.ts';
import { nodeRtc } from '../rtc/node.ts';
import type { Strategy } from '../strategy.ts';
import { dataChannel } from './data-channel.ts';
import { relay } from './relay.ts';
import { dialRelayFromNode } from './relay-node.ts';
import { tcpPunch } from './tcp-punch.ts';

const WAYS: Readonly<Record<string, () => Promise<Strategy>>> = {
  'tcp-punch': async () => tcpPunch(),
  'data-channel': async () => dataChannel(await nodeRtc()),
  relay: async () => relay(dialRelayFromNode),
};

/** The names of the ways, in the order they are tried. */
export const WAY_NAMES: readonly string[] = Object.keys(WAYS);

/**
 * The ways of this end.
 * @param via names, in the order to try, or a policy's name alone: the ways it allows; all when left out
 * @throws PortholeError USAGE for a name that is none
 */
export async function nodeStrategies(via?: readonly string[]): Promise<Strategy[]> {
  const policy = policyFor(via);
  const names = via === undefined || POLICY_NAMES.includes(policy.name) ? WAY_NAMES : via;
  const ways = names.map((name) => {
    const open = Object.hasOwn(WAYS, name) ? WAYS[name] : undefined;
    if (open) return { name, open };
    throw new PortholeError(
      'USAGE',
      `"${name}" is neither a way to a host (${WAY_NAMES.join(', ')}) nor a policy (${POLICY_NAMES.join(', ')})`,
    );
  });
  return Promise.all(stagesOf(policy, ways).flatMap((stage) => stage.map(({ open }) => open())));
}

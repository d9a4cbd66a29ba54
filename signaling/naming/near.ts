// SPDX-License-Identifier: Apache-2.0
// Which addresses are near: of this machine, or of a network that the Internet does not lead into.

import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { canonicalAddress } from '../shared/caller.ts';
import type { SuiteNames } from './names.ts';

/** Addresses of private networks (RFC 1918, RFC 4193), and those of one link (RFC 3927, RFC 4291 section 2.5.6). */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
const OF_THE_LINK = ['169.254.0.0/16', 'fe80::/10'];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** Node's list of blocked addresses is a list of any. */
function listOf(nets: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const net of nets) {
    const [address = '', bits] = net.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Whether an address (in canonical form) belongs to a private network. */
export const isPrivate = listOf(PRIVATE);

/** Whether an address holds on one link only. */
export const isLinkLocal = listOf(OF_THE_LINK);

/** Whether an address cannot be that of a stranger on the Internet. What is no address is not near. */
export const isNear = listOf([...PRIVATE, ...OF_THE_LINK, ...LOOPBACK]);

/** What a stranger is told: a machine with a public address must not become public by showing a site to its network. */
export const STRANGER = 'this suite answers callers in its own network only';

/** Whether a connection comes from a stranger where only this network is answered. */
export function isStranger({ lan }: Pick<SuiteNames, 'lan'>, { socket }: Pick<IncomingMessage, 'socket'>): boolean {
  return lan !== undefined && !isNear(canonicalAddress(socket.remoteAddress ?? ''));
}

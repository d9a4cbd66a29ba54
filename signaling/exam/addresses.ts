// SPDX-License-Identifier: Apache-2.0
// Which addresses of the suite a caller is told for STUN: such as it can reach. Pure.

import { BlockList, isIPv4 } from 'node:net';
import type { SocketAddress } from '../../transport/nat/profile.ts';
import { type Caller, canonicalAddress } from '../shared/caller.ts';

/** Addresses that mean something within one network only (RFC 6890): outside it they are nobody's, or another's. */
const LOCAL = new BlockList();
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  LOCAL.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  LOCAL.addSubnet(net, bits, 'ipv6');

/** Whether an address means something within one network only. */
export function isLocal(ip: string): boolean {
  return LOCAL.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6');
}

/**
 * What a caller is told of where the suite listens.
 * An address that listens for all of the machine's is told as the one the caller reached. Where a proxy hides that, or a router in
 * front of the suite has another address than the suite (a cloud's public address), the ip is left empty: the host that was dialled.
 * A further address of that kind cannot be told at all.
 */
export function told(listening: readonly SocketAddress[], caller: Pick<Caller, 'ip' | 'reached'>): SocketAddress[] {
  const list = listening.map(({ ip, port }) => ({ ip: ip === '0.0.0.0' || ip === '::' ? caller.reached : canonicalAddress(ip), port }));
  const foreign = (ip: string): boolean => ip === '' || (isLocal(ip) && !isLocal(caller.ip));
  return list.flatMap(({ ip, port }) => {
    if (!foreign(ip)) return [{ ip, port }];
    return ip === caller.reached || caller.reached === '' ? [{ ip: '', port }] : [];
  });
}

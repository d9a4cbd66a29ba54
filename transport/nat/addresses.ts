// SPDX-License-Identifier: Apache-2.0
// Rules for addresses: where a punch may send to at all, and which of its own addresses an end tells. Pure.

import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { PortholeError } from '../../proto/errors.ts';
import type { NatProfile, SocketAddress } from './profile.ts';

/** The same address in one spelling: IPv4 in dots also where it came in IPv6's clothes (RFC 4291 section 2.5.5.2). */
export function canonical(ip: string): string {
  const [, v4] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip) ?? [];
  if (v4) return v4;
  return isIPv6(ip) && !ip.includes('%') ? new URL(`http://[${ip}]/`).hostname.slice(1, -1) : ip;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Addresses of a network's inside: RFC 1918, RFC 3927, RFC 4193. */
const inside = new BlockList();
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  inside.addSubnet(net, bits);
inside.addSubnet('fc00::', 7, 'ipv6');

const within = (list: BlockList, ip: string): boolean => list.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6');

/** Whether an address means this machine to itself. */
export const isLoopback = (ip: string): boolean => within(loopback, canonical(ip));

/** Whether an address is one of the internet's: what stands between is nobody's whom we know. */
export const isOutside = (ip: string): boolean => !isLoopback(ip) && !within(inside, canonical(ip)) && !/^fe80:/i.test(ip);

/** Whether the suite sees both ends come from one address: then the inside of the one may be the inside of the other. */
export function sharesNetwork(self: NatProfile, peer: NatProfile): boolean {
  const [own, its] = [self.observed, peer.observed];
  return own !== undefined && its !== undefined && canonical(own.ip) === canonical(its.ip);
}

/** Whether an end is on the suite's own machine: the suite sees it come from there, not from outside. */
export const atSuite = ({ observed }: NatProfile): boolean => observed !== undefined && isLoopback(observed.ip);

/**
 * Whether this end may send to an address that the other end names: one that the suite saw it come from, or one of the
 * inside when both are in the same. Nobody is made to send to a third party.
 * @param suite addresses of the suite as this end knows them: one that is on its machine is reached by them
 */
export function mayReach(ip: string, self: NatProfile, peer: NatProfile, suite: readonly string[] = []): boolean {
  const to = canonical(ip);
  // What the suite sees as its own machine is another machine here.
  if (isLoopback(to)) return sharesNetwork(self, peer) && isLoopback(self.observed?.ip ?? '');
  if (atSuite(peer) && !atSuite(self) && suite.includes(to)) return true;
  if ([peer.observed, peer.ipv4, peer.ipv6].some((seen) => seen && canonical(seen.ip) === to)) return true;
  return sharesNetwork(self, peer) && within(inside, to);
}

/** @throws PortholeError NOT_ALLOWED for a list with one address that `mayReach` refuses */
export function demandReachable(list: readonly SocketAddress[], self: NatProfile, peer: NatProfile, suite: readonly string[] = []): void {
  for (const { ip } of list)
    if (!mayReach(ip, self, peer, suite))
      throw new PortholeError('NOT_ALLOWED', `the other end names an address that is not known to be its own: ${ip}`);
}

/** The address of one family that the suite saw an end come from; undefined when there is none. */
export function outsideOf(profile: NatProfile, family: 4 | 6): string | undefined {
  const seen = [profile.observed?.ip, profile.ipv4?.ip, profile.ipv6?.ip].filter((ip) => ip !== undefined).map(canonical);
  return seen.find((ip) => (family === 4 ? isIPv4(ip) : isIPv6(ip)));
}

/** Addresses of this machine's interfaces, without names of interfaces. */
export function ownAddresses(interfaces: NodeJS.Dict<readonly { readonly address: string }[]>): string[] {
  const all = Object.values(interfaces).flatMap((list) => (list ?? []).map(({ address }) => address));
  return [...new Set(all.filter((ip) => !/^fe80:/i.test(ip)).map(canonical))];
}

/**
 * The addresses that this end tells the other as reachable without a punch: those the suite saw that are its own, and those of
 * its inside where both are in one, or those of the suite's machine where it is on that. Nothing else of the inside is told to
 * anybody.
 * @param own the addresses of this machine
 */
export function candidateAddresses(self: NatProfile, peer: NatProfile, own: readonly string[]): string[] {
  // One of the inside is of use to those only whom the suite sees come from an inside.
  const suite = own.filter((ip) => !isLoopback(ip) && (!within(inside, ip) || within(inside, canonical(peer.observed?.ip ?? ''))));
  return own.filter((ip) => mayReach(ip, peer, self, suite));
}

// SPDX-License-Identifier: Apache-2.0
// Links that this machine's own network can open: by which of its addresses, and what becomes of them.

import { createSocket } from 'node:dgram';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { urlHost } from '../../signaling/naming/names.ts';
import { isLinkLocal, isPrivate } from '../../signaling/naming/near.ts';
import { canonicalAddress } from '../../signaling/shared/caller.ts';
import type { NetworkWatch } from '../../transport/system/network.ts';

/** An address of nobody's (RFC 5737): what leads there is the way to everywhere. */
const FAR = '192.0.2.1';
const DISCARD_PORT = 9;

/**
 * The addresses by which a network may call this machine, the likeliest first: that of the default route, then others. Private IPv4,
 * else IPv6, else what holds on one link.
 * @param interfaces as `os.networkInterfaces` has them
 * @param route the address from which the Internet is called, if there is one
 */
export function lanAddresses(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>, route: string | null): string[] {
  const outside = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal);
  const of = (family: 'IPv4' | 'IPv6', fits: (address: string) => boolean): string[] =>
    outside.filter((one) => one.family === family && fits(one.address)).map(({ address }) => canonicalAddress(address));
  // A browser cannot be told of which link an IPv6 address of a link is (RFC 6874 was taken back), so those are none.
  const kinds = [of('IPv4', isPrivate), of('IPv6', isPrivate), of('IPv4', isLinkLocal)];
  const found = new Set(kinds.find((kind) => kind.length > 0));
  return route !== null && found.delete(route) ? [route, ...found] : [...found];
}

/** The address from which this machine calls the Internet; null when it has no way there. No packet is sent for it. */
export function routeAddress(): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const done = (address: string | null): void => {
      socket.removeAllListeners().on('error', () => {});
      socket.close();
      resolve(address);
    };
    socket.on('error', () => done(null));
    socket.connect(DISCARD_PORT, FAR, () => done(socket.address().address));
  });
}

/** The links to a port of this machine for its network, the likeliest first. */
export async function lanLinks(port: number): Promise<string[]> {
  return lanAddresses(networkInterfaces(), await routeAddress()).map((address) => new URL(`http://${urlHost(address)}:${port}/`).href);
}

/**
 * Follows the links as the network changes, until it is closed.
 * @param links asks for them
 * @param changed told when they are others than before
 */
export function followLinks(
  watch: NetworkWatch,
  links: () => Promise<readonly string[]>,
  before: readonly string[],
  changed: (links: readonly string[]) => void,
): { close(): Promise<void> } {
  let closed = false;
  let known = before;
  const stop = watch(() => {
    void links().then((now) => {
      if (closed || now.join() === known.join()) return;
      known = now;
      changed(now);
    });
  });
  return {
    async close() {
      closed = true;
      stop();
    },
  };
}

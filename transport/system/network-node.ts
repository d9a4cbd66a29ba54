// SPDX-License-Identifier: Apache-2.0
// Watches the network of a Node end: looks at its interfaces every few seconds.

import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { type Clock, systemClock } from '../time/clock.ts';
import { lookAgain, type NetworkWatch } from './network.ts';

export type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** The interfaces; null when the system does not tell (EMFILE and the like). Never throws. */
export function interfacesNow(): Interfaces | null {
  try {
    return networkInterfaces();
  } catch {
    return null;
  }
}

/** All addresses of this machine; none when the system does not tell. */
export function addressesNow(): NetworkInterfaceInfo[] {
  return Object.values(interfacesNow() ?? {}).flatMap((list) => list ?? []);
}

/** A look so much later than it should be is taken for sleep, in milliseconds: a busy process is not that late. */
export const NODE_SLEEP_MS = 10_000;

/** Watches the addresses of this machine. Its timer does not keep the process alive. */
export function watchNodeNetwork(
  options: { readonly clock?: Clock; readonly wall?: () => number; readonly interfaces?: () => Interfaces | null } = {},
): NetworkWatch {
  const { clock = systemClock, wall = Date.now, interfaces = interfacesNow } = options;
  return (changed) => {
    let before = addressesOf(interfaces() ?? {});
    return lookAgain(clock, wall, NODE_SLEEP_MS, (slept) => {
      const found = interfaces();
      const now = found ? addressesOf(found) : before;
      const change = slept ? 'this computer slept' : difference(before, now);
      before = now;
      if (change) changed(change);
    });
  };
}

/** Addresses that lead somewhere, each with its interface. */
function addressesOf(interfaces: Interfaces): Map<string, string> {
  const found = Object.entries(interfaces).flatMap(([name, list]) =>
    (list ?? []).filter(({ internal }) => !internal).map(({ address }): [string, string] => [`${name} ${address}`, name]),
  );
  return new Map(found);
}

/** What differs, in words; empty when nothing does. */
function difference(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string {
  const come = new Set([...now].filter(([address]) => !before.has(address)).map(([, name]) => name));
  const gone = new Set([...before].filter(([address]) => !now.has(address)).map(([, name]) => name));
  if (come.size > 0) return `the network changed: a new address on ${[...come].join(', ')}`;
  return gone.size > 0 ? `the network changed: an address of ${[...gone].join(', ')} is gone` : '';
}

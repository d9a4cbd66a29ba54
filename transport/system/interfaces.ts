// SPDX-License-Identifier: Apache-2.0
// This machine's interfaces, as the system tells them: it needs a descriptor for that, and may have none left. For Node ends.

import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

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

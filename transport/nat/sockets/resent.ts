// SPDX-License-Identifier: Apache-2.0
// Reads from the system how many packets of a TCP socket it has sent again.

import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { CONSTANTS, type Koffi, System } from './system.ts';

let system: System | null | undefined;

/** Packets that the system has sent again for this socket so far; 0 where it does not say. */
export function resentBy(socket: Socket): number {
  if (system === undefined) system = load();
  // Node has no words for the descriptor of a socket that it opened itself.
  const fd = (socket as { _handle?: { fd?: number } | null })._handle?.fd ?? -1;
  if (!system || fd < 0) return 0;
  try {
    return system.resent(fd);
  } catch {
    return 0; // what is only a measure fails nothing
  }
}

function load(): System | null {
  const constants = Object.hasOwn(CONSTANTS, process.platform) ? CONSTANTS[process.platform] : undefined;
  if (!constants?.connection) return null;
  try {
    return new System(createRequire(import.meta.url)('koffi') as Koffi, constants);
  } catch {
    return null;
  }
}

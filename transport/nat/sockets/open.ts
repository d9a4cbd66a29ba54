// SPDX-License-Identifier: Apache-2.0
// Which sockets this process can have: those with options, through koffi, or Node's own.

import { endianness } from 'node:os';
import { FfiSockets } from './ffi.ts';
import { NodeSockets } from './node.ts';
import type { TcpSockets } from './sockets.ts';
import { CONSTANTS, type Koffi, System } from './system.ts';

/** Where to look, for tests: `platform` as in process.platform, `load` brings koffi or throws. */
export interface OpenOptions {
  readonly platform?: string;
  readonly load?: () => Promise<Koffi>;
}

/** The best sockets there are here. Never throws: what is missing is said by `kind` and `why`. */
export async function openSockets({ platform = process.platform, load = () => import('koffi') }: OpenOptions = {}): Promise<TcpSockets> {
  const constants = Object.hasOwn(CONSTANTS, platform) ? CONSTANTS[platform] : undefined;
  if (!constants || endianness() !== 'LE') return new NodeSockets(`the socket options of ${platform} are not known`);
  let koffi: Koffi;
  try {
    koffi = await load();
  } catch (error) {
    return new NodeSockets(`koffi, which calls the system, cannot be loaded: ${wordsOf(error)}`);
  }
  try {
    const sockets = new FfiSockets(new System(koffi, constants), `koffi ${koffi.version} calls ${platform} itself`);
    // Proves the calls, before anyone relies on them.
    sockets.bind({ ip: '127.0.0.1', port: 0 }, sockets.can.has('minTtl') ? { ttl: 64, minTtl: 0 } : { ttl: 64 }).close();
    return sockets;
  } catch (error) {
    return new NodeSockets(`the system's calls do not work: ${wordsOf(error)}`);
  }
}

/** The first line: a failing import adds a stack of what it required. */
function wordsOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] as string;
}

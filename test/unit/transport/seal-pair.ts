// SPDX-License-Identifier: Apache-2.0
// Two sealed ends on a pair of connections, for the tests of the seal.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Connection } from '../../../transport/connection.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import type { KeyPair, Primitives } from '../../../transport/seal/primitives.ts';
import { type Sealed, type SealOptions, sealAsHost, sealAsVisitor } from '../../../transport/seal/sealed.ts';
import { dialTcp, tcpConnection } from '../../../transport/tcp.ts';

export interface PairOptions extends Partial<Omit<SealOptions, 'key' | 'primitives'>> {
  readonly pattern?: 'IK' | 'XX';
  readonly visitor?: Primitives;
  readonly host?: Primitives;
  readonly hostKey?: KeyPair;
}

/** Seals both ends of a pair: the visitor's is `a`. */
export function sealedPair(
  a: Connection,
  b: Connection,
  options: PairOptions = {},
): { a: Sealed; b: Sealed; hostKey: KeyPair; visitorKey: KeyPair } {
  const { pattern = 'IK', visitor = nodePrimitives, host = nodePrimitives, hostKey = nodePrimitives.newKeyPair(), ...rest } = options;
  const visitorKey = nodePrimitives.newKeyPair();
  const site = pattern === 'IK' ? hostKey.publicKey : null;
  return {
    b: sealAsHost(b, { key: hostKey, primitives: host, ...rest }),
    a: sealAsVisitor(a, { site, key: visitorKey, primitives: visitor, ...rest }),
    hostKey,
    visitorKey,
  };
}

/** A pair on loopback TCP; `a` has dialled. */
export async function tcpPair(): Promise<{ a: Connection; b: Connection }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = await dialTcp('127.0.0.1', (server.address() as AddressInfo).port);
  const [other] = (await accepted) as [Socket];
  server.close();
  return { a: tcpConnection(socket), b: tcpConnection(other) };
}

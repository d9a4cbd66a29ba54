// SPDX-License-Identifier: Apache-2.0
// Two sealed ends on a pair of connections, and somebody in the middle, for the tests of the seal.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { PortholeError } from '../../../proto/errors.ts';
import type { Connection } from '../../../transport/channel/connection.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { dialTcp, tcpConnection } from '../../../transport/channel/tcp.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import type { KeyPair, Primitives } from '../../../transport/seal/primitives.ts';
import { type Sealed, type SealOptions, sealAsHost, sealAsVisitor } from '../../../transport/seal/sealed.ts';
import { subtlePrimitives } from '../../../transport/seal/subtle.ts';
import { webPrimitives } from '../../../transport/seal/web.ts';
import { asked } from '../../support/asked.ts';

/** Each platform's primitives: what holds for one has to hold for the other. */
export const platforms: Readonly<Record<string, Primitives>> = { node: nodePrimitives, web: webPrimitives, subtle: subtlePrimitives };

export interface PairOptions extends Partial<Omit<SealOptions, 'key' | 'primitives'>> {
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
  const { visitor = nodePrimitives, host = nodePrimitives, hostKey = nodePrimitives.newKeyPair(), ...rest } = options;
  const visitorKey = nodePrimitives.newKeyPair();
  return {
    b: sealAsHost(b, { key: hostKey, primitives: host, ...rest }),
    a: sealAsVisitor(a, { site: hostKey.publicKey, key: visitorKey, primitives: visitor, ...rest }),
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

export type Side = 'visitor' | 'host';

/** A message as it passes: who sent it, which of that end's messages it is, from 0. */
export interface Passing {
  readonly from: Side;
  readonly number: number;
  readonly message: Uint8Array;
}

/** What the middle makes of a message: what it passes on in its place, or the end of the path. */
export type Alter = (passing: Passing) => readonly Uint8Array[] | 'end' | 'cut';

/** A wire with somebody in the middle, who sees and alters what crosses it. Each end has its own pair in memory. */
export function middle(alter: Alter = ({ message }) => [message]): { a: Connection; b: Connection; seen: readonly Passing[] } {
  const near = memoryPair();
  const far = memoryPair();
  const seen: Passing[] = [];
  const pass = async (from: Side, source: Connection, target: Connection): Promise<void> => {
    try {
      for (let number = 0; ; number++) {
        const message = await asked(source).receive();
        if (message === null) return await target.close();
        const passing = { from, number, message: new Uint8Array(message) };
        seen.push(passing);
        const passed = alter(passing);
        if (passed === 'end') return await target.close();
        if (passed === 'cut') return target.abort(new Error('cut'));
        for (const one of passed) await target.send(new Uint8Array(one));
      }
    } catch (error) {
      target.abort(error as Error);
    }
  };
  void pass('visitor', near.b, far.a);
  void pass('host', far.a, near.b);
  return { a: near.a, b: far.b, seen };
}

/** All that a connection receives until its end; with the code it broke with, if it did. `came`: called at each message. */
export async function drain(connection: Connection, came = (): void => {}): Promise<{ texts: string[]; code: string | null }> {
  const texts: string[] = [];
  try {
    for (;;) {
      const message = await asked(connection).receive();
      if (message === null) return { texts, code: null };
      texts.push(text(message));
      came();
    }
  } catch (error) {
    return { texts, code: codeOf(error) };
  }
}

export function codeOf(error: unknown): string {
  assert.ok(error instanceof PortholeError, String(error));
  return error.code;
}

/** The code a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => assert.fail('it did not reject'), codeOf);
}

export const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('latin1');
export const bytes = (content: string): Uint8Array => new Uint8Array(Buffer.from(content, 'latin1'));

/** Lets what is under way arrive: turns of the event loop, not time. */
export async function turns(count = 8): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

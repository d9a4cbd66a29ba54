// SPDX-License-Identifier: Apache-2.0
// hyperdht in the lab: a table of its own on the suite's addresses, with a blind relay; ends that punch first and are relayed if need be.

import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { peerPackage } from '../lib/packages.ts';
import type { Reached, Stack } from '../lib/reach.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}
/** What is used of hyperdht. */
interface Dht {
  fullyBootstrapped(): Promise<void>;
  connect(key: Uint8Array, options?: { relayThrough: Uint8Array }): DhtSocket;
  createServer(onSocket: (socket: DhtSocket) => void): { listen(pair?: unknown): Promise<void>; readonly publicKey: Uint8Array };
  createRawStream(options: object): unknown;
}
interface DhtSocket extends Duplex {
  readonly remotePublicKey: Uint8Array;
  readonly rawStream: { readonly remoteHost: string } | null;
}
interface DhtClass {
  new (options: object): Dht;
  bootstrapper(port: number, host: string, options: object): Dht;
}
/** What is used of blind-relay. */
interface RelayServer {
  accept(socket: DhtSocket, options: { id: Uint8Array }): { on(event: 'error', listener: () => void): void };
}

interface Meeting {
  readonly bootstrap: readonly Address[];
  /** The relay's key, in hex. */
  readonly relay: string;
  readonly addresses: readonly string[];
}

/** Nodes on each address: an end asks four about its NAT, and not those that it has just heard of. */
const NODES = 6;
const FIRST_PORT = 49_737;
/** Milliseconds before each try of a direct connection: as hyperswarm does it, which is hyperdht's own way to keep connections. */
const PAUSES_MS = [0, 1000, 5000];
/** How long they may take together, in milliseconds: ports are guessed for 35 s. */
const DIRECT_MS = 60_000;
/** How long a relayed connection may take, in milliseconds. */
const RELAYED_MS = 20_000;

const dhtClass = async (): Promise<DhtClass> => (await peerPackage<{ default: DhtClass }>('hyperdht')).default;

async function suite(addresses: readonly string[]): Promise<Meeting> {
  const Class = await dhtClass();
  const bootstrap = addresses.map((host) => ({ host, port: FIRST_PORT }));
  const nodes = addresses.map((host) => Class.bootstrapper(FIRST_PORT, host, { host, bootstrap: [] }));
  for (const node of nodes) await node.fullyBootstrapped();
  for (let port = FIRST_PORT + 1; port < FIRST_PORT + NODES; port++) {
    for (const host of addresses) {
      await new Class({ host, port, anyPort: false, bootstrap, ephemeral: false, firewalled: false }).fullyBootstrapped();
    }
  }
  const { Server } = (await peerPackage<{ default: { Server: new (options: object) => RelayServer } }>('blind-relay')).default;
  const dht = new Class({ host: addresses[0], port: FIRST_PORT + NODES, anyPort: false, bootstrap, ephemeral: false, firewalled: false });
  await dht.fullyBootstrapped();
  const relay = new Server({ createStream: (options: object) => dht.createRawStream({ ...options, framed: true }) });
  const server = dht.createServer((socket) => {
    socket.on('error', () => {});
    relay.accept(socket, { id: socket.remotePublicKey }).on('error', () => {});
  });
  await server.listen();
  return { bootstrap, relay: Buffer.from(server.publicKey).toString('hex'), addresses };
}

/** A node that has joined the table, and how long that took. */
async function node({ bootstrap }: Meeting): Promise<{ dht: Dht; joinMs: number }> {
  const Class = await dhtClass();
  const began = performance.now();
  const dht = new Class({ bootstrap });
  await dht.fullyBootstrapped();
  return { dht, joinMs: Math.round(performance.now() - began) };
}

/** A host that sends back what it gets. Tells its key. */
async function host(meeting: Meeting): Promise<string> {
  const { dht } = await node(meeting);
  const server = dht.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => socket.write(data));
  });
  await server.listen();
  return Buffer.from(server.publicKey).toString('hex');
}

/** Waits until it is open and has carried something there and back. Returns when it was open, by performance.now(). */
async function proved(socket: DhtSocket, ms: number): Promise<number> {
  const signal = AbortSignal.timeout(ms);
  // It may fail more than once.
  socket.on('error', () => {});
  try {
    await once(socket, 'open', { signal });
    const openedAt = performance.now();
    socket.write(Buffer.from('are you there?'));
    await once(socket, 'data', { signal });
    return openedAt;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? new Error(`no connection within ${Math.round(ms / 1000)} s`) : error;
  }
}

async function reach(dht: Dht, meeting: Meeting, key: Uint8Array): Promise<Omit<Reached, 'joinMs'>> {
  const began = performance.now();
  const left = (): number => Math.ceil(began + DIRECT_MS - performance.now());
  const reasons = new Set<string>();
  for (const pauseMs of PAUSES_MS) {
    await pause(pauseMs);
    if (left() <= 0) break;
    try {
      const openedAt = await proved(dht.connect(key), left());
      return { rung: 'udp', directMs: Math.round(openedAt - began), why: null };
    } catch (error) {
      reasons.add((error as Error).message);
    }
  }
  try {
    const socket = dht.connect(key, { relayThrough: Buffer.from(meeting.relay, 'hex') });
    const openedAt = await proved(socket, RELAYED_MS);
    if (!meeting.addresses.includes(socket.rawStream?.remoteHost ?? '')) {
      return { rung: 'udp', directMs: Math.round(openedAt - began), why: null };
    }
    return { rung: 'relay', directMs: null, why: [...reasons].join('; ') };
  } catch (error) {
    return { rung: 'none', directMs: null, why: [...reasons, (error as Error).message].join('; ') };
  }
}

export const stack: Stack<Meeting, string> = {
  name: 'hyperdht',
  file: import.meta.filename,
  packages: ['hyperdht', 'blind-relay'],
  suite,
  host,
  async visitor(meeting) {
    const { dht, joinMs } = await node(meeting);
    return async (key) => ({ ...(await reach(dht, meeting, Buffer.from(key, 'hex'))), joinMs });
  },
};

// SPDX-License-Identifier: Apache-2.0
// js-libp2p in the lab: a circuit relay on the suite's addresses, and ends with all that its documentation has for NATs over TCP.

import { setTimeout as pause } from 'node:timers/promises';
import { peerPackage } from '../lib/packages.ts';
import type { Reached, Stack } from '../lib/reach.ts';

/** What is used of libp2p. */
interface Stream extends AsyncIterable<{ subarray(): Uint8Array }> {
  send(data: Uint8Array): boolean;
}
interface Connection {
  readonly status: string;
  /** Set when it goes through a relay. */
  readonly limits?: unknown;
  readonly remotePeer: { toString(): string };
  newStream(protocol: string, options: object): Promise<Stream>;
}
interface Node {
  start(): Promise<void>;
  readonly peerId: { toString(): string };
  getMultiaddrs(): { toString(): string }[];
  getConnections(): Connection[];
  handle(protocol: string, handler: (stream: Stream) => void, options: object): Promise<void>;
  dial(addresses: unknown[], options: { signal: AbortSignal }): Promise<Connection>;
}
type Part = (options?: object) => unknown;

/** The one port that every network lets out. */
const RELAY_PORT = 443;
const PROTOCOL = '/bench/1';
/** How long a place at the relay may take, in milliseconds. */
const RESERVED_MS = 30_000;
/** How long an end looks for an address of its own that others can dial, in milliseconds: UPnP alone takes 5 s. */
const SETTLE_MS = 10_000;
/** How long a dial may take, in milliseconds. */
const DIAL_MS = 30_000;
/** How long a direct connection is waited for beside a relayed one, in milliseconds: DCUtR has up to four tries of 5 s. */
const DIRECT_MS = 20_000;
/** Milliseconds between two looks at what is waited for. */
const LOOK_MS = 5;

/** A node with these services, and the parts that all have; not started yet. */
async function nodeOf(listen: readonly string[], transports: unknown[], services: object): Promise<Node> {
  const [{ createLibp2p }, { tcp }, { noise }, { yamux }, { identify, identifyPush }, { autoNATv2 }] = await Promise.all([
    peerPackage<{ createLibp2p(options: object): Promise<Node> }>('libp2p'),
    peerPackage<{ tcp: Part }>('@libp2p/tcp'),
    peerPackage<{ noise: Part }>('@chainsafe/libp2p-noise'),
    peerPackage<{ yamux: Part }>('@chainsafe/libp2p-yamux'),
    peerPackage<{ identify: Part; identifyPush: Part }>('@libp2p/identify'),
    peerPackage<{ autoNATv2: Part }>('@libp2p/autonat-v2'),
  ]);
  return createLibp2p({
    start: false,
    addresses: { listen },
    transports: [tcp(), ...transports],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), identifyPush: identifyPush(), autoNAT: autoNATv2(), ...services },
  });
}

const addressesOf = (node: Node): string[] => node.getMultiaddrs().map(String);

async function suite(ipv4: readonly string[], ipv6: readonly string[]): Promise<string[]> {
  const { circuitRelayServer } = await peerPackage<{ circuitRelayServer: Part }>('@libp2p/circuit-relay-v2');
  const ips = [...ipv4.map((ip) => `/ip4/${ip}`), ...ipv6.map((ip) => `/ip6/${ip}`)];
  const listen = ips.map((ip) => `${ip}/tcp/${RELAY_PORT}`);
  const node = await nodeOf(listen, [], { circuitRelay: circuitRelayServer() });
  await node.start();
  return listen.map((address) => `${address}/p2p/${node.peerId}`);
}

/** Whether an address is one that anybody could dial. */
const isPublic = (address: string): boolean =>
  !address.includes('/p2p-circuit') && !/^\/ip4\/(127|10|192\.168|100\.64)\./.test(address) && !/^\/ip6\/(::1|f[cde])/.test(address);

/** An end, once it has a place at the relay, and an address of its own if it can get one; and how soon it had joined the relay. */
async function end(relays: readonly string[]): Promise<{ node: Node; joinMs: number }> {
  const [{ circuitRelayTransport }, { dcutr }, { uPnPNAT }] = await Promise.all([
    peerPackage<{ circuitRelayTransport: Part }>('@libp2p/circuit-relay-v2'),
    peerPackage<{ dcutr: Part }>('@libp2p/dcutr'),
    peerPackage<{ uPnPNAT: Part }>('@libp2p/upnp-nat'),
  ]);
  const node = await nodeOf(['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0', `${relays[0]}/p2p-circuit`], [circuitRelayTransport()], {
    dcutr: dcutr(),
    // Its addresses at once: examining them takes more nodes than this network has.
    upnpNAT: uPnPNAT({ autoConfirmAddress: true }),
  });
  const began = performance.now();
  const since = (): number => performance.now() - began;
  const started = node.start();
  const joined = (async (): Promise<void> => {
    while (node.getConnections().length === 0 && since() < RESERVED_MS) await pause(LOOK_MS);
  })();
  await Promise.race([joined, started]);
  const joinMs = Math.round(since());
  await started;
  const isReserved = (): boolean => addressesOf(node).some((address) => address.includes('/p2p-circuit'));
  while (!isReserved()) {
    if (since() > RESERVED_MS) throw new Error('the relay gave no place');
    await pause(LOOK_MS);
  }
  const reservedMs = since();
  while (!addressesOf(node).some(isPublic) && since() - reservedMs < SETTLE_MS) await pause(LOOK_MS);
  return { node, joinMs };
}

async function host(relays: readonly string[]): Promise<string[]> {
  const { node } = await end(relays);
  const sendBack = async (stream: Stream): Promise<void> => {
    for await (const chunk of stream) stream.send(chunk.subarray());
  };
  await node.handle(PROTOCOL, (stream) => void sendBack(stream).catch(() => {}), { runOnLimitedConnection: true });
  return addressesOf(node);
}

/** Carries something there and back. */
async function prove(connection: Connection): Promise<void> {
  const signal = AbortSignal.timeout(DIAL_MS);
  const stream = await connection.newStream(PROTOCOL, { runOnLimitedConnection: true, signal });
  stream.send(Buffer.from('are you there?'));
  for await (const _ of stream) return;
  throw new Error('the stream ended without an answer');
}

async function reach(node: Node, addresses: readonly string[]): Promise<Omit<Reached, 'joinMs'>> {
  const { multiaddr } = await peerPackage<{ multiaddr(text: string): unknown }>('@multiformats/multiaddr');
  const began = performance.now();
  let peer: string;
  try {
    const connection = await node.dial(addresses.map(multiaddr), { signal: AbortSignal.timeout(DIAL_MS) });
    peer = connection.remotePeer.toString();
    if (connection.limits != null) await prove(connection);
  } catch (error) {
    return { rung: 'none', directMs: null, why: (error as Error).message };
  }
  for (;;) {
    const now = performance.now();
    const open = node.getConnections().filter(({ remotePeer, status }) => remotePeer.toString() === peer && status === 'open');
    const direct = open.find(({ limits }) => limits == null);
    if (direct) {
      await prove(direct);
      return { rung: 'tcp', directMs: Math.round(now - began), why: null };
    }
    if (now - began > DIRECT_MS) return { rung: open.length > 0 ? 'relay' : 'none', directMs: null, why: null };
    await pause(LOOK_MS);
  }
}

export const stack: Stack<string[], string[]> = {
  name: 'js-libp2p',
  file: import.meta.filename,
  packages: [
    'libp2p',
    '@libp2p/tcp',
    '@libp2p/identify',
    '@libp2p/autonat-v2',
    '@libp2p/circuit-relay-v2',
    '@libp2p/dcutr',
    '@libp2p/upnp-nat',
    '@chainsafe/libp2p-noise',
    '@chainsafe/libp2p-yamux',
    '@multiformats/multiaddr',
  ],
  // So that it says why it came to no direct connection.
  env: { DEBUG: 'libp2p:dcutr:error' },
  suite,
  host,
  async visitor(relays) {
    const { node, joinMs } = await end(relays);
    return async (addresses) => ({ ...(await reach(node, addresses)), joinMs });
  },
};

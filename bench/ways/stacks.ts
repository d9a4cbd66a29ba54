// SPDX-License-Identifier: Apache-2.0
// Peers beside: other stacks that join two ends with encryption and many streams, js-libp2p and hyperdht.

import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { Answers, piecesOf } from '../lib/bare.ts';
import { HOST, toldBy } from '../lib/loopback.ts';
import { peerPackage } from '../lib/packages.ts';
import type { Way } from '../lib/workload.ts';

/** Bytes that are written at a time. */
const PIECE_BYTES = 65_536;

/** What is used of libp2p. */
interface LibP2pStream extends AsyncIterable<{ subarray(): Uint8Array }> {
  send(data: Uint8Array): boolean;
  onDrain(): Promise<void>;
  close(): Promise<void>;
}
interface LibP2pNode {
  getMultiaddrs(): { toString(): string }[];
  handle(protocol: string, handler: (stream: LibP2pStream) => void): Promise<void>;
  dialProtocol(address: unknown, protocol: string): Promise<LibP2pStream>;
  stop(): Promise<void>;
}

const PROTOCOL = '/bench/1';

async function libP2pNode(listen: string[]): Promise<LibP2pNode> {
  const [{ createLibp2p }, { tcp }, { noise }, { yamux }] = await Promise.all([
    peerPackage<{ createLibp2p(options: object): Promise<LibP2pNode> }>('libp2p'),
    peerPackage<{ tcp(): unknown }>('@libp2p/tcp'),
    peerPackage<{ noise(): unknown }>('@chainsafe/libp2p-noise'),
    peerPackage<{ yamux(): unknown }>('@chainsafe/libp2p-yamux'),
  ]);
  return createLibp2p({ addresses: { listen }, transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()] });
}

export const libp2p: Way = {
  name: 'js-libp2p, TCP + noise + yamux',
  packages: ['libp2p', '@libp2p/tcp', '@chainsafe/libp2p-noise', '@chainsafe/libp2p-yamux', '@multiformats/multiaddr'],
  ends: {
    async server({ folder }) {
      const node = await libP2pNode([`/ip4/${HOST}/tcp/0`]);
      await node.handle(PROTOCOL, async (stream) => {
        for await (const name of stream) {
          for (const piece of piecesOf(folder, Buffer.from(name.subarray()).toString(), PIECE_BYTES)) {
            if (!stream.send(piece)) await stream.onDrain();
          }
          await stream.close();
          return;
        }
      });
      return { tells: { address: node.getMultiaddrs().map(String)[0] }, close: () => node.stop() };
    },
  },
  async client({ told }) {
    const { multiaddr } = await peerPackage<{ multiaddr(text: string): unknown }>('@multiformats/multiaddr');
    const node = await libP2pNode([]);
    const address = multiaddr(toldBy<{ address: string }>(told, 'server').address);
    return {
      async get(name, take) {
        const stream = await node.dialProtocol(address, PROTOCOL);
        const answers = new Answers();
        const answer = answers.next(take);
        stream.send(Buffer.from(name));
        for await (const chunk of stream) answers.push(chunk.subarray());
        await Promise.race([answer, Promise.reject(new Error('the stream ended too soon'))]);
        await stream.close();
      },
      close: () => node.stop(),
    };
  },
};

/** What is used of hyperdht. */
interface Dht {
  connect(key: Uint8Array): Duplex;
  createServer(onSocket: (socket: Duplex) => void): { listen(pair: unknown): Promise<void> };
  destroy(): Promise<void>;
}
interface DhtClass {
  new (options: { bootstrap: readonly Address[]; host: string; firewalled: boolean }): Dht;
  keyPair(): { publicKey: Uint8Array };
}
interface Address {
  readonly host: string;
  readonly port: number;
}
/** Nodes of a table of our own: nothing is asked of the public one. */
const DHT_NODES = 3;

/** Times that a connection is tried: now and then one is not made, and is given up after seconds. */
const DHT_TRIES = 4;

const dhtClass = async (): Promise<DhtClass> => (await peerPackage<{ default: DhtClass }>('hyperdht')).default;
const bootstrapOf = (told: Readonly<Record<string, unknown>>) => ({
  bootstrap: toldBy<{ bootstrap: Address[] }>(told, 'dht').bootstrap,
  host: HOST,
  firewalled: false,
});

export const hyperdht: Way = {
  name: 'hyperdht streams',
  packages: ['hyperdht'],
  ends: {
    async dht() {
      type Testnet = { bootstrap: Address[]; destroy(): Promise<void> };
      const { default: createTestnet } = await peerPackage<{ default(nodes: number): Promise<Testnet> }>('hyperdht/testnet.js');
      const net = await createTestnet(DHT_NODES);
      return { tells: { bootstrap: net.bootstrap }, close: () => net.destroy() };
    },
    async server({ folder, told }) {
      const Class = await dhtClass();
      const dht = new Class(bootstrapOf(told));
      const pair = Class.keyPair();
      const server = dht.createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', async (name: Buffer) => {
          for (const piece of piecesOf(folder, name.toString(), PIECE_BYTES)) {
            if (!socket.write(piece)) await new Promise((resolve) => socket.once('drain', resolve));
          }
        });
      });
      await server.listen(pair);
      return { tells: { key: Buffer.from(pair.publicKey).toString('hex') }, close: () => dht.destroy() };
    },
  },
  async client({ told }) {
    const Class = await dhtClass();
    const dht = new Class(bootstrapOf(told));
    const socket = await dialDht(dht, Buffer.from(toldBy<{ key: string }>(told, 'server').key, 'hex'));
    const answers = new Answers();
    socket.on('data', (chunk: Buffer) => answers.push(chunk));
    socket.on('error', (error) => answers.fail(error));
    return {
      async get(name, take) {
        const answer = answers.next(take);
        socket.write(Buffer.from(name));
        await answer;
      },
      close: () => dht.destroy(),
    };
  },
};

async function dialDht(dht: Dht, key: Uint8Array): Promise<Duplex> {
  for (let left = DHT_TRIES; ; left--) {
    const socket = dht.connect(key);
    try {
      await once(socket, 'open');
      return socket;
    } catch (error) {
      if (left === 1) throw error;
    }
  }
}

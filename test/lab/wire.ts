// SPDX-License-Identifier: Apache-2.0
// The wire: carries packets between pairs of interfaces with a delay, a loss and a rate. A worker, which blocks in poll.

import { workerData } from 'node:worker_threads';
import { packetSocket, poller, receivePacket, sendPacket } from './libc.ts';

/** How a wire is. */
export interface WireOptions {
  /** Pairs of interfaces in this network namespace. */
  readonly legs: readonly (readonly [string, string])[];
  /** From one end to the other, in milliseconds. */
  readonly delayMs: number;
  /** The share of packets that are lost, each way. */
  readonly loss: number;
  /** Megabits a second, each way; 0: as many as come. */
  readonly rateMbit: number;
}

interface Waiting {
  readonly due: number;
  readonly packet: Buffer;
}

/** One way of one leg. */
interface Way {
  readonly from: number;
  readonly to: number;
  /** In order of their time, since all wait equally long. */
  readonly waiting: Waiting[];
  first: number;
  /** When the last bit of what was sent so far is on the wire. */
  busyUntil: number;
}

/** Bytes of virtio's head in front of each packet. */
const HEAD_BYTES = 10;
const MOST_PACKET_BYTES = 128 * 1024;
/** Milliseconds of packets that wait for a full wire before more are dropped. */
const MOST_QUEUE_MS = 100;
/** Packets taken from one interface before the others have their turn. */
const AT_ONCE = 64;

/** ARP and neighbour discovery: how the lab is built, not what it carries. */
function isChore(packet: Buffer): boolean {
  const type = packet.readUInt16BE(HEAD_BYTES + 12);
  if (type === 0x0806) return true;
  const ip = HEAD_BYTES + 14;
  if (type !== 0x86dd || packet.length < ip + 41 || packet[ip + 6] !== 58) return false;
  const kind = packet[ip + 40] as number;
  return kind >= 133 && kind <= 137;
}

/** Carries packets until the process ends. */
function carry({ legs, delayMs, loss, rateMbit }: WireOptions): void {
  const ways: Way[] = legs.flatMap(([a, b]) => {
    const [from, to] = [packetSocket(a), packetSocket(b)];
    return [
      { from, to, waiting: [], first: 0, busyUntil: 0 },
      { from: to, to: from, waiting: [], first: 0, busyUntil: 0 },
    ];
  });
  const wait = poller(ways.map(({ from }) => from));
  const buffer = Buffer.allocUnsafe(MOST_PACKET_BYTES);

  const take = (way: Way, now: number): void => {
    for (let taken = 0; taken < AT_ONCE; taken++) {
      const length = receivePacket(way.from, buffer);
      if (length < HEAD_BYTES + 14) return;
      const packet = buffer.subarray(0, length);
      if (isChore(packet)) {
        sendPacket(way.to, packet);
        continue;
      }
      if (loss > 0 && Math.random() < loss) continue;
      const begin = Math.max(now, way.busyUntil);
      if (begin - now > MOST_QUEUE_MS) continue;
      if (rateMbit > 0) way.busyUntil = begin + (packet.length * 8) / (rateMbit * 1000);
      way.waiting.push({ due: (rateMbit > 0 ? way.busyUntil : now) + delayMs, packet: Buffer.from(packet) });
    }
  };

  /** Sends what is due; returns when the next is, in milliseconds from now. */
  const give = (way: Way, now: number): number => {
    let next = way.waiting[way.first];
    while (next && next.due <= now) {
      sendPacket(way.to, next.packet);
      next = way.waiting[++way.first];
    }
    if (way.first > 1024 || !next) {
      way.waiting.splice(0, way.first);
      way.first = 0;
    }
    return next ? next.due - now : Number.POSITIVE_INFINITY;
  };

  for (;;) {
    let now = performance.now();
    for (const way of ways) take(way, now);
    now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const way of ways) next = Math.min(next, give(way, now));
    wait(next === Number.POSITIVE_INFINITY ? -1 : next);
  }
}

carry(workerData as WireOptions);

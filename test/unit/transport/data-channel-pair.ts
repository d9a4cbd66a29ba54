// SPDX-License-Identifier: Apache-2.0
// Two halves of a data channel in one process, with a line between them that a test can look into.

import type { Connection } from '../../../transport/channel/connection.ts';
import { ReceiveQueue } from '../../../transport/channel/receive-queue.ts';
import type { NatProfile } from '../../../transport/nat/profile.ts';
import { nodeDatachannelRtc, weriftRtc } from '../../../transport/rtc/node.ts';
import type { Rtc } from '../../../transport/rtc/rtc.ts';
import { dataChannel } from '../../../transport/strategies/data-channel.ts';
import type { Call, Line } from '../../../transport/strategy/strategy.ts';
import { type Clock, systemClock } from '../../../transport/time/clock.ts';

export const IMPLEMENTATIONS: Readonly<Record<string, () => Promise<Rtc>>> = { 'node-datachannel': nodeDatachannelRtc, werift: weriftRtc };

export interface TestLine extends Line {
  /** What this end has sent, as text. */
  readonly sent: string[];
  /** What the other end, or a test in its place, puts in front of this one. */
  readonly inbox: ReceiveQueue;
}

/** Two ends of a line; notes take a turn of the event loop. */
export function lines(): [TestLine, TestLine] {
  const make = (inbox: ReceiveQueue, other: ReceiveQueue): TestLine => {
    const sent: string[] = [];
    const send = (note: Uint8Array): void => {
      sent.push(new TextDecoder().decode(note));
      setImmediate(() => other.push(note));
    };
    return { sent, inbox, send, receive: async () => (await inbox.receive()) ?? Promise.reject(new Error('the line is closed')) };
  };
  const [a, b] = [new ReceiveQueue(), new ReceiveQueue()];
  return [make(a, b), make(b, a)];
}

export function callOn(
  line: Line,
  role: Call['role'],
  rest: { self?: NatProfile; peer?: NatProfile; stun?: string[]; clock?: Clock } = {},
): Call {
  const { self = {}, peer = {}, stun = [], clock = systemClock } = rest;
  return { id: 'call', role, self, peer, line, offers: { stun }, clock };
}

/** Opens a channel; `a` is the caller's end. */
export async function openPair(caller: Rtc, callee: Rtc): Promise<{ a: Connection; b: Connection }> {
  const [x, y] = lines();
  const { signal } = new AbortController();
  const [a, b] = await Promise.all([
    dataChannel(caller).attempt(callOn(x, 'caller'), signal),
    dataChannel(callee).attempt(callOn(y, 'callee'), signal),
  ]);
  return { a, b };
}

// SPDX-License-Identifier: Apache-2.0
// What the suite gives the relay, and may ask of it.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../proto/errors.ts';
import type { Clock } from '../../transport/time/clock.ts';
import type { FlowUsage } from './flow.ts';
import type { EndRole } from './tickets.ts';

/** What a relay may be told; all of it may be left out. */
export interface RelayOptions {
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
  /** Asked of each flow at every QUOTA_STEP_BYTES; false breaks it. Without it there is no quota. */
  readonly mayGoOn?: (usage: FlowUsage) => boolean;
  /** Told of bytes, of any flow, as they pass. */
  readonly passed?: (bytes: number) => void;
  /** Told of each flow when it is over. */
  readonly flowOver?: (usage: FlowUsage, broken: boolean) => void;
  /** A WebSocket's address, where a proxy stands before the relay; the socket's own when left out. */
  readonly addressOf?: (request: IncomingMessage) => string;
  /** MAX_WAITING_ENDS when left out. */
  readonly maxWaitingEnds?: number;
  /** MAX_FLOWS when left out. */
  readonly maxFlows?: number;
  /** MAX_TICKETS when left out. */
  readonly maxTickets?: number;
  /** MAX_FAILED_JOINS_A_MINUTE when left out. */
  readonly maxFailedJoins?: number;
}

/** What a relay does, and has done. */
export interface RelayStats {
  /** Tickets that are out: issued, not used yet, and not dead. */
  readonly tickets: number;
  /** Ends that are not joined with another. */
  readonly waiting: number;
  /** Flows there are. */
  readonly flows: number;
  /** Flows begun since the start. */
  readonly joined: number;
  /** Flows that broke since the start. */
  readonly broken: number;
  /** Bytes passed on since the start. */
  readonly bytes: number;
  /** Ends refused since the start, by the code they were told. */
  readonly refused: Readonly<Partial<Record<ErrorCode, number>>>;
  /** The flows there are, with what they have carried. */
  readonly calls: readonly FlowUsage[];
}

/** A relay: joins the two ends of a call, and passes on what they send. */
export interface Relay {
  /**
   * A token for one end of a call: single-use, dead after TICKET_LIFE_MS.
   * @throws PortholeError RATE_LIMITED when too many are out
   */
  issue(call: string, role: EndRole): string;
  /** The call is over: its tickets are worthless and an end that waits is refused. A flow that stands is left alone: only its ends end it. */
  drop(call: string): void;
  /** Takes over a TCP connection that began with a framed message, all unread. */
  handleSocket(socket: Socket): void;
  /** Takes over a request to upgrade to a WebSocket. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** What it does now, and has done since the start. */
  stats(): RelayStats;
  /** Refuses newcomers and those who wait, gives the flows `graceMs` to end by themselves, breaks the rest. Resolves when all have gone. */
  close(graceMs?: number): Promise<void>;
}

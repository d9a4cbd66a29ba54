// SPDX-License-Identifier: Apache-2.0
// What streams need of their session: turns to send, credit, and a way to put frames onto the connection.

import type { PortholeError } from '../../proto/errors.ts';
import { MAX_DATA_BYTES } from '../../proto/limits.ts';
import type { Frame } from '../../proto/site.ts';
import type { SessionConnection } from '../channel/connection.ts';
import type { Clock } from '../time/clock.ts';
import { SendCredit } from './credit.ts';
import { type Flow, Schedule } from './schedule.ts';
import { FrameSender } from './sender.ts';
import { SessionCredit } from './session-credit.ts';
import type { Carrier, Stream } from './stream.ts';

export abstract class Carrying implements Carrier {
  readonly credit = new SendCredit();
  protected readonly connection: SessionConnection;
  protected readonly clock: Clock;
  /** The streams that are not over, by their numbers. */
  protected readonly live = new Map<number, Stream>();
  readonly schedule: Schedule;
  protected readonly sender: FrameSender;
  protected readonly receiveCredit: SessionCredit;

  /** @param sessionCredit bytes that the other end has for all streams together, to begin with */
  constructor(connection: SessionConnection, clock: Clock, sessionCredit: number) {
    this.connection = connection;
    this.clock = clock;
    this.sender = new FrameSender(connection, (error) => this.abort(error));
    this.schedule = new Schedule((urgent) => connection.roomy(urgent));
    connection.onRoom(() => this.schedule.go());
    this.receiveCredit = new SessionCredit(sessionCredit, {
      clock,
      give: (bytes) => this.sender.tell({ type: 'credit', stream: 0, end: false, bytes }),
      idle: () => this.live.size === 0,
    });
  }

  /** Breaks the session now. */
  abstract abort(error: PortholeError): void;
  abstract over(stream: Stream, grown: number): void;

  get via(): string {
    return this.connection.via;
  }
  /** Milliseconds of a round trip, 0 when the connection below does not know. */
  get rttMs(): number {
    return this.connection.rttMs;
  }
  /** Bytes of content that came and that nobody has read. */
  get held(): number {
    return this.receiveCredit.held;
  }

  now(): number {
    return this.clock.now();
  }

  get fitBytes(): number {
    return Math.min(MAX_DATA_BYTES, this.connection.fitBytes);
  }

  turn(flow: Flow, take: () => number): void {
    this.schedule.ask(flow, take);
  }

  sendData(stream: number, content: Uint8Array, end: boolean, release?: () => void): void {
    this.sender.sendData(stream, content, end, release);
  }

  send(frame: Uint8Array): void {
    this.sender.send(frame);
  }

  tell(frame: Frame): void {
    this.sender.tell(frame);
  }

  took(bytes: number): void {
    this.receiveCredit.took(bytes);
  }

  allow(bytes: number): number {
    return this.receiveCredit.allow(bytes);
  }
}

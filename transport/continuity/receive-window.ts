// SPDX-License-Identifier: Apache-2.0
// What one end receives: messages in the order of their numbers, whichever path brought them, and when they are acknowledged.

import { PortholeError } from '../../proto/errors.ts';
import { FIRST_UNACKED_BYTES, MAX_FRAME_BYTES, MAX_UNACKED_BYTES, UNACKED_OVERHEAD_BYTES } from '../../proto/limits.ts';
import type { Receiver } from '../channel/connection.ts';
import { Delivery } from '../channel/delivery.ts';
import type { Clock } from '../time/clock.ts';
import { ACK_BYTES, ACK_FRAMES, ACK_LEAST_MS, ACK_MS } from './limits.ts';

/** One message may begin within the bound and end beyond it. */
const LAST_BYTES = MAX_FRAME_BYTES + UNACKED_OVERHEAD_BYTES;

export class ReceiveWindow {
  readonly #clock: Clock;
  readonly #acknowledge: () => void;
  readonly #delivery = new Delivery((bytes) => this.#tookOne(bytes));
  #received = 0;
  #taken = 0;
  #told = 0; // what the other end was told of #taken
  #unread = 0; // bytes that those count which the reader has not taken
  #toldAt = Number.NEGATIVE_INFINITY;
  #untold = 0; // bytes taken since the other end was told
  #most = FIRST_UNACKED_BYTES;
  #ended = false;
  #stopped = false;
  #cancel: (() => void) | null = null;
  #asked = false; // the other end is told even if that is no news

  /** @param acknowledge called when the other end is to be told what was taken */
  constructor(clock: Clock, acknowledge: () => void) {
    this.#clock = clock;
    this.#acknowledge = acknowledge;
  }

  /** Messages received: the number of the next one. */
  get received(): number {
    return this.#received;
  }
  /** Messages that the reader took, which is what is acknowledged: so its pace is the sender's. */
  get taken(): number {
    return this.#taken;
  }
  /** Bytes that wait for the reader. */
  get unread(): number {
    return this.#unread;
  }
  /** Bytes that the reader took and the other end was not told of. */
  get untold(): number {
    return this.#untold;
  }
  /** Whether the end mark has come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The other end may have acknowledgements, and so send more than at first. */
  open(): void {
    this.#most = MAX_UNACKED_BYTES;
  }

  /**
   * Takes the next message; an empty one is the end mark.
   * @throws PortholeError PROTOCOL_VIOLATED after the end mark, or when more waits than may
   */
  push(message: Uint8Array): void {
    if (this.#ended) throw new PortholeError('PROTOCOL_VIOLATED', 'a numbered message came after the end mark');
    if (message.length > MAX_FRAME_BYTES) {
      throw new PortholeError('MESSAGE_TOO_LONG', `a numbered message of ${message.length} bytes is longer than ${MAX_FRAME_BYTES}`);
    }
    if (message.length === 0) {
      this.#received++;
      this.#ended = true;
      this.#tookEnd();
      return this.#delivery.end();
    }
    const cost = message.length + UNACKED_OVERHEAD_BYTES;
    if (this.#unread + cost > this.#most + LAST_BYTES) {
      throw new PortholeError('PROTOCOL_VIOLATED', 'more was sent than may be under way');
    }
    this.#received++;
    this.#unread += cost;
    if (this.#delivery.done) this.#tookOne(message.length);
    else this.#delivery.message(message, false);
  }

  /** A message came again: perhaps the other end does not know that it had arrived. */
  repeated(): void {
    this.#told = Math.max(0, Math.min(this.#told, this.#taken - 1));
    this.#soon();
  }

  start(receiver: Pick<Receiver, 'message' | 'ended'>): void {
    this.#delivery.start({
      heard() {},
      drained() {},
      message: (message) => receiver.message(message),
      ended: (reason) => receiver.ended(reason),
    });
  }

  pause(): void {
    this.#delivery.pause();
  }

  resume(): void {
    this.#delivery.resume();
  }

  /** The reader wants no more: what waits, and what comes, counts as taken. */
  discard(): void {
    this.#delivery.discard();
    this.#taken = this.#received;
    this.#unread = 0;
    this.#soon();
  }

  /** Nothing more comes, for this reason. */
  fail(reason: Error): void {
    this.stop();
    this.#delivery.fail(reason);
  }

  /** Nothing is acknowledged any more; what waits can still be read. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  /** The other end was told, by whatever message. */
  told(): void {
    this.#toldAt = this.#clock.now();
    this.#told = this.#taken;
    this.#untold = 0;
    this.#asked = false;
  }

  /** The other end is to be told soon, with what is just coming: it waits for a sign of life. */
  tell(): void {
    this.#asked = true;
    this.#soon();
  }

  #tookOne(bytes: number): void {
    this.#taken++;
    this.#unread -= bytes + UNACKED_OVERHEAD_BYTES;
    this.#untold += bytes;
    if (this.#untold >= ACK_BYTES || this.#taken - this.#told >= ACK_FRAMES) this.#acknowledge();
    else this.#soon();
    this.#tookEnd();
  }

  /** The end mark counts as taken with the last message in front of it. */
  #tookEnd(): void {
    if (!this.#ended || this.#taken !== this.#received - 1) return;
    this.#taken++;
    this.#acknowledge();
  }

  /** At once where little comes, so that the other end sees how long it took; else with what comes in the next ACK_MS. */
  #soon(): void {
    if (this.#stopped) return;
    const wait = Math.max(ACK_LEAST_MS, Math.min(ACK_MS, this.#toldAt + ACK_MS - this.#clock.now()));
    this.#cancel ??= this.#clock.after(wait, () => {
      this.#cancel = null;
      if (this.#told < this.#taken || this.#asked) this.#acknowledge();
    });
  }
}

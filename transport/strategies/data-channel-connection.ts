// SPDX-License-Identifier: Apache-2.0
// A Connection on an RTCDataChannel: binary messages are the session's; the text messages `end` and `ended` signal the end.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { MAX_FRAMED_BYTES } from '../../proto/limits.ts';
import type { Connection, Receiver } from '../channel/connection.ts';
import { Delivery } from '../channel/delivery.ts';
import type { Clock } from '../time/clock.ts';
import { DATA_CHANNEL } from './descriptions.ts';

/** Bytes that may wait in the channel before there is no more room. */
export const SEND_QUEUE_BYTES = 256 * 1024;
/** Bytes that may still wait in the channel when there is room again. */
export const SEND_RESUME_BYTES = 128 * 1024;
/** Bytes of a message in one packet: the least of what libdatachannel (1,124), Chromium's dcSCTP and werift (1,200) put there. */
export const PACKET_BYTES = 1120;
/** How long `close` waits while nothing more gets through, in milliseconds. */
export const LINGER_MS = 3000;

/** No more will come from the sender of this. */
const END = 'end';
/** The other end's `end`, and all before it, has come. */
const ENDED = 'ended';

/**
 * The Connection of one channel. Whoever owns the channel tells it when the channel is gone (`lost`).
 *
 * SCTP gives a receiver no way to hold its sender back: what comes while it is paused is kept, bounded by the credit
 * that the session gives, not by this class.
 */
export class ChannelConnection implements Connection {
  readonly via = DATA_CHANNEL.name;
  readonly maxMessage = MAX_FRAMED_BYTES;
  readonly packetBytes = PACKET_BYTES;
  readonly resent = 0;
  readonly #channel: RTCDataChannel;
  readonly #hangUp: () => void;
  readonly #clock: Clock;
  readonly #delivery = new Delivery();
  #isOver = false; // nothing can be sent any more
  #ended = false; // the peer's end mark has come
  #full = false; // `drained` is owed
  readonly #gone = Promise.withResolvers<void>();
  #cancelLinger = (): void => {};

  /**
   * Takes the channel's messages and its sending queue over; opening and closing stay with the caller.
   * @param hangUp closes the channel and what carries it, now
   */
  constructor(channel: RTCDataChannel, hangUp: () => void, clock: Clock) {
    this.#channel = channel;
    this.#hangUp = hangUp;
    this.#clock = clock;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = SEND_RESUME_BYTES;
    channel.onmessage = ({ data }) => this.#take(data);
    channel.onbufferedamountlow = () => this.#drained();
    channel.onclosing = hangUp; // the peer closes; Chromium may never get from here to closed
  }

  start(receiver: Receiver): void {
    this.#delivery.start(receiver);
  }

  pause(): void {
    this.#delivery.pause();
  }

  resume(): void {
    this.#delivery.resume();
  }

  send(message: Uint8Array): boolean {
    if (message.length > this.maxMessage || message.length === 0) {
      throw new PortholeError('MESSAGE_TOO_LONG', `a message has 1 to ${this.maxMessage} bytes, not ${message.length}`);
    }
    // A copy: not every implementation has sent it, or made one, when it comes back.
    if (this.#isOver || !this.#put(new Uint8Array(message))) return false;
    // What was full stays so until `drained` has told of room, though a short message may find some before.
    this.#full ||= this.#channel.bufferedAmount > SEND_QUEUE_BYTES;
    return !this.#full;
  }

  async close(): Promise<void> {
    if (!this.#isOver) {
      this.#isOver = true;
      if (this.#put(END)) this.#linger();
    }
    this.#delivery.discard();
    await this.#gone.promise;
  }

  abort(reason: Error): void {
    this.#broke(reason);
  }

  /** The channel is gone. Cleanly, if either end had said so before. */
  lost(reason: PortholeError): void {
    this.#broke(reason);
  }

  #take(data: unknown): void {
    if (this.#ended && data !== ENDED) return;
    if (data instanceof ArrayBuffer) this.#receive(new Uint8Array(data));
    else if (data instanceof Uint8Array) this.#receive(data);
    else if (data === END) this.#peerEnded();
    else if (data === ENDED) this.#leave();
    else this.#broke(new PortholeError('PROTOCOL_VIOLATED', 'the other end sent a text that means nothing here'));
  }

  #receive(message: Uint8Array): void {
    if (message.length > this.maxMessage) this.#broke(new PortholeError('MESSAGE_TOO_LONG', `a message of ${message.length} bytes came`));
    else this.#delivery.message(message, false);
  }

  /** All the peer sent has come; it waits to hear that, and then closes the channel. */
  #peerEnded(): void {
    this.#ended = true;
    this.#isOver = true;
    // First: a channel that takes no answer any more has still ended in good order.
    this.#delivery.end();
    if (this.#put(ENDED)) this.#linger();
  }

  /** False, and everything broken, when the channel does not take it. */
  #put(data: string | Uint8Array<ArrayBuffer>): boolean {
    try {
      this.#channel.send(data as string);
      return true;
    } catch (error) {
      this.#broke(asPortholeError(error, 'PATH_LOST'));
      return false;
    }
  }

  #drained(): void {
    if (!this.#full || this.#isOver) return;
    this.#full = false;
    this.#delivery.drained();
  }

  /** The channel stays until the peer has all, or for as long as it lingers. */
  #linger(): void {
    this.#cancelLinger();
    const queued = this.#channel.bufferedAmount;
    this.#cancelLinger = this.#clock.after(LINGER_MS, () => {
      if (this.#channel.bufferedAmount < queued) this.#linger();
      else this.#leave();
    });
  }

  #broke(reason: Error): void {
    this.#isOver = true;
    this.#leave();
    this.#delivery.fail(reason);
  }

  #leave(): void {
    this.#cancelLinger();
    this.#hangUp();
    this.#gone.resolve();
  }
}

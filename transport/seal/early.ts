// SPDX-License-Identifier: Apache-2.0
// Messages sent before the handshake is over: as many as fit ride in its messages, the rest waits.

import { MESSAGE_LENGTH_BYTES, paddedLength, putLength } from './records.ts';

/** Bytes that may wait for the handshake before `send` makes its caller wait. */
export const EARLY_QUEUE_BYTES = 64 * 1024;

/** A message in one or two pieces; `release` as in Connection. */
export interface Message {
  readonly head: Uint8Array;
  readonly content: Uint8Array | undefined;
  readonly release: (() => void) | undefined;
}

export class Early {
  readonly #room: number;
  #waiting: Message[] = [];
  #bytes = 0;
  #full: PromiseWithResolvers<void> | null = null;

  /** @param room bytes of a handshake message's payload, at the most */
  constructor(room: number) {
    this.#room = room;
  }

  /** Bytes of the messages that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when there is room for the next; rejects when the handshake fails. */
  add(message: Message): Promise<void> {
    this.#waiting.push(message);
    this.#bytes += lengthOf(message);
    if (this.#bytes <= EARLY_QUEUE_BYTES) return Promise.resolve();
    this.#full ??= Promise.withResolvers();
    return this.#full.promise;
  }

  /** The payload of a handshake message: what fits of what waits, from the front, padded. */
  take(): Uint8Array {
    let count = 0;
    let length = 0;
    for (const message of this.#waiting) {
      const more = MESSAGE_LENGTH_BYTES + lengthOf(message);
      if (length + more > this.#room) break;
      length += more;
      count++;
    }
    const payload = new Uint8Array(Math.min(paddedLength(length), this.#room));
    let at = 0;
    for (const message of this.#waiting.splice(0, count)) {
      const { head, content, release } = message;
      this.#bytes -= lengthOf(message);
      at = putLength(payload, at, lengthOf(message));
      payload.set(head, at);
      if (content) payload.set(content, at + head.length);
      at += lengthOf(message);
      release?.();
    }
    return payload;
  }

  /** What did not fit; there is room from here on. */
  rest(): readonly Message[] {
    this.#bytes = 0;
    this.#full?.resolve();
    return this.#waiting.splice(0);
  }

  fail(reason: Error): void {
    this.#waiting = [];
    this.#bytes = 0;
    this.#full?.reject(reason);
  }
}

function lengthOf({ head, content }: Message): number {
  return head.length + (content?.length ?? 0);
}

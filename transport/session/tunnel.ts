// SPDX-License-Identifier: Apache-2.0
// A stream that carries another protocol (RFC 8441): its content as a pair of web streams, and its priority among other streams.

import { PortholeError } from '../../proto/errors.ts';
import { contentOf } from './http.ts';
import type { Priority } from './priority.ts';
import { type Flow, type Schedule, SMALL_BYTES } from './schedule.ts';
import type { Stream } from './stream.ts';

/** What is asked of a site that is to speak another protocol: an extended CONNECT (RFC 8441). */
export interface Connecting {
  /** Path and query. */
  readonly target: string;
  /** Host and port, as the visitor calls the site. */
  readonly authority?: string;
  /** Names and values. Fields of one connection are left out; a WebSocket's key is one, too, and does not belong here. */
  readonly headers: Iterable<readonly [string, string]>;
  /** What is to be spoken, by its name as an HTTP Upgrade Token: `websocket`. */
  readonly protocol: string;
  /** Gives it up, before and after the answer. */
  readonly signal?: AbortSignal | null;
}

/** What a site answers to it. The bytes are the protocol's own: of a WebSocket its frames, the client's masked (RFC 6455 section 5). */
export interface Tunnel {
  /** 200: both ways are open. Any other: a refusal, whose content is read as of any answer, and `writable` takes nothing. */
  readonly status: number;
  /** Fields of the answer. */
  readonly headers: Headers;
  /** What the site sends, to its end of that direction. Cancelled, it breaks off both. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What goes to the site, at the pace at which that reads. Its close ends this direction alone; its abort breaks off both. */
  readonly writable: WritableStream<Uint8Array>;
}

/** For so many bytes of others' long content, a tunnel may send one that is as urgent as the first of a response. */
const SHARE = 4;

/**
 * A tunnel's place among those that send: what it says goes ahead of long content for as long as it is little, at any time and not
 * only at the beginning. It comes by that as others send, so that nobody is kept waiting by it for long.
 */
export class TunnelFlow implements Flow {
  readonly tunnel = true;
  readonly id: number;
  readonly priority: Priority;
  due = 0;
  readonly #schedule: Schedule;
  #sent = 0;
  #seen: number; // of what others sent

  /** @param flow the stream's until now */
  constructor({ id, priority }: Flow, schedule: Schedule) {
    this.id = id;
    this.priority = { urgency: priority.urgency, incremental: true }; // never of use only when it is whole
    this.#schedule = schedule;
    this.#seen = schedule.bulk;
  }

  get sent(): number {
    const { bulk } = this.#schedule;
    this.#sent = Math.max(0, this.#sent - (bulk - this.#seen) / SHARE);
    this.#seen = bulk;
    return this.#sent;
  }

  /** What is sent when it was much already takes its turn as others do, and does not count. */
  set sent(bytes: number) {
    if (this.#sent < SMALL_BYTES) this.#sent = bytes;
  }
}

/** The two directions of a stream. */
export interface Pair {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * A stream's content both ways. The writable's close is the end of this end's direction; its abort, and the readable's cancel, break
 * off both; and it waits for as long as the other end does not read.
 * @param open when content may be sent; rejects when it may not
 */
export function pairOf(stream: Stream, open: Promise<void>): Pair {
  const broken = (reason: unknown): PortholeError => (reason instanceof PortholeError ? reason : new PortholeError('CANCELLED'));
  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      // A write that waits for credit would have the abort wait, too.
      controller.signal.addEventListener('abort', () => stream.abandon(broken(controller.signal.reason)), { once: true });
      stream.signal.addEventListener('abort', () => controller.signal.aborted || controller.error(stream.failure), { once: true });
    },
    async write(bytes) {
      await open;
      if (bytes.length > 0) await stream.write(bytes);
    },
    async close() {
      await open;
      await stream.write(new Uint8Array(0), true);
    },
  });
  return { readable: contentOf(stream), writable };
}

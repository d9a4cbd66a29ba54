// SPDX-License-Identifier: Apache-2.0
// A body's two ends on the bridge: bytes move only as the receiving end asks for them.

import { asPortholeError, errorFromWire } from '../../../proto/errors.ts';
import { BODY_WINDOW_BYTES, type BodyIn, type BodyOut, type Post } from './bridge.ts';

/** The code and text of any error, for the other end of the bridge. */
export function wireError(thrown: unknown): { code: string; message: string } {
  const { code, message } = asPortholeError(thrown);
  return { code, message };
}

/** The chunk in a buffer of its own, so that it can be handed over without a copy; copied only if it shares its buffer. */
function ownBuffer(chunk: Uint8Array): ArrayBuffer {
  const whole = chunk.byteOffset === 0 && chunk.byteLength === chunk.buffer.byteLength;
  return whole && chunk.buffer instanceof ArrayBuffer ? chunk.buffer : new Uint8Array(chunk).buffer;
}

/** Reads a stream and posts its bytes while the other end has room for them. */
export class BodySender {
  readonly #post: Post<BodyOut>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #onFinished: () => void;
  #left: number | null;
  #credit = BODY_WINDOW_BYTES;
  #reading = false;
  #finished = false;

  /**
   * @param onFinished called once: the body was sent, broke, or was cancelled
   * @param length of the body, where it is known
   */
  constructor(post: Post<BodyOut>, body: ReadableStream<Uint8Array>, onFinished: () => void, length: number | null = null) {
    this.#post = post;
    this.#reader = body.getReader();
    this.#onFinished = onFinished;
    this.#left = length;
    void this.#pump();
  }

  /** The other end has room for this many bytes more. A chunk is never cut, so the last one may go over. */
  pull(bytes: number): void {
    this.#credit += bytes;
    if (!this.#reading && !this.#finished) void this.#pump();
  }

  /** The other end wants no more. */
  cancel(reason: unknown): void {
    if (this.#finished) return;
    this.#finish();
    this.#reader.cancel(reason).catch(() => undefined); // a source that fails while it is cancelled has nobody left to tell
  }

  async #pump(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#credit > 0 && !this.#finished) {
        const { done, value } = await this.#reader.read();
        if (this.#finished) return;
        if (done) {
          this.#post({ type: 'end' });
          this.#finish();
        } else if (value.byteLength > 0) {
          this.#credit -= value.byteLength;
          if (this.#left !== null) this.#left -= value.byteLength;
          const last = this.#left === 0;
          const bytes = ownBuffer(value);
          this.#post(last ? { type: 'data', bytes, last } : { type: 'data', bytes }, [bytes]);
          if (last) {
            this.#finish();
            await this.#drain();
          }
        }
      }
    } catch (error) {
      if (this.#finished) return;
      this.#post({ type: 'broken', ...wireError(error) });
      this.#finish();
    } finally {
      this.#reading = false;
    }
  }

  /** All that was announced has come: nothing is to come behind it. */
  async #drain(): Promise<void> {
    const { done } = await this.#reader.read();
    if (!done) await this.#reader.cancel();
  }

  #finish(): void {
    this.#finished = true;
    this.#onFinished();
  }
}

/** The other end: a stream that asks for bytes as its reader takes them. */
export class BodyReceiver {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #post: Post<BodyIn>;
  readonly #onFinished: () => void;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #asked = BODY_WINDOW_BYTES; // bytes that may come and have not yet; below zero when the last chunk went over
  #finished = false;

  /** @param onFinished called once: the body ended, broke, or its reader cancelled */
  constructor(post: Post<BodyIn>, onFinished: () => void) {
    this.#post = post;
    this.#onFinished = onFinished;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#ask(),
        cancel: () => {
          if (this.#finished) return;
          this.#post({ type: 'cancel' });
          this.#finish();
        },
      },
      { highWaterMark: BODY_WINDOW_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
    );
  }

  /** Bytes came; `last`: there are no more. */
  data(bytes: ArrayBuffer, last = false): void {
    if (this.#finished) return;
    this.#asked -= bytes.byteLength;
    this.#controller.enqueue(new Uint8Array(bytes));
    if (last) this.end();
    else this.#ask();
  }

  /** The body is complete. */
  end(): void {
    if (this.#finished) return;
    this.#controller.close();
    this.#finish();
  }

  /** The body broke off. */
  broken(code: string, message: string): void {
    if (this.#finished) return;
    this.#controller.error(errorFromWire(code, message));
    this.#finish();
  }

  /** Asks for what fits between the queue and the window, but not for every few bytes. */
  #ask(): void {
    if (this.#finished) return;
    const room = (this.#controller.desiredSize ?? 0) - this.#asked;
    if (room < BODY_WINDOW_BYTES / 4) return;
    this.#asked += room;
    this.#post({ type: 'pull', bytes: room });
  }

  #finish(): void {
    this.#finished = true;
    this.#onFinished();
  }
}

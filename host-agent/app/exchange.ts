// SPDX-License-Identifier: Apache-2.0
// One request to the app and its answer: both bodies stream, each end's pace holds the other back, and either may break it off.

import { setImmediate } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { PortholeError } from '../../proto/errors.ts';
import type { Clock } from '../../transport/time/clock.ts';
import { Idle } from './idle.ts';

/** Bytes of an answer that may wait for whoever reads it. */
const WAITING_BYTES = 64 * 1024;

/** A request, as the app is to get it. */
export interface AppRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: ReadableStream<Uint8Array> | null;
  readonly signal: AbortSignal;
}

/** What the app answered. */
export interface AppAnswer {
  readonly status: number;
  /** As they came. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Errors when the app breaks off; cancelled, it breaks off the request. */
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * Asks the app; resolves with the head of its answer.
 * @param idleMs how long the app may give no sign, while it is waited for; 0 for ever
 * @throws PortholeError TIMED_OUT; the signal's reason; undici's own errors
 */
export function exchange(app: Dispatcher, request: AppRequest, clock: Clock, idleMs: number): Promise<AppAnswer> {
  const { method, path, fields, signal } = request;
  if (signal.aborted) return Promise.reject(signal.reason);
  const one = new Exchange(request, clock, idleMs);
  try {
    // Undici's own time-outs count while a visitor's slow line is waited for, too: ours are in their place.
    app.dispatch({ method, path, headers: fields.flat(), body: one.content, headersTimeout: 0, bodyTimeout: 0 } as Options, one);
  } catch (error) {
    one.onResponseError(null, error as Error);
  }
  return one.answer;
}

/** Undici takes any async iterable, and types do not say so. */
type Options = Dispatcher.DispatchOptions;

class Exchange implements Dispatcher.DispatchHandler {
  /** The request's content, as undici reads it: when the app has room. */
  readonly content: AsyncIterable<Uint8Array> | null;
  readonly #answer = Promise.withResolvers<AppAnswer>();
  readonly answer = this.#answer.promise;
  readonly #signal: AbortSignal;
  readonly #idle: Idle;
  readonly #stop = (): void => this.#break(this.#signal.reason);
  #undici: Dispatcher.DispatchController | null = null;
  #broken: Error | null = null;
  #body: ReadableStreamDefaultController<Uint8Array> | null = null;
  #endless = false; // an event stream may be silent for as long as nothing happens

  constructor({ body, signal }: AppRequest, clock: Clock, idleMs: number) {
    this.#signal = signal;
    this.#idle = new Idle(clock, idleMs, () => this.#break(new PortholeError('TIMED_OUT', 'the app gave no sign for too long')));
    this.content = body && this.#read(body);
    signal.addEventListener('abort', this.#stop, { once: true });
    this.#wait();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#undici = controller;
    if (this.#broken) controller.abort(this.#broken);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: unknown): void {
    if (status < 200) return this.#wait(); // the answer is still to come
    const fields = rawFields(controller.rawHeaders ?? headers);
    this.#endless = fields.some(([name, value]) => name.toLowerCase() === 'content-type' && /^\s*text\/event-stream\b/i.test(value));
    this.#wait();
    const body = new ReadableStream<Uint8Array>(
      {
        start: (stream) => {
          this.#body = stream;
        },
        pull: () => {
          this.#wait();
          controller.resume();
        },
        cancel: (reason) => this.#break(reason),
      },
      { highWaterMark: WAITING_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
    );
    this.#answer.resolve({ status, fields, body });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.enqueue(chunk);
    if ((this.#body?.desiredSize ?? 0) > 0) return this.#wait();
    this.#idle.rest(); // it is the visitor who is waited for
    controller.pause();
  }

  onResponseEnd(): void {
    this.#end();
    this.#body?.close();
    this.#body = null;
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#end();
    this.#answer.reject(this.#broken ?? error);
    this.#body?.error(this.#broken ?? error);
    this.#body = null;
  }

  async *#read(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
    const reader = body.getReader();
    try {
      for (;;) {
        this.#idle.rest();
        const { value, done } = await reader.read();
        this.#wait();
        if (done) return;
        yield value;
        // An early answer (413) is read before more is written: a write to an app that has closed would lose it.
        await setImmediate();
      }
    } finally {
      reader.cancel().catch(() => {}); // what the app did not want to read
    }
  }

  #wait(): void {
    if (this.#endless) this.#idle.end();
    else this.#idle.wait();
  }

  /** Breaks off at both ends. Undici tells that as an error. */
  #break(reason: unknown): void {
    if (this.#broken) return;
    this.#broken = reason instanceof Error ? reason : new PortholeError('CANCELLED');
    if (this.#undici) this.#undici.abort(this.#broken);
    else this.onResponseError(null, this.#broken); // not begun: nobody would tell
  }

  #end(): void {
    this.#idle.end();
    this.#signal.removeEventListener('abort', this.#stop);
  }
}

/** Names and values as they came: each character is one byte of HTTP. */
function rawFields(raw: unknown): [string, string][] {
  const fields: [string, string][] = [];
  if (!Array.isArray(raw)) return fields;
  const text = (part: Buffer | string): string => (typeof part === 'string' ? part : part.toString('latin1'));
  for (let at = 0; at + 1 < raw.length; at += 2) fields.push([text(raw[at]), text(raw[at + 1])]);
  return fields;
}

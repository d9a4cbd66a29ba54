// SPDX-License-Identifier: Apache-2.0
// One request that the service worker handed over, and its response.

import { PortholeError } from '../../../proto/errors.ts';
import { decodable, decoded } from '../../../transport/http/content-codings.ts';
import { type Asking, announcedLength } from '../../../transport/session/http.ts';
import { priorityFor } from '../../../transport/session/priority.ts';
import { BodyReceiver, BodySender, wireError } from '../shared/bodies.ts';
import {
  ANSWERED_WITHIN_MS,
  HEAD_WITHIN_MS,
  mayRepeat,
  type Post,
  type RequestHead,
  type ToSession,
  type ToWorker,
} from '../shared/bridge.ts';
import type { Came } from './cache/came.ts';
import type { Ask, Fetcher } from './fetcher.ts';
import { answered, askSite, behindSite, signIn } from './pipeline.ts';

/** What is saved to a file comes after all that a page shows. */
const SAVED = 'u=6, i';
/** Statuses whose responses have no body, and which `new Response` refuses with one. */
const NULL_BODY = new Set([101, 204, 205, 304]);

export class Exchange {
  readonly #post: Post<ToWorker>;
  readonly #head: RequestHead;
  readonly #fetcher: Fetcher;
  readonly #abort = new AbortController();
  readonly #onFinished: () => void;
  #requestBody: BodyReceiver | null = null;
  #responseBody: BodySender | null = null;
  #taken: ReturnType<typeof setTimeout> | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;
  #begun = false;
  #finished = false;

  /** @param onFinished called once: the response has gone over, or nobody wants it any more */
  constructor(head: RequestHead, fetcher: Fetcher, post: Post<ToWorker>, onFinished: () => void) {
    this.#head = head;
    this.#fetcher = fetcher;
    this.#post = (message, transfer) => this.#finished || post(message, transfer);
    this.#onFinished = onFinished;
    if (mayRepeat(head)) {
      this.#begin();
      this.#taken = setTimeout(() => this.#post({ type: 'taken' }), ANSWERED_WITHIN_MS);
    } else this.#post({ type: 'taken' });
  }

  heard(message: ToSession): void {
    switch (message.type) {
      case 'go':
        this.#begin();
        break;
      case 'pull':
        this.#responseBody?.pull(message.bytes);
        break;
      case 'cancel':
      case 'stop':
        this.stop(new PortholeError('CANCELLED'));
        break;
      case 'data':
        // It is not late while it is still being told.
        if (this.#late) this.#wait();
        this.#requestBody?.data(message.bytes, message.last);
        break;
      case 'end':
        this.#requestBody?.end();
        break;
      case 'broken':
        this.#requestBody?.broken(message.code, message.message);
        break;
    }
  }

  /** The worker or the page that asked is gone, or wants no more. */
  stop(reason: Error): void {
    if (this.#finished) return;
    this.#requestBody?.broken('CANCELLED', reason.message);
    this.#responseBody?.cancel(reason);
    this.#abort.abort(reason);
    this.#finish();
  }

  /** The session is over: the worker may ask another one. */
  leave(): void {
    this.#post({ type: 'gone' });
    this.stop(new PortholeError('CANCELLED', 'the page was closed'));
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    // At once: its first bytes may stand in the same list.
    if (this.#head.hasBody) this.#requestBody = new BodyReceiver(this.#post, () => undefined);
    void this.#answer();
  }

  async #answer(): Promise<void> {
    this.#wait();
    try {
      const sent = this.#headers();
      const send = (request: Asking): Promise<Came> => askSite(this.#head, request, this.#fetcher);
      const ask: Ask = (fields, by = send) => by(this.#request(fields), send);
      const came = await answered(this.#head, sent, this.#fetcher, ask);
      // Who signed in meanwhile: what is kept is kept for that login (RFC 9111 section 4.1).
      if (this.#head.cookies) signIn?.give(this.#head, sent);
      await this.#respond(sent, came);
    } catch (error) {
      this.#fail(error);
    } finally {
      clearTimeout(this.#late);
      this.#late = undefined;
    }
  }

  /** From now on the site has HEAD_WITHIN_MS to answer. */
  #wait(): void {
    clearTimeout(this.#late);
    this.#late = setTimeout(() => this.#fail(new PortholeError('TIMED_OUT', 'the site did not answer in time')), HEAD_WITHIN_MS);
  }

  /** The request for the visit. A Request would drop Accept-Encoding, Referer and their like, and not every browser lets it carry a stream. */
  #request(headers: Headers): Asking {
    const { method, url } = this.#head;
    return { method, url, headers, body: this.#requestBody?.stream ?? null, signal: this.#abort.signal };
  }

  #headers(): Headers {
    const { identity, destination } = this.#head;
    const headers = new Headers(this.#head.headers);
    // Browsers add the field (RFC 9218) only behind the worker.
    const priority = identity ? SAVED : priorityFor(destination);
    if (priority && !headers.has('priority')) headers.set('priority', priority);
    if (!identity && !headers.has('range')) headers.set('accept-encoding', decodable().join(', ') || 'identity');
    return headers;
  }

  async #respond(sent: Headers, came: Came): Promise<void> {
    const { headers, body: content, identity } = decoded(came);
    const { status, statusText } = came;
    const carries = content !== null && !NULL_BODY.has(status) && this.#head.method !== 'HEAD';
    const { page, body } = await behindSite(this.#head, sent, this.#fetcher, { status, headers, body: carries ? content : null });
    clearTimeout(this.#taken);
    const injected = page !== undefined;
    this.#post({ type: 'head', head: { status, statusText, headers: [...headers], hasBody: carries, identity, injected } });
    const rewritten = await page;
    if (rewritten) this.#post({ type: 'insert', insert: rewritten.insert });
    const whole = rewritten?.body ?? body ?? content;
    const length = identity && carries ? announcedLength(headers) : null;
    if (carries && !this.#finished)
      this.#responseBody = new BodySender(this.#post, whole as ReadableStream<Uint8Array>, () => this.#finish(), length);
    else {
      whole?.cancel().catch(() => undefined); // nobody reads it
      this.#finish();
    }
  }

  #fail(error: unknown): void {
    if (this.#finished) return;
    // Before the head it failed, behind it the body breaks.
    for (const type of ['failed', 'broken'] as const) this.#post({ type, ...wireError(error) });
    this.stop(error instanceof Error ? error : new PortholeError('INTERNAL'));
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#taken);
    this.#onFinished();
  }
}

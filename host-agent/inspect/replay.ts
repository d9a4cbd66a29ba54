// SPDX-License-Identifier: Apache-2.0
// Asks a site again what was recorded: the same bytes, or with changes that somebody made.

import { Readable } from 'node:stream';
import { PortholeError } from '../../proto/errors.ts';
import type { Header, RequestHead } from '../../proto/site.ts';
import { requestOfHead } from '../../transport/session/http.ts';
import type { Site } from '../../transport/session/site.ts';
import { MAX_REPLAYS } from './limits.ts';
import { unmask } from './mask.ts';
import { piecesOf } from './observed.ts';
import type { Entry, Recorder } from './recorder.ts';

/** What is to be another than it was; what is left out stays. Masks that were left where they stood become what they hide. */
export interface ReplayChanges {
  /** Another method. */
  readonly method?: string;
  /** Path and query. */
  readonly target?: string;
  /** All fields, with small names. */
  readonly headers?: readonly Header[];
  /** Null for none. */
  readonly body?: Uint8Array<ArrayBuffer> | null;
}

/** Asks again. */
export class Replayer {
  readonly #site: Site;
  readonly #recorder: Recorder;
  readonly #running = new Map<number, { readonly abort: AbortController; readonly over: Promise<void> }>();
  #closed = false;

  /** @param site the observed one: what it is asked is recorded, too */
  constructor(site: Site, recorder: Recorder) {
    this.#site = site;
    this.#recorder = recorder;
  }

  /**
   * Begins to ask again; the answer is read to its end, and recorded as any.
   * @returns the new exchange
   * @throws PortholeError NOT_ALLOWED (an upgraded connection), STORAGE_FAILED (what was asked is not kept whole), RATE_LIMITED,
   * PROTOCOL_VIOLATED (no request can be so)
   */
  async replay(entry: Entry, changes: ReplayChanges = {}): Promise<Entry> {
    if (entry.kind === 'websocket') throw new PortholeError('NOT_ALLOWED', 'a WebSocket is not asked again: its other end is gone');
    if (entry.requestBody && !entry.requestBody.ended) throw new PortholeError('NOT_ALLOWED', 'its request still comes');
    const heads = await this.#recorder.headsOf(entry);
    if (!heads) throw new PortholeError('STORAGE_FAILED', 'what was asked is not kept any more');
    const own = changes.body === undefined;
    if (own && entry.requestBody?.notKept) throw new PortholeError('STORAGE_FAILED', 'the body of what was asked is not kept whole');
    if (this.#closed || this.#running.size >= MAX_REPLAYS)
      throw new PortholeError('RATE_LIMITED', `${MAX_REPLAYS} replays at once are enough; stop one`);

    const head = headOf(heads.request, changes);
    const body = own ? recorded(entry) : changes.body ? oneOf(changes.body) : null;
    const abort = new AbortController();
    const request = requestOfHead(head, body, abort.signal);
    const { visitor: session, who, via, agent } = entry;
    const note = this.#recorder.expect(head, { from: 'replay', replayOf: entry.id });
    const over = this.#read(request, { session, who, via, agent }).finally(() => this.#running.delete(note.entry?.id ?? 0));
    const begun = note.entry as Entry; // a site that is observed tells at once
    this.#running.set(begun.id, { abort, over });
    return begun;
  }

  /** Breaks off a replay: one whose answer does not end, say. */
  stop(id: number): void {
    this.#running.get(id)?.abort.abort(new PortholeError('CANCELLED', 'the replay was stopped'));
  }

  /** Breaks off what runs, and takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running.entries()];
    for (const [id] of running) this.stop(id);
    await Promise.all(running.map(([, { over }]) => over));
  }

  async #read(...[request, visitor]: Parameters<Site>): Promise<void> {
    try {
      const { body } = await this.#site(request, visitor);
      if (!body) return;
      if (request.method === 'HEAD') return await body.cancel();
      const stop = (): void => void body.cancel(request.signal.reason).catch(() => {});
      for await (const _ of piecesOf(body)) if (request.signal.aborted) return stop();
    } catch {
      // The exchange tells it.
    }
  }
}

/** @throws PortholeError PROTOCOL_VIOLATED */
function headOf(original: RequestHead, { method, target, headers, body }: ReplayChanges): RequestHead {
  const wished = { ...original, method: method?.toUpperCase() ?? original.method, target: target ?? original.target };
  const fields = (headers ?? original.headers).map(({ name, value }) => ({ name: name.trim().toLowerCase(), value }));
  const head = unmask({ ...wished, headers: fields }, original);
  if (body === undefined) return head;
  // A length that is not the body's would have the app wait, or cut it.
  const others = head.headers.filter(({ name }) => name !== 'content-length');
  const length = body === null ? [] : [{ name: 'content-length', value: String(body.length) }];
  return { ...head, headers: [...others, ...length] };
}

function recorded(entry: Entry): ReadableStream<Uint8Array> | null {
  const { requestBody } = entry;
  return requestBody && requestBody.size > 0
    ? (Readable.toWeb(Readable.from(requestBody.pieces(), { objectMode: false })) as ReadableStream<Uint8Array>)
    : null;
}

function oneOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

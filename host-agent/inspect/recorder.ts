// SPDX-License-Identifier: Apache-2.0
// Records exchanges as they pass: a line of each in memory, heads and bodies in the spool, the oldest dropped when there are too many.

import { type ErrorCode, PortholeError } from '../../proto/errors.ts';
import type { RequestHead, ResponseHead } from '../../proto/site.ts';
import type { Visitor } from '../../transport/session/site.ts';
import { decodeHeads, type Exchange, type ExchangeLine, encodeHeads, type Heads, type Kind, lineTarget, mediaTypeOf } from './exchange.ts';
import { FrameEdges } from './frames.ts';
import { MAX_EXCHANGES } from './limits.ts';
import type { Observer, Sight } from './observed.ts';
import { Body } from './recorded-body.ts';
import { COPY_BYTES, type Spool } from './spool.ts';

/** Bytes of one mark: when something came, and where in its body it begins. */
const MARK_BYTES = 16;
/** How the status of an upgraded connection is shown: over HTTP/1.1 it has this one (RFC 9110 section 15.2.2). */
const SWITCHING = 101;

/** What became of an exchange. */
export type Change = 'started' | 'answered' | 'content' | 'ended' | 'dropped';
/** Told of each change, synchronously: whoever has much to do does it later. */
export type OnChange = (exchange: ExchangeLine, change: Change) => void;

/** Time as the recorder has it. */
export interface Watch {
  /** Milliseconds since 1970. */
  date(): number;
  /** Milliseconds that never go back. */
  now(): number;
}

/** The machine's own. */
export const systemWatch: Watch = { date: () => Date.now(), now: () => performance.now() };

/** The times of an exchange that was elsewhere. */
export interface Happened {
  /** Null where it is not known. */
  readonly startedAt: number | null;
  readonly answeredMs: number;
  readonly endedMs: number;
}

/** One exchange as it is recorded. */
export class Entry implements ExchangeLine, Sight {
  readonly id: number;
  kind: Kind;
  readonly method: string;
  readonly target: string;
  status = 0;
  type = '';
  startedAt: number;
  answeredMs: number | null = null;
  endedMs: number | null = null;
  readonly visitor: string;
  readonly who: string;
  readonly via: string;
  readonly agent: string;
  error: string | null = null;
  from: ExchangeLine['from'] = 'visitor';
  replayOf: number | null = null;
  /** Whether the body of the answer is here without its content coding, as files have it. */
  isDecoded = false;
  /** When it was, where that is not now. */
  #happened: Happened | null = null;
  readonly requestBody: Body | null;
  responseBody: Body | null = null;
  /** When what came: MARK_BYTES each. */
  requestMarks: Body | null = null;
  responseMarks: Body | null = null;
  /** As long as it runs. */
  heads: Heads | null;
  /** Where they lie afterwards. */
  headsAt = -1;
  headsBytes = 0;
  readonly #recorder: Recorder;
  readonly #begun: number;
  #requestEdges: FrameEdges | null = null;
  #responseEdges: FrameEdges | null = null;

  constructor(recorder: Recorder, id: number, request: RequestHead, visitor: Visitor, tunnel: boolean, length: number | null) {
    this.#recorder = recorder;
    this.id = id;
    this.kind = tunnel ? 'websocket' : 'request';
    this.method = tunnel ? 'GET' : request.method;
    this.target = lineTarget(request.target);
    this.visitor = visitor.session;
    this.who = visitor.who;
    this.via = visitor.via;
    this.agent = visitor.agent;
    this.heads = { request, response: null };
    this.requestBody = length === 0 ? null : new Body(recorder.spool, length, tunnel);
    this.startedAt = recorder.watch.date();
    this.#begun = recorder.watch.now();
  }

  get requestBytes(): number {
    return this.requestBody?.size ?? 0;
  }
  get responseBytes(): number {
    return this.responseBody?.size ?? 0;
  }

  get seesRequest(): boolean {
    return true;
  }

  requestPiece(bytes: Uint8Array): void {
    // The site reads it next, and may do with it what it likes.
    this.#piece(this.requestBody, bytes.length >= COPY_BYTES ? bytes.slice() : bytes);
  }

  responsePiece(bytes: Uint8Array, release?: () => void): (() => void) | undefined {
    return this.#piece(this.responseBody, bytes, release);
  }

  answered(response: ResponseHead, length: number | null): void {
    this.answeredMs = this.#ms();
    this.heads = { request: (this.heads as Heads).request, response };
    this.type = mediaTypeOf(response.headers);
    const { spool } = this.#recorder;
    if (this.kind === 'websocket' && response.status === 200) {
      this.status = SWITCHING;
      this.requestMarks = new Body(spool, null, true);
      this.responseMarks = new Body(spool, null, true);
      this.#requestEdges = new FrameEdges();
      this.#responseEdges = new FrameEdges();
    } else {
      this.status = response.status;
      if (this.type === 'text/event-stream') {
        this.kind = 'events';
        this.responseMarks = new Body(spool, null, true);
      }
    }
    this.responseBody = new Body(spool, length, this.kind !== 'request');
    this.#recorder.tell(this, 'answered');
  }

  /** Says when all this was. */
  happened(times: Happened): void {
    this.#happened = times;
    this.isDecoded = true;
  }

  end(error: unknown): void {
    this.endedMs = this.#ms();
    if (this.#happened) {
      this.startedAt = this.#happened.startedAt ?? this.startedAt;
      this.endedMs = this.#happened.endedMs;
      if (this.answeredMs !== null) this.answeredMs = this.#happened.answeredMs;
    }
    if (error !== null) this.error = errorWords(error);
    for (const body of [this.requestBody, this.responseBody, this.requestMarks, this.responseMarks]) body?.end();
    this.#recorder.ended(this);
  }

  #ms(): number {
    return Math.round((this.#recorder.watch.now() - this.#begun) * 100) / 100;
  }

  #piece(body: Body | null, bytes: Uint8Array, release?: () => void): (() => void) | undefined {
    if (body === null || this.endedMs !== null) return release;
    const isRequest = body === this.requestBody;
    const marks = isRequest ? this.requestMarks : this.responseMarks;
    if (marks) {
      const edges = isRequest ? this.#requestEdges : this.#responseEdges;
      const mark = (offset: number): void => void marks.add(markOf(this.#ms(), offset));
      if (edges) edges.push(bytes, mark);
      else mark(body.size);
    }
    const give = body.add(bytes, release);
    this.#recorder.tell(this, 'content');
    return give;
  }
}

/** An exchange that is about to begin. */
export interface Expected extends Pick<ExchangeLine, 'from' | 'replayOf'> {
  entry: Entry | null;
}

/** Records what it is told, and finds it again. */
export class Recorder implements Observer {
  readonly spool: Spool;
  readonly watch: Watch;
  readonly #entries = new Map<number, Entry>();
  /** Those that have ended, in that order, which is the one of their heads in the spool. */
  #ended: Entry[] = [];
  #endedFrom = 0;
  #count = 0;
  readonly #listeners = new Set<OnChange>();
  readonly #expected = new WeakMap<RequestHead, Expected>();

  constructor(spool: Spool, watch: Watch = systemWatch) {
    this.spool = spool;
    this.watch = watch;
  }

  begin(request: RequestHead, visitor: Visitor, tunnel: boolean, length: number | null): Entry {
    const entry = new Entry(this, ++this.#count, request, visitor, tunnel, length);
    this.#entries.set(entry.id, entry);
    const expected = this.#expected.get(request);
    if (expected) {
      expected.entry = entry;
      entry.from = expected.from;
      entry.replayOf = expected.replayOf;
    }
    this.tell(entry, 'started');
    return entry;
  }

  /** Says where the exchange that begins with this very head is from; it is noted there once it has begun. */
  expect(request: RequestHead, from: Pick<ExchangeLine, 'from' | 'replayOf'>): Expected {
    const expected: Expected = { ...from, entry: null };
    this.#expected.set(request, expected);
    return expected;
  }

  /** Exchanges that are kept, or run. */
  get size(): number {
    return this.#entries.size;
  }

  /** From the oldest to the newest. */
  entries(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  find(id: number): Entry | undefined {
    return this.#entries.get(id);
  }

  /** @returns what ends it */
  subscribe(listener: OnChange): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells whoever wants to know. */
  tell(entry: Entry, change: Change): void {
    if (this.#listeners.size > 0) for (const listener of this.#listeners) listener(entry, change);
  }

  /** Puts the heads of one that is over to the spool. */
  ended(entry: Entry): void {
    if (entry.heads) {
      const { end } = this.spool;
      entry.headsAt = this.spool.appendText(encodeHeads(entry.heads));
      entry.headsBytes = this.spool.end - end;
      // Without a place for them they stay: the list of a full disk is still a list.
      if (entry.headsAt >= 0) entry.heads = null;
    }
    this.#ended.push(entry);
    this.tell(entry, 'ended');
    if (this.#ended.length - this.#endedFrom > MAX_EXCHANGES) this.#drop();
  }

  /** The spool has dropped what lies before this place. */
  dropped(first: number): void {
    for (let oldest = this.#ended[this.#endedFrom]; oldest && oldest.headsAt >= 0 && oldest.headsAt < first; ) {
      this.#drop();
      oldest = this.#ended[this.#endedFrom];
    }
  }

  /** Drops all that have ended. */
  clear(): void {
    while (this.#endedFrom < this.#ended.length) this.#drop();
  }

  /** The heads of one; null when they are gone. */
  async headsOf(entry: Entry): Promise<Heads | null> {
    if (entry.heads) return entry.heads;
    const bytes = entry.headsAt < 0 ? null : await this.spool.read(entry.headsAt, entry.headsBytes);
    return bytes && decodeHeads(bytes.toString());
  }

  /** All of one but its bodies. */
  async exchange(entry: Entry): Promise<Exchange> {
    return {
      ...lineOf(entry),
      heads: await this.headsOf(entry),
      requestNotKept: entry.requestBody?.notKept ?? null,
      responseNotKept: entry.responseBody?.notKept ?? null,
    };
  }

  #drop(): void {
    const entry = this.#ended[this.#endedFrom++];
    if (!entry) return;
    this.#entries.delete(entry.id);
    // The row is cut now and then: to shift it each time would move all of it.
    if (this.#endedFrom > 1000) {
      this.#ended = this.#ended.slice(this.#endedFrom);
      this.#endedFrom = 0;
    }
    this.tell(entry, 'dropped');
  }
}

/** A line as it is now, for JSON. */
export function lineOf(entry: ExchangeLine): ExchangeLine {
  const { id, kind, method, target, status, type, startedAt, answeredMs, endedMs, requestBytes, responseBytes } = entry;
  const { visitor, who, via, agent, error, from, replayOf } = entry;
  const times = { startedAt, answeredMs, endedMs };
  return { id, kind, method, target, status, type, ...times, requestBytes, responseBytes, visitor, who, via, agent, error, from, replayOf };
}

/** What came when: milliseconds after the exchange began, and places in its body. */
export async function marksOf(marks: Body): Promise<{ readonly ms: number; readonly offset: number }[]> {
  const { from, to } = marks.range;
  // Of a mark that is gone in part nothing can be said.
  const start = Math.ceil(from / MARK_BYTES) * MARK_BYTES;
  const bytes = await marks.read(start, to - start);
  if (!bytes) return [];
  const view = new DataView(bytes.buffer);
  return Array.from({ length: Math.floor(bytes.length / MARK_BYTES) }, (_, index) => ({
    ms: view.getFloat64(index * MARK_BYTES),
    offset: view.getFloat64(index * MARK_BYTES + 8),
  }));
}

function markOf(ms: number, offset: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(MARK_BYTES));
  view.setFloat64(0, ms);
  view.setFloat64(8, offset);
  return new Uint8Array(view.buffer);
}

const LEFT: ReadonlySet<ErrorCode> = new Set(['CANCELLED', 'SESSION_CLOSED', 'SESSION_LOST', 'PATH_LOST']);

function errorWords(error: unknown): string {
  if (!(error instanceof PortholeError)) return error instanceof Error ? error.message : 'it broke off';
  return LEFT.has(error.code) ? `the visitor left (${error.code})` : `${error.message} (${error.code})`;
}

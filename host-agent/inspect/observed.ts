// SPDX-License-Identifier: Apache-2.0
// A site that is looked at: each exchange is told to an observer as it passes, and neither held back nor changed.

import type { RequestHead, ResponseHead } from '../../proto/site.ts';
import { contentAsAsked, headAsAsked, noteAsked } from '../../transport/session/as-asked.ts';
import { announcedLength, headersOf, notedResponseHead } from '../../transport/session/http.ts';
import { type Lender, type LentPiece, lenderOf, lendingStream } from '../../transport/session/lending.ts';
import type { ConnectAnswer, ConnectRequest, Site, Visitor } from '../../transport/session/site.ts';
import { type Clock, systemClock } from '../../transport/time/clock.ts';

/** Sees one exchange. */
export interface Sight {
  /** Whether content from the visitor is of interest. */
  readonly seesRequest: boolean;
  /** Content from the visitor passes: whoever reads it next has its memory. */
  requestPiece(bytes: Uint8Array): void;
  /**
   * Content to the visitor passes.
   * @param release gives the piece's memory back
   * @returns what is to be called in its place
   */
  responsePiece(bytes: Uint8Array, release?: () => void): (() => void) | undefined;
  answered(head: ResponseHead, length: number | null): void;
  /** All is over; called once, and nothing after it. `error` says why it ended early. */
  end(error: unknown): void;
}

/** Is told of each exchange. */
export interface Observer {
  /**
   * @param tunnel whether the exchange is an upgraded connection, once it is agreed to
   * @param length of the request's content; null where it is not known
   */
  begin(request: RequestHead, visitor: Visitor, tunnel: boolean, length: number | null): Sight;
}

/** How often exchanges are looked for whose visitor has left, in milliseconds: where nobody reads an answer on, nothing else tells. */
export const SWEEP_MS = 1000;

/**
 * A site with an observer. What it answers is to be given to a session as it is: its bodies are seen when a session sends them,
 * or whoever reads them by `piecesOf`.
 */
export function observed(site: Site, observer: Observer, clock: Clock = systemClock): Site {
  const running = new Set<Seen>();
  let isSweeping = false;
  const sweep = (): void => {
    for (const seen of running) seen.look();
    isSweeping = running.size > 0;
    if (isSweeping) clock.after(SWEEP_MS, sweep);
  };
  const begin = (sight: Sight, signal: AbortSignal): Seen => {
    if (!isSweeping) {
      isSweeping = true;
      clock.after(SWEEP_MS, sweep);
    }
    return new Seen(sight, signal, running);
  };
  const asked: Site = async (request, visitor) => {
    const { signal } = request;
    const body = contentAsAsked(request);
    const sight = observer.begin(headAsAsked(request), visitor, false, body ? announcedLength(request.headers) : 0);
    const seen = begin(sight, signal);
    try {
      const response = await site(body && sight.seesRequest ? withBody(request, body, seen) : request, visitor);
      const content = request.method === 'HEAD' ? null : response.body;
      seen.answered(notedResponseHead(response), announcedLength(response.headers), content);
      return response;
    } catch (thrown) {
      seen.end(thrown);
      throw thrown;
    }
  };
  const { connect } = site;
  if (!connect) return asked;
  return Object.assign(asked, {
    connect: async (request: ConnectRequest, visitor: Visitor): Promise<ConnectAnswer> => {
      const { target, authority, protocol, headers, signal } = request;
      const head = { method: 'CONNECT', target, authority, protocol, headers: headersOf(headers) };
      const seen = begin(observer.begin(head, visitor, true, null), signal);
      try {
        const answer = await connect(seenTunnel(request, seen), visitor);
        const fields = [...(answer.headers ?? [])];
        const response = { status: answer.status, headers: headersOf(fields) };
        if (answer.status === 200) seen.opened(response);
        else seen.answered(response, null, answer.body ?? null);
        return { ...answer, headers: fields };
      } catch (thrown) {
        seen.end(thrown);
        throw thrown;
      }
    },
  } satisfies Pick<Site, 'connect'>);
}

/** The body of an observed answer, for who is no session. */
export async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = body.getReader();
  const lender = lenderOf(body);
  try {
    for (;;) {
      // What is lent is not given back: it is the caller's.
      const bytes = lender ? (await lender.lend(reader))?.bytes : (await reader.read()).value;
      if (!bytes) return;
      yield bytes;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** One exchange under way. It stands between the answer's body and the session that sends it. */
class Seen implements Lender {
  readonly #sight: Sight;
  readonly #signal: AbortSignal;
  readonly #running: Set<Seen>;
  #inner: Lender | undefined;
  #length: number | null = null;
  #sent = 0;
  #isOver = false;
  #isListening = false;

  constructor(sight: Sight, signal: AbortSignal, running: Set<Seen>) {
    this.#sight = sight;
    this.#signal = signal;
    this.#running = running;
    running.add(this);
  }

  answered(head: ResponseHead, length: number | null, body: ReadableStream<Uint8Array> | null): void {
    if (this.#isOver) return;
    this.#sight.answered(head, length);
    if (body === null) return this.end(null);
    this.#length = length;
    this.#inner = lenderOf(body);
    lendingStream(body, this);
  }

  /** The connection is agreed to. */
  opened(head: ResponseHead): void {
    if (!this.#isOver) this.#sight.answered(head, null);
  }

  requestPiece(bytes: Uint8Array): void {
    if (!this.#isOver) this.#sight.requestPiece(bytes);
  }

  responsePiece(bytes: Uint8Array, release?: () => void): (() => void) | undefined {
    return this.#isOver ? release : this.#sight.responsePiece(bytes, release);
  }

  /** Whether the visitor is still there. */
  look(): void {
    if (this.#signal.aborted) this.end(this.#signal.reason);
  }

  end(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#running.delete(this);
    this.#sight.end(error);
  }

  async lend(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<LentPiece | null> {
    let bytes: Uint8Array | undefined;
    let release: (() => void) | undefined;
    try {
      if (this.#inner) {
        const lent = await this.#inner.lend(reader);
        bytes = lent?.bytes;
        release = lent?.release;
      } else bytes = (await reader.read()).value;
    } catch (thrown) {
      this.end(thrown);
      throw thrown;
    }
    if (!bytes) {
      // A read that was given up ends as the last one does.
      this.end(this.#signal.aborted ? this.#signal.reason : null);
      return null;
    }
    release = this.responsePiece(bytes, release);
    this.#sent += bytes.length;
    // Nobody reads on once all that was announced is there.
    if (this.#sent === this.#length) this.end(null);
    else if (!this.#isListening) {
      // Of what takes long the end is told when it comes. For what is short that would cost more than all the rest.
      this.#isListening = true;
      this.#signal.addEventListener('abort', () => this.look(), { once: true });
    }
    return { bytes, release };
  }
}

/** The same request, its body seen. */
function withBody(request: Request, body: ReadableStream<Uint8Array>, seen: Seen): Request {
  const content = seenStream(body, seen);
  const same = new Request(request, (request.body ? { body: content, duplex: 'half' } : {}) as RequestInit);
  noteAsked(same, headAsAsked(request), content);
  return same;
}

function seenStream(
  stream: ReadableStream<Uint8Array>,
  seen: Seen,
  ended: (error: unknown) => void = () => {},
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await reader.read();
          if (done) {
            ended(null);
            return controller.close();
          }
          seen.requestPiece(value);
          controller.enqueue(value);
        } catch (thrown) {
          ended(thrown);
          throw thrown;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** The same connection, both ways seen. It is over when both are. */
function seenTunnel(request: ConnectRequest, seen: Seen): ConnectRequest {
  const writer = request.writable.getWriter();
  let open = 2;
  const ended = (error: unknown): void => {
    if (error || --open === 0) seen.end(error);
  };
  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      // A write that waits would have the abort wait, too.
      controller.signal.addEventListener('abort', () => void writer.abort(controller.signal.reason).catch(() => {}), { once: true });
      writer.closed.catch((error) => controller.error(error));
    },
    async write(bytes) {
      seen.responsePiece(bytes);
      await writer.write(bytes);
    },
    async close() {
      await writer.close();
      ended(null);
    },
    abort: (reason) => ended(reason ?? new Error('broken off')),
  });
  return { ...request, readable: seenStream(request.readable, seen, ended), writable };
}

// SPDX-License-Identifier: Apache-2.0
// A site that is looked at: each exchange is told to an observer as it passes, and neither held back nor changed.

import type { RequestHead, ResponseHead } from '../../proto/site.ts';
import { headAsAsked, noteHead } from '../../transport/session/as-asked.ts';
import { announcedLength, headersOf, responseHead } from '../../transport/session/http.ts';
import { type Lender, type LentPiece, lenderOf, lendingStream } from '../../transport/session/lending.ts';
import type { ConnectAnswer, ConnectRequest, Site, Visitor } from '../../transport/session/site.ts';

/** Sees content as it passes. */
export interface Sink {
  /**
   * @param release gives the piece's memory back; without it the memory is whoever's reads it next
   * @returns what is to be called in its place
   */
  piece(bytes: Uint8Array, release?: () => void): (() => void) | undefined;
}

/** Sees one exchange. */
export interface Sight {
  /** Content from the visitor; null where it is of no interest. */
  readonly request: Sink | null;
  /** Content to it. */
  readonly response: Sink;
  /** @param length of the content to come, where it is announced */
  answered(head: ResponseHead, length: number | null): void;
  /** All is over; called once. `error` says why it ended early. */
  end(error: unknown): void;
}

/** Is told of each exchange. */
export interface Observer {
  /** @param tunnel whether the exchange is an upgraded connection, once it is agreed to */
  begin(request: RequestHead, visitor: Visitor, about: { readonly tunnel: boolean; readonly length: number | null }): Sight;
}

/**
 * A site with an observer. What it answers is to be given to a session as it is: its bodies are seen when a session sends them,
 * or whoever reads them by `piecesOf`.
 */
export function observed(site: Site, observer: Observer): Site {
  const asked: Site = async (request, visitor) => {
    const { body, signal, method } = request;
    const sight = once(
      observer.begin(headAsAsked(request), visitor, { tunnel: false, length: body ? announcedLength(request.headers) : 0 }),
    );
    // The visitor's leaving is told by this alone where nobody reads the answer to its end.
    signal.addEventListener('abort', () => sight.end(signal.reason), { once: true });
    try {
      const response = await site(body && sight.request ? withBody(request, body, sight.request) : request, visitor);
      const length = announcedLength(response.headers);
      sight.answered(responseHead(response), length);
      if (response.body === null || method === 'HEAD') sight.end(null);
      else lendingStream(response.body, new SeenLender(lenderOf(response.body), sight, length));
      return response;
    } catch (thrown) {
      sight.end(thrown);
      throw thrown;
    }
  };
  const { connect } = site;
  if (!connect) return asked;
  return Object.assign(asked, {
    connect: async (request: ConnectRequest, visitor: Visitor): Promise<ConnectAnswer> => {
      const { target, authority, protocol, headers, signal } = request;
      const head = { method: 'CONNECT', target, authority, protocol, headers: headersOf(headers) };
      const sight = once(observer.begin(head, visitor, { tunnel: true, length: null }));
      signal.addEventListener('abort', () => sight.end(signal.reason), { once: true });
      try {
        const tunnel = seenTunnel(request, sight);
        const answer = await connect(tunnel, visitor);
        const fields = [...(answer.headers ?? [])];
        const response = { status: answer.status, headers: headersOf(fields) };
        sight.answered(response, null);
        if (answer.status !== 200) {
          if (answer.body) lendingStream(answer.body, new SeenLender(lenderOf(answer.body), sight, null));
          else sight.end(null);
        }
        return { ...answer, headers: fields };
      } catch (thrown) {
        sight.end(thrown);
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

/** Ends it once. */
function once(sight: Sight): Sight {
  let over = false;
  return {
    request: sight.request,
    response: sight.response,
    answered: (head, length) => void (over || sight.answered(head, length)),
    end(error) {
      if (over) return;
      over = true;
      sight.end(error);
    },
  };
}

/** Stands between a body and the session that sends it. */
class SeenLender implements Lender {
  readonly #inner: Lender | undefined;
  readonly #sight: Sight;
  readonly #length: number | null;
  #sent = 0;

  constructor(inner: Lender | undefined, sight: Sight, length: number | null) {
    this.#inner = inner;
    this.#sight = sight;
    this.#length = length;
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
      this.#sight.end(thrown);
      throw thrown;
    }
    if (!bytes) {
      this.#sight.end(null);
      return null;
    }
    release = this.#sight.response.piece(bytes, release);
    this.#sent += bytes.length;
    // Nobody reads on once all that was announced is there.
    if (this.#sent === this.#length) this.#sight.end(null);
    return { bytes, release };
  }
}

/** The same request, its body seen. */
function withBody(request: Request, body: ReadableStream<Uint8Array>, sink: Sink): Request {
  const seen = new Request(request, { body: seenStream(body, sink), duplex: 'half' } as RequestInit);
  noteHead(seen, headAsAsked(request));
  return seen;
}

function seenStream(
  stream: ReadableStream<Uint8Array>,
  sink: Sink | null,
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
          sink?.piece(value);
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
function seenTunnel(request: ConnectRequest, sight: Sight): ConnectRequest {
  const writer = request.writable.getWriter();
  let open = 2;
  const ended = (error: unknown): void => {
    if (error || --open === 0) sight.end(error);
  };
  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      // A write that waits would have the abort wait, too.
      controller.signal.addEventListener('abort', () => void writer.abort(controller.signal.reason).catch(() => {}), { once: true });
      writer.closed.catch((error) => controller.error(error));
    },
    async write(bytes) {
      sight.response.piece(bytes);
      await writer.write(bytes);
    },
    async close() {
      await writer.close();
      ended(null);
    },
    abort: (reason) => ended(reason ?? new Error('broken off')),
  });
  return { ...request, readable: seenStream(request.readable, sight.request, ended), writable };
}

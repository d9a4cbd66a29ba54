// SPDX-License-Identifier: Apache-2.0
// The visitor's end of a session: a site as a function from request to Response.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import type { SessionConnection } from '../channel/connection.ts';
import type { Clock } from '../time/clock.ts';
import { type Asking, requestHead, responseOf, sendContent } from './http.ts';
import { Mux } from './mux.ts';
import type { Connecting, Tunnel } from './tunnel.ts';

/** A site, spoken to over one session. */
export interface Session {
  /** The path in use, and the round trip measured on it, in milliseconds (0 while it is not known). */
  readonly path: { readonly via: string; readonly rttMs: number };
  /** Whether it takes requests: neither end has closed it or said that it will. */
  readonly open: boolean;
  /** Requests under way. */
  readonly streams: number;
  /**
   * Asks, and resolves with the head of the answer; bodies stream both ways.
   * Rejects with a PortholeError, or the request's own abort reason.
   */
  fetch(request: Asking): Promise<Response>;
  /**
   * Asks the site to speak another protocol, and resolves with its answer.
   * Rejects as `fetch` does, and with CONNECT_UNSUPPORTED when the host has no such connections.
   */
  connect(request: Connecting): Promise<Tunnel>;
  /** Resolves when the host has answered for the first time. Never rejects; see `closed`. */
  readonly answered: Promise<void>;
  /** Looks for signs of life now: a path that gives none within `withinMs` is doubted. */
  probe(withinMs: number): void;
  /** Ends the session; what is under way fails with SESSION_CLOSED. */
  close(): Promise<void>;
  /** Resolves when the session has ended, with the error if it was one. Never rejects. */
  readonly closed: Promise<PortholeError | null>;
}

/** Opens a session on a connection. Requests may be made at once: they go out behind the Hello. */
export function openSession(connection: SessionConnection, options: { clock?: Clock; agent?: string } = {}): Session {
  const mux = new Mux(connection, { ...options, role: 'visitor' });
  mux.start();
  return {
    get path() {
      return { via: mux.via, rttMs: mux.rttMs };
    },
    get open() {
      return mux.takes;
    },
    get streams() {
      return mux.streams;
    },
    fetch: (request) => ask(mux, request),
    connect: async (request) => (await import('./connect-part.ts')).connect(mux, request),
    answered: mux.answered,
    probe: (withinMs) => mux.probe(withinMs),
    close: () => mux.close(),
    closed: mux.closed,
  };
}

async function ask(mux: Mux, asking: Asking): Promise<Response> {
  const { signal, body } = asking;
  if (signal?.aborted) throw signal.reason;
  if (body?.locked) throw new TypeError('the body of this request is being read already');
  const stream = mux.open(requestHead(asking), !body);
  const cancel = (): void => stream.abandon(new PortholeError('CANCELLED'));
  if (signal) {
    signal.addEventListener('abort', cancel, { once: true });
    void stream.ending.then(() => signal.removeEventListener('abort', cancel));
  }
  if (body) void sendContent(stream, body, null);
  try {
    const head = await stream.response;
    return responseOf(stream, head, asking.method);
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason;
    const error = asPortholeError(thrown);
    stream.abandon(error);
    throw error;
  }
}

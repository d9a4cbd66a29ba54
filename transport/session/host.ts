// SPDX-License-Identifier: Apache-2.0
// The host's end of a session: each stream a visitor opens is put to the site.

import { PortholeError } from '../../proto/errors.ts';
import type { SessionConnection } from '../channel/connection.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { answerConnect } from './answer-connect.ts';
import { announcedLength, requestOf, responseHead, sendContent } from './http.ts';
import { Mux } from './mux.ts';
import { Serving } from './serving.ts';
import { ANYONE, type Site, type Visitor } from './site.ts';
import type { Stream } from './stream.ts';

/** What a host holds of one visitor's session. */
export interface Served {
  /** The name of the path in use, and the round trip measured on it, in milliseconds (0 while it is not known). */
  readonly path: { readonly via: string; readonly rttMs: number };
  /** Requests under way. */
  readonly streams: number;
  /** Requests that run at the site: also those that the visitor has given up. */
  readonly running: number;
  /** Bytes of requests' content that came and that the site has not read. */
  readonly held: number;
  /** Resolves when the visitor has answered for the first time. Never rejects; see `closed`. */
  readonly answered: Promise<void>;
  /** Takes no more requests, lets those under way finish for at most `graceMs`, then ends. */
  drain(reason: PortholeError, graceMs: number): Promise<void>;
  /** Ends the session; what is under way fails with SESSION_CLOSED. */
  close(): Promise<void>;
  /** Resolves when the session has ended, with the error if it was one. Never rejects. */
  readonly closed: Promise<PortholeError | null>;
}

export interface ServeOptions {
  readonly clock?: Clock;
  readonly agent?: string;
  /** Called with what the site threw; the visitor is told SITE_FAILED. */
  readonly onSiteError?: (error: unknown, request: Request | null) => void;
}

/** What is known of a visitor before it speaks; without a gate it may be anyone. */
export type Arriving = Omit<Visitor, 'agent' | 'who'> & Partial<Pick<Visitor, 'who'>>;

/** Serves a site on a connection until either end closes it. */
export function serveSession(connection: SessionConnection, site: Site, visitor: Arriving, options: ServeOptions = {}): Served {
  const { clock = systemClock, agent } = options;
  const serving = new Serving(clock, (stream) => {
    const arrived = { who: ANYONE, ...visitor, agent: mux.peerAgent };
    if (!stream.request.protocol) return answer(stream, site, arrived, options);
    return answerConnect(mux, stream, site, arrived, (error) => options.onSiteError?.(error, null));
  });
  const mux = new Mux(connection, { clock, agent, role: 'host', serving });
  mux.start();
  return {
    get path() {
      return { via: mux.via, rttMs: mux.rttMs };
    },
    get streams() {
      return mux.streams;
    },
    get running() {
      return mux.running;
    },
    get held() {
      return mux.held;
    },
    answered: mux.answered,
    drain: (reason, graceMs) => mux.drain(reason, graceMs),
    close: () => mux.close(),
    closed: mux.closed,
  };
}

async function answer(stream: Stream, site: Site, visitor: Visitor, options: ServeOptions): Promise<void> {
  let request: Request | null = null;
  let response: Response | null = null;
  try {
    request = requestOf(stream);
    response = await site(request, visitor);
    if (stream.failure) {
      await response.body?.cancel(stream.failure);
      return;
    }
    if (request.method === 'HEAD') await response.body?.cancel();
    const body = request.method === 'HEAD' ? null : response.body;
    stream.head({ type: 'response', response: responseHead(response) }, !body);
    if (body) await sendContent(stream, body, announcedLength(response.headers));
    // What the visitor still wants to send, nobody will read.
    if (!stream.ended) stream.reset(new PortholeError('CANCELLED', 'the request was answered before it ended'));
  } catch (thrown) {
    // Nobody will read it; it may hold a file.
    if (response?.body && !response.body.locked) response.body.cancel(thrown).catch(() => {});
    if (stream.failure) return;
    options.onSiteError?.(thrown, request);
    // An error of the site's own code may name what visitors should not see.
    stream.reset(thrown instanceof PortholeError ? thrown : new PortholeError('SITE_FAILED'));
  } finally {
    // A site that goes on reading after its answer learns that there is no more, and does not take it for the end. Most requests
    // bring nothing: an error for each, with its stack, would cost as much as its file.
    if (!stream.empty) stream.drop(new PortholeError('CANCELLED', 'the request was answered before it was read'));
  }
}

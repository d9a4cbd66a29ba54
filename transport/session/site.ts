// SPDX-License-Identifier: Apache-2.0
// What a host offers: a function from Request to Response, the platform's own types; and what it does with upgraded connections.

/** Who asks: for access rules and logs. */
export interface Visitor {
  /** The session's number at this host, for logs. */
  readonly session: string;
  /** By which strategy the visitor came: a Connection's `via`. */
  readonly via: string;
  /** What the visitor's program calls itself; GATEWAY_AGENT is the suite's own HTTP gateway. */
  readonly agent: string;
  /** Who the host's gate let in: 'anyone', 'key ab12cd34… (Anna)', 'password', 'invite 7f3c0102 (Ben)'. */
  readonly who: string;
  /** Of a request that waited in the suite's inbox: when it came there, and its number: `2026-03-01T12:00:00.000Z; 17`. */
  readonly inbox?: string;
}

/** Who a visitor is where there is no gate. */
export const ANYONE = 'anyone';

/** How the suite's HTTP gateway introduces itself: what it carries is not end to end, and a host may refuse it. */
export const GATEWAY_AGENT = 'porthole-gateway';

/** A visitor's wish for another protocol on a stream: an extended CONNECT (RFC 8441), a WebSocket say. */
export interface ConnectRequest {
  /** Path and query, as they were written. */
  readonly target: string;
  /** Host and port, as the visitor calls the site; may be empty. */
  readonly authority: string;
  /** The request's fields. Those of one connection, and a WebSocket's key, are not among them: both are each connection's own. */
  readonly headers: Headers;
  /** What the stream is to carry: `websocket`. In lower case, but for what a visitor writes otherwise. */
  readonly protocol: string;
  /** What the visitor sends on it, as it comes: of a WebSocket the client's frames, masked (RFC 6455 section 5). */
  readonly readable: ReadableStream<Uint8Array>;
  /** What goes to the visitor, once it has been answered with 200; its close is the end of that direction alone. */
  readonly writable: WritableStream<Uint8Array>;
  /** Aborts when the visitor breaks it off, or its session ends. */
  readonly signal: AbortSignal;
}

/** What a site answers to it. */
export interface ConnectAnswer {
  /** 200: the stream carries the protocol now, both ways. Any other: it does not. */
  readonly status: number;
  /** Fields of the answer. */
  readonly headers?: Iterable<readonly [string, string]>;
  /** With another status than 200: what the refusal says. */
  readonly body?: ReadableStream<Uint8Array> | null;
}

/**
 * A site: a fetch handler, as many frameworks have one (Hono's `app.fetch`, say, whose `env` is the visitor then). Bodies stream both
 * ways; `request.signal` aborts when the visitor goes away.
 */
export interface Site {
  (request: Request, visitor: Visitor): Response | Promise<Response>;
  /** Takes upgraded connections; a site without it answers them with 501. */
  readonly connect?: (request: ConnectRequest, visitor: Visitor) => Promise<ConnectAnswer>;
}

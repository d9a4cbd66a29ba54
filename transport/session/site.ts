// SPDX-License-Identifier: Apache-2.0
// What a host offers: a function from Request to Response, the platform's own types.

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
}

/** Who a visitor is where there is no gate. */
export const ANYONE = 'anyone';

/** How the suite's HTTP gateway introduces itself: what it carries is not end to end, and a host may refuse it. */
export const GATEWAY_AGENT = 'porthole-gateway';

/** A site. Bodies stream both ways; `request.signal` aborts when the visitor goes away. */
export type Site = (request: Request, visitor: Visitor) => Promise<Response>;

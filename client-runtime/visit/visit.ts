// SPDX-License-Identifier: Apache-2.0
// The Visit interface: what a visitor holds, which outlives the sessions that carry it.

import type { PortholeError } from '../../proto/errors.ts';
import type { Examiner } from '../../transport/nat/exam/own-nat.ts';
import type { PathNews } from '../../transport/paths/news.ts';
import type { Primitives } from '../../transport/seal/primitives.ts';
import type { Asking } from '../../transport/session/http.ts';
import type { Connecting, Tunnel } from '../../transport/session/tunnel.ts';
import type { Policy } from '../../transport/strategy/policy.ts';
import type { Strategy, StrategyInfo } from '../../transport/strategy/strategy.ts';
import type { NetworkWatch } from '../../transport/system/network.ts';
import type { Clock } from '../../transport/time/clock.ts';
import type { VisitorOptions } from '../visitor/visitor.ts';

/** What a visit needs of its platform and its program. */
export interface VisitOptions extends VisitorOptions {
  /** The strategies this end has. */
  readonly strategies: readonly Strategy[];
  /** Which of them to use, and which rather; `fastest` when left out. */
  readonly policy?: Policy;
  /** This platform's cryptography. */
  readonly primitives: Primitives;
  /** Finds out what this network does, once a path stands or waits for it. */
  readonly examine?: Examiner;
  /** Tells when the network changes, so that paths are looked at anew. */
  readonly network?: NetworkWatch;
  /** How long a `fetch` waits for a path, in milliseconds; PATIENCE_MS when left out. */
  readonly patienceMs?: number;
  /** Names this program to the host. */
  readonly agent?: string;
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
  /** Gives up waiting for the first path; a visit that has one is ended by `close`. */
  readonly signal?: AbortSignal;
}

/** The path in use: a Connection's `via`, its measured round trip, and why this one. */
export interface Path {
  /** The name of its strategy. */
  readonly via: string;
  /** Milliseconds of a round trip; 0 until it is measured. */
  readonly rttMs: number;
  /** Why this one, in words. */
  readonly reason: string;
  /** The connection that stands by, if one does. */
  readonly standby?: string;
  /** It gives no sign of life at the moment. */
  readonly silent?: boolean;
}

/** Something that happened to what carries a visit. */
export interface PathChange {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What it was. */
  readonly kind: PathNews['kind'];
  /** The path in use from then on; empty: none. */
  readonly via: string;
  /** Milliseconds of a round trip on it; 0 where there is none, or it is not measured. */
  readonly rttMs: number;
  /** Why, in words. */
  readonly reason: string;
}

/** Where a visit stands. */
export type VisitState =
  /** The suite is asked. */
  | { readonly state: 'finding' }
  /** The host is away; the visit goes on by itself when it comes. */
  | { readonly state: 'offline'; readonly error: PortholeError }
  /** `trying`: names of the strategies under way; `reason`: why, when a path was lost. */
  | { readonly state: 'connecting'; readonly trying: readonly string[]; readonly reason?: string }
  /** A path stands. */
  | { readonly state: 'connected'; readonly path: Path }
  /** It has ended: null after `close`, else what cannot be mended. */
  | { readonly state: 'closed'; readonly error: PortholeError | null };

/** The site that is visited, as the suite describes it. */
export interface SiteInfo {
  /** Its public key in base32: the site, whatever its name. */
  readonly id: string;
  /** Its name at the suite. */
  readonly name: string;
  /** What its owner calls it; empty where it says nothing. */
  readonly title: string;
  /** The site's own link, its root. */
  readonly link: string;
}

/**
 * A visit to one site. It finds a path, and another when that one is lost, for as long as it is open.
 * `fetch` waits for a path; requests without a body that were not answered when a path broke are asked again on the next.
 */
export interface Visit {
  /** The site’s description; null until the suite has given it (`known`). */
  readonly site: SiteInfo | null;
  /** Where it stands now. */
  readonly status: VisitState;
  /** The strategies this end has, as they describe themselves: `strategyNamed` finds the words for a `via`. */
  readonly strategies: readonly StrategyInfo[];
  /** What happened to its paths, the oldest first. A `status` event follows each. */
  readonly history: readonly PathChange[];
  /** Requests under way: they wait for a path, or their answers have not come whole. */
  readonly requests: number;
  /** The site's description, once the suite has given it. Rejects with what ended the visit first. */
  known(): Promise<SiteInfo>;
  /** Calls `listener` at each change of `status`; returns what ends that. */
  onStatus(listener: (status: VisitState) => void): () => void;
  /**
   * Resolves with the response head; the body streams. Rejects with a PortholeError, or the request's abort reason.
   * Takes a Request, or a plain object of that shape.
   */
  fetch(request: Asking): Promise<Response>;
  /**
   * Asks the site to speak another protocol, a WebSocket say (RFC 8441), and resolves with its answer. What it opens goes on when the
   * session changes its path, and fails with the session. Waits for a path as `fetch` does; rejects as that, and with
   * CONNECT_UNSUPPORTED when the host knows no such connections.
   */
  connect(request: Connecting): Promise<Tunnel>;
  /** Ends the visit; requests under way are cancelled. */
  close(): Promise<void>;
  /** Resolves when the visit has ended: null after `close`, or the error that cannot be mended (SITE_UNKNOWN, …). Never rejects. */
  readonly closed: Promise<PortholeError | null>;
}

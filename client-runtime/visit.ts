// SPDX-License-Identifier: Apache-2.0
// What a visitor holds: a visit to a site, which outlives the sessions that carry it.

import type { PortholeError } from '../proto/errors.ts';
import type { Asking } from '../transport/session/http.ts';

/** The way in use: a Connection's `via`, its measured round trip, and why this one. */
export interface Path {
  readonly via: string;
  readonly rttMs: number;
  readonly reason: string;
}

/** Where a visit stands. */
export type VisitState =
  | { readonly state: 'finding' } // asking the suite
  // The host is away, or does not let this visitor in for now (RATE_LIMITED): the visit goes on by itself when that is over.
  | { readonly state: 'offline'; readonly error: PortholeError }
  | { readonly state: 'connecting'; readonly trying: readonly string[] } // names of the strategies under way
  | { readonly state: 'connected'; readonly path: Path }
  | { readonly state: 'closed'; readonly error: PortholeError | null };

/** The site that is visited, as the suite describes it. */
export interface SiteInfo {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** The site's own link, its root. */
  readonly link: string;
}

/**
 * A visit to one site. It finds a path, and another when that one is lost, for as long as it is open.
 * `fetch` waits for a path; requests without a body that were not answered when a path broke are asked again on the next.
 */
export interface Visit {
  readonly site: SiteInfo | null;
  readonly status: VisitState;
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
  /** Ends the visit; requests under way are cancelled. */
  close(): Promise<void>;
  /** Resolves when the visit has ended: null after `close`, or the error that cannot be mended (SITE_UNKNOWN, …). Never rejects. */
  readonly closed: Promise<PortholeError | null>;
}

// SPDX-License-Identifier: Apache-2.0
// Keeps a visit going for as long as the page is open: starts it, and starts another when it ended with an error that passes.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import type { PathChange, SiteInfo, Visit, VisitState } from '../visit.ts';
import type { VisitorOptions } from '../visitor.ts';
import { passes } from './words.ts';

/** Milliseconds before the first new attempt; doubled each time up to the longest. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** Starts a visit to the site whose origin this page is on, for this visitor. */
export type StartVisit = (visitor: VisitorOptions) => Promise<Visit>;

/** The page's visit, whichever it is at the moment. */
export class VisitKeeper {
  status: VisitState = { state: 'finding' };
  readonly #start: () => Promise<Visit>;
  readonly #onStatus: (status: VisitState) => void;
  #visit: Visit | null = null;
  /** As the visit before knew it. */
  #lastSite: SiteInfo | null = null;
  #waiting: { resolve(visit: Visit): void; reject(error: PortholeError): void }[] = [];
  #failures = 0;
  #wake: () => void = () => undefined;

  constructor(start: () => Promise<Visit>, onStatus: (status: VisitState) => void) {
    this.#start = start;
    this.#onStatus = onStatus;
    window.addEventListener('online', () => this.#wake());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#wake());
    window.addEventListener('pagehide', () => void this.#visit?.close());
    void this.#run();
  }

  /** The site, once the suite has described it. */
  get site(): SiteInfo | null {
    return this.#visit?.site ?? this.#lastSite;
  }

  /** What happened to the ways of the visit. */
  get history(): readonly PathChange[] {
    return this.#visit?.history ?? [];
  }

  /** Asks the site, once there is a visit. Rejects with the error of a visit that cannot be. */
  async fetch(request: Request): Promise<Response> {
    if (this.status.state === 'closed') throw this.status.error ?? new PortholeError('SESSION_CLOSED');
    const visit = this.#visit ?? (await new Promise<Visit>((resolve, reject) => this.#waiting.push({ resolve, reject })));
    return visit.fetch(request);
  }

  async #run(): Promise<void> {
    for (;;) {
      const error = await this.#once();
      if (error && !passes(error.code)) {
        this.#set({ state: 'closed', error });
        for (const { reject } of this.#waiting.splice(0)) reject(error);
        return;
      }
      if (error) this.#set({ state: 'offline', error });
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, pause);
      });
    }
  }

  /** One visit from its start to its end. */
  async #once(): Promise<PortholeError | null> {
    try {
      const visit = await this.#start();
      const end = visit.onStatus((status) => this.#follow(status));
      this.#visit = visit;
      this.#follow(visit.status);
      for (const { resolve } of this.#waiting.splice(0)) resolve(visit);
      const error = await visit.closed;
      end();
      return error;
    } catch (error) {
      return asPortholeError(error);
    } finally {
      this.#lastSite = this.site;
      this.#visit = null;
    }
  }

  /** A closed visit may be followed by another: whether the page's visit is over is decided in one place. */
  #follow(status: VisitState): void {
    if (status.state === 'connected') this.#failures = 0;
    if (status.state !== 'closed') this.#set(status);
  }

  #set(status: VisitState): void {
    this.status = status;
    this.#onStatus(status);
  }
}

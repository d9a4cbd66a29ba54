// SPDX-License-Identifier: Apache-2.0
// Keeps a visit going until it is closed: starts it, and starts another one when it ended with a temporary error.

import { asPortholeError, PortholeError } from '../../../proto/errors.ts';
import { infoOf, type StrategyInfo } from '../../../transport/strategy/strategy.ts';
import type { PathChange, SiteInfo, Visit, VisitState } from '../../visit/visit.ts';
import type { VisitorOptions } from '../../visitor/visitor.ts';
import { passes } from '../shared/passing.ts';

/** Milliseconds before the first new attempt; doubled each time up to the longest. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** Starts a visit to the site whose origin this is, for this visitor. */
export type StartVisit = (visitor: VisitorOptions) => Promise<Visit>;

/** The session's visit, whichever it is at the moment. */
export class VisitKeeper {
  status: VisitState = { state: 'finding' };
  readonly #start: () => Promise<Visit>;
  readonly #onStatus: (status: VisitState) => void;
  #visit: Visit | null = null;
  /** As the visit before knew it. */
  #lastSite: SiteInfo | null = null;
  #waiting: { resolve(visit: Visit): void; reject(error: PortholeError): void }[] = [];
  #failures = 0;
  #over = false;
  #wake: () => void = () => undefined;

  constructor(start: () => Promise<Visit>, onStatus: (status: VisitState) => void) {
    this.#start = start;
    this.#onStatus = onStatus;
    void this.#run();
  }

  /** The site, once the suite has described it. */
  get site(): SiteInfo | null {
    return this.#visit?.site ?? this.#lastSite;
  }

  /** What happened to the paths of the visit. */
  get history(): readonly PathChange[] {
    return this.#visit?.history ?? [];
  }

  /** What the visit's strategies say of themselves, for another thread. */
  get strategies(): readonly StrategyInfo[] {
    return this.#visit?.strategies.map(infoOf) ?? [];
  }

  /** The visit, once there is one. Rejects with the error of a visit that cannot be. */
  async visit(): Promise<Visit> {
    if (this.status.state === 'closed') throw this.status.error ?? new PortholeError('SESSION_CLOSED');
    return this.#visit ?? new Promise<Visit>((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** There may be a network again, or a person who waits: what is to be tried later is tried now. */
  hurry(): void {
    this.#wake();
  }

  /** Ends it. Nothing more is told. */
  close(): void {
    this.#over = true;
    this.#wake();
    void this.#visit?.close();
    const error = new PortholeError('SESSION_CLOSED', 'the visit is over');
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      const error = await this.#once();
      if (this.#over) return;
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
      if (this.#over) void visit.close();
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

  /** A closed visit may be followed by another: whether the session's visit is over is decided in one place. */
  #follow(status: VisitState): void {
    if (status.state === 'connected') this.#failures = 0;
    if (status.state !== 'closed') this.#set(status);
  }

  #set(status: VisitState): void {
    if (this.#over) return;
    this.status = status;
    this.#onStatus(status);
  }
}

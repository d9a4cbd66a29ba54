// SPDX-License-Identifier: Apache-2.0
// The history of a visit's paths: what happened when, and the present state.

import type { PathNews } from '../../transport/paths/news.ts';
import type { Path, PathChange, VisitState } from './visit.ts';

/** Changes that are remembered. */
export const MAX_HISTORY = 50;

/** News that say why the path in use is the one in use. */
const REASONS: ReadonlySet<PathNews['kind']> = new Set(['moved', 'silent', 'recovered', 'sought']);

export class PathStory {
  readonly #wall: () => number;
  readonly #changes: PathChange[] = [];
  #reason = '';
  #silent = false;

  /** @param wall the time of day, in milliseconds since 1970 */
  constructor(wall: () => number = Date.now) {
    this.#wall = wall;
  }

  /** The oldest first. */
  get changes(): readonly PathChange[] {
    return this.#changes;
  }

  /** Takes news in. @returns where the visit stands by them */
  tell({ kind, via, rttMs, standby, reason }: PathNews): VisitState {
    if (this.#changes.push({ at: this.#wall(), kind, via, rttMs, reason }) > MAX_HISTORY) this.#changes.shift();
    if (kind === 'silent') this.#silent = true;
    else if (kind === 'moved' || kind === 'recovered' || via === '') this.#silent = false;
    if (via === '') return { state: 'connecting', trying: [], reason };
    if (REASONS.has(kind)) this.#reason = reason;
    const path: Path = { via, rttMs, reason: this.#reason, ...(standby && { standby }), ...(this.#silent && { silent: true }) };
    return { state: 'connected', path };
  }
}

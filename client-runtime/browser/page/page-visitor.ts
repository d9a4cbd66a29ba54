// SPDX-License-Identifier: Apache-2.0
// The person at this page: asks for the password when the site does, and keeps what opened the site.

import type { VisitState } from '../../visit/visit.ts';
import { loadPart } from '../shared/parts.ts';
import { dropSalted, keepSalted, keepSite } from '../shared/visitor-store.ts';
import type { Door } from '../status/door.ts';
import type { Notice } from '../status/status.ts';

/** The page's visitor. */
export class PageVisitor {
  readonly #onAsked: (notice: Notice) => void;
  readonly #onAnswer: (password: string) => void;
  #door: Door | null = null; // made when it is first needed
  /** The site asks, as far as is known. */
  #wanted = false;

  /**
   * @param onAsked called when the door has opened to ask, with what to say around it
   * @param onAnswer takes what was answered
   */
  constructor(onAsked: (notice: Notice) => void, onAnswer: (password: string) => void) {
    this.#onAsked = onAsked;
    this.#onAnswer = onAnswer;
  }

  /** A person is being asked for the password, or what was answered is being tried. */
  get asking(): boolean {
    return this.#door?.open ?? false;
  }

  /**
   * Asks.
   * @throws PortholeError SUITE_UNREACHABLE when the form cannot be loaded
   */
  async ask(wrong: boolean): Promise<void> {
    this.#wanted = true;
    const { Door, DOOR_NOTICE } = await loadPart(() => import('../status/door-part.ts'));
    if (!this.#wanted) return; // another window was quicker
    this.#door ??= new Door();
    const given = this.#door.ask(wrong);
    this.#onAsked(DOOR_NOTICE);
    const password = await given;
    if (password !== null) this.#onAnswer(password);
  }

  /** A salted password opened the site, or (null) opens it no more. */
  salted(salt: string, verifier: string | null): void {
    if (verifier === null) dropSalted(salt);
    else keepSalted(salt, verifier, this.#door?.remember ?? false);
  }

  /** The visit stands differently: the door closes when there is nothing to ask any more; a site that stands has proved its key. */
  follow({ state }: VisitState, site: string | undefined): void {
    const opened = state === 'connected';
    if (opened && site !== undefined) keepSite(site);
    if (!opened && state !== 'offline' && state !== 'closed') return;
    this.#wanted = false;
    this.#door?.close(opened);
  }
}

// SPDX-License-Identifier: Apache-2.0
// The session of a site in a worker: one visit for all its windows, which begins with the first of them and ends with the last.

import { PortholeError } from '../../../proto/errors.ts';
import { visitorId } from '../../../proto/visitor.ts';
import { inviteToken } from '../../invite-link.ts';
import type { VisitorOptions } from '../../visitor.ts';
import { type KeyFor, keysOf } from '../../visitor-key.ts';
import { Desk } from './desk.ts';
import { SessionDoor } from './door.ts';
import { type StartVisit, VisitKeeper } from './keeper.ts';
import type { Pass, TabState } from './messages.ts';
import { type Tab, Tabs } from './tabs.ts';

/**
 * Runs the session, in a SharedWorker or in a worker of one window.
 * @param startVisit starts a visit to the site of this origin; called again when a visit ended with an error that passes
 */
export function runSession(startVisit: (visitor: VisitorOptions, tabs: Tabs) => ReturnType<StartVisit>): Tabs {
  const session = new SiteSession((visitor) => startVisit(visitor, session.tabs));
  return session.tabs;
}

class SiteSession {
  readonly tabs: Tabs;
  readonly #startVisit: StartVisit;
  readonly #door: SessionDoor;
  readonly #desk: Desk;
  #keeper: VisitKeeper | null = null;
  /** Who the visit is made for. */
  #pass: Pass | null = null;
  #key: KeyFor | null = null;
  #waiting: ((keeper: VisitKeeper) => void)[] = [];

  constructor(startVisit: StartVisit) {
    this.#startVisit = startVisit;
    this.tabs = new Tabs({
      came: (tab) => this.#came(tab),
      empty: () => this.#empty(),
      password: (password, tab) => this.#door.given(password, tab),
      line: (port) => this.#desk.line(port),
    });
    this.#door = new SessionDoor(this.tabs);
    this.#desk = new Desk(
      this.tabs.session,
      this.tabs.lives,
      { fetch: async (request) => (this.#keeper ?? (await new Promise<VisitKeeper>((got) => this.#waiting.push(got)))).fetch(request) },
      {
        met: () => this.#linePlease(),
        awake: () => this.tabs.first()?.tell({ porthole: 'awake' }),
      },
    );
    this.tabs.sight.addEventListener('visibilitychange', () => {
      if (this.tabs.sight.visibilityState !== 'visible') return;
      void this.#desk.announce();
      this.#keeper?.hurry();
    });
    addEventListener('online', () => this.#keeper?.hurry());
  }

  /** A window came: the visit begins, or begins anew where this window brings what the last one lacked. */
  #came(tab: Tab): void {
    this.#door.came(tab);
    const keeper = this.#keeper;
    const { invite, site } = tab.pass;
    const known = this.#pass?.site ?? keeper?.site?.id;
    const same = this.#pass?.invite === invite && (site === null || site === known);
    if (!keeper || keeper.status.state === 'closed' || !(same || keeper.status.state === 'connected')) this.#begin(tab.pass);
    else this.tabs.show((one) => this.#stateFor(one));
    this.#linePlease();
  }

  #begin(pass: Pass): void {
    this.#keeper?.close();
    this.#pass = pass;
    this.#key = keysOf(pass.seed);
    const keeper = new VisitKeeper(
      async () => this.#startVisit(this.#visitor(pass)),
      (status) => {
        if (this.#keeper !== keeper) return;
        this.#door.follow(status);
        this.tabs.show((tab) => this.#stateFor(tab));
      },
    );
    this.#keeper = keeper;
    for (const got of this.#waiting.splice(0)) got(keeper);
    this.tabs.show((tab) => this.#stateFor(tab));
  }

  /** What a new visit brings. @throws PortholeError TOKEN_INVALID when the invitation that is kept is damaged */
  #visitor({ invite, site }: Pass): VisitorOptions {
    const token = invite === null ? undefined : inviteToken(invite);
    return { key: this.#key as KeyFor, site: site ?? undefined, credentials: { token, answer: this.#door.answer } };
  }

  #empty(): void {
    this.#desk.leave();
    this.#keeper?.close();
    this.#keeper = null;
    this.#pass = null;
  }

  #stateFor(tab: Tab): TabState {
    const { status, site = null, history } = this.#keeper as VisitKeeper;
    const key = site ? visitorId((this.#key as KeyFor)(site.id).publicKey) : undefined;
    if (site && tab.pass.site !== null && tab.pass.site !== site.id) {
      const error = new PortholeError('KEY_WRONG', 'another tab of this site is at one with another key');
      return { status: { state: 'closed', error }, site: null, history: [], key: undefined };
    }
    return { status, site, history, key };
  }

  /** A service worker or a window is new: one of the windows leads them to each other. */
  #linePlease(): void {
    const leader = this.tabs.first();
    this.tabs.tell({ porthole: 'worker', line: false });
    leader?.tell({ porthole: 'worker', line: true });
  }
}

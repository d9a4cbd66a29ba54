// SPDX-License-Identifier: Apache-2.0
// Runs a site's session in a worker: one visit for all windows, which begins with the first window and ends with the last.

import { PortholeError } from '../../../proto/errors.ts';
import { visitorId } from '../../../proto/visitor.ts';
import { inviteToken } from '../../links/invite-link.ts';
import type { Visit } from '../../visit/visit.ts';
import type { VisitorOptions } from '../../visitor/visitor.ts';
import { type KeyFor, keysOf } from '../../visitor/visitor-key.ts';
import { pagePrimitives } from '../shared/cryptography.ts';
import type { Pass, TabState } from '../shared/session-messages.ts';
import { Desk } from './desk.ts';
import { SessionDoor } from './door.ts';
import type { Fetcher } from './fetcher.ts';
import { browserRestarted, pipeline, signIn, signsIn } from './pipeline.ts';
import { type Tab, Tabs } from './tabs.ts';
import { type StartVisit, VisitKeeper } from './visit-keeper.ts';

/** Milliseconds that a session waits for a window, where its worker outlives them: the next page of a tab comes when the last one has gone. */
export const WINDOWLESS_MS = 10_000;

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
  /** What of it a site's owner would put on a list: the site's id, and the key's. */
  #id: readonly [site: string, key: string] | null = null;
  /** A service worker is there to which no line leads yet. */
  #unled = false;
  #waiting: ((keeper: VisitKeeper) => void)[] = [];
  #ending: ReturnType<typeof setTimeout> | undefined;

  constructor(startVisit: StartVisit) {
    this.#startVisit = startVisit;
    this.tabs = new Tabs({
      came: (tab) => this.#came(tab),
      empty: (last) => this.#empty(last),
      password: (password, tab) => this.#door.given(password, tab),
      signIn: (answer) => signIn?.answered(answer),
      line: (port) => {
        this.#unled = false;
        this.#desk.line(port);
      },
      page: async (say, port) => {
        (await pipeline()).heard(say, port, fetcher);
      },
    });
    this.#door = new SessionDoor(this.tabs);
    const fetcher: Fetcher = {
      session: this.tabs.session,
      visit: () => this.#visiting(),
      signIn: () => signsIn((message) => this.tabs.tell(message)),
      site: () => this.#pass?.site ?? this.#keeper?.site?.id,
    };
    this.#desk = new Desk(this.tabs.session, this.tabs.lives, fetcher, {
      met: () => {
        this.#unled = true;
        this.#linePlease();
      },
      awake: () => this.tabs.first()?.tell({ porthole: 'awake' }),
    });
    this.tabs.sight.addEventListener('visibilitychange', () => {
      if (this.tabs.sight.visibilityState !== 'visible') return;
      void this.#desk.announce();
      this.#keeper?.hurry();
    });
    addEventListener('online', () => this.#keeper?.hurry());
  }

  /** The visit, once there is one. */
  async #visiting(): Promise<Visit> {
    return (this.#keeper ?? (await new Promise<VisitKeeper>((got) => this.#waiting.push(got)))).visit();
  }

  /** A window came: the visit begins, or begins anew where this window brings what the last one lacked. */
  #came(tab: Tab): void {
    const { invite, site } = tab.pass;
    if (tab.pass.restarted) browserRestarted();
    if (this.#ending !== undefined) {
      // Whoever finds a session without a window goes on with it only with all that it was authorized for.
      clearTimeout(this.#ending);
      this.#ending = undefined;
      if (invite !== this.#pass?.invite || !this.#door.isKnownTo(tab)) this.#end();
    }
    this.#door.came(tab);
    signIn?.came((message) => tab.tell(message));
    const keeper = this.#keeper;
    const known = this.#pass?.site ?? keeper?.site?.id;
    const same = this.#pass?.invite === invite && (site === null || site === known);
    if (!keeper || keeper.status.state === 'closed' || !(same || keeper.status.state === 'connected')) this.#begin(tab.pass);
    else {
      keeper.hurry();
      this.#show();
    }
    this.#linePlease();
  }

  #begin(pass: Pass): void {
    this.#keeper?.close();
    this.#pass = pass;
    this.#id = null;
    const keeper = new VisitKeeper(
      async () => this.#startVisit(await this.#visitor(pass)),
      (status) => {
        if (this.#keeper !== keeper) return;
        this.#door.follow(status);
        if (keeper.site) void this.#name(keeper.site.id);
        this.#show();
      },
    );
    this.#keeper = keeper;
    for (const got of this.#waiting.splice(0)) got(keeper);
    this.#desk.open();
    this.#show();
  }

  /** What a new visit brings. @throws PortholeError TOKEN_INVALID when the invitation that is kept is damaged */
  async #visitor({ seed, invite, site }: Pass): Promise<VisitorOptions> {
    this.#key = keysOf(seed, await pagePrimitives());
    const token = invite === null ? undefined : inviteToken(invite);
    return { key: this.#key, site: site ?? undefined, credentials: { token, answer: (...question) => this.#door.answer(...question) } };
  }

  /** Finds out how the owner of a site would write this visitor's key, for whoever is refused. */
  async #name(site: string): Promise<void> {
    if (this.#id?.[0] === site || !this.#key) return;
    const { publicKey } = await this.#key(site);
    this.#id = [site, visitorId(publicKey)];
    this.#show();
  }

  #show(): void {
    if (this.#keeper) this.tabs.show((tab) => this.#stateFor(tab));
  }

  #empty({ outlives }: Tab): void {
    if (outlives) this.#ending = setTimeout(() => this.#end(), WINDOWLESS_MS);
    else this.#end();
  }

  #end(): void {
    this.#ending = undefined;
    this.#desk.leave();
    this.#keeper?.close();
    this.#keeper = null;
    this.#pass = null;
    this.#door.forget();
  }

  #stateFor(tab: Tab): TabState {
    const { status, site = null, history, strategies } = this.#keeper as VisitKeeper;
    const key = this.#id?.[0] === site?.id ? this.#id?.[1] : undefined;
    if (site && tab.pass.site !== null && tab.pass.site !== site.id) {
      const error = new PortholeError('KEY_WRONG', 'another tab of this site is at one with another key');
      return { status: { state: 'closed', error }, site: null, history: [], strategies: [], key: undefined };
    }
    return { status, site, history, strategies, key };
  }

  /** The service worker is new: one of the windows leads the two of us to each other, and all tell it what they are. */
  #linePlease(): void {
    const leader = this.tabs.first();
    if (!leader || !this.#unled) return;
    this.tabs.tell((tab) => ({ porthole: 'worker', line: tab === leader }));
  }
}

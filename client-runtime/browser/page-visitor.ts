// SPDX-License-Identifier: Apache-2.0
// Who this page is to the site: its key, its invitation, and the person who is asked for the password.

import { visitorId } from '../../proto/visitor.ts';
import { waitOf } from '../../proto/wait.ts';
import type { Credentials } from '../../transport/continuity/gate.ts';
import type { KeyPair } from '../../transport/seal/primitives.ts';
import { inviteToken } from '../invite-link.ts';
import type { VisitState } from '../visit.ts';
import type { VisitorOptions } from '../visitor.ts';
import { type KeyFor, keysOf } from '../visitor-key.ts';
import { pagePrimitives } from './cryptography.ts';
import type { Door } from './door.ts';
import { loadPart } from './parts.ts';
import type { Notice } from './status.ts';
import { keepSite, PageSalted, pageInvite, pageSeed, pageSite } from './visitor-store.ts';

type DoorPart = typeof import('./door-part.ts');

/** The page's visitor. */
export class PageVisitor {
  readonly #onAsked: (notice: Notice) => void;
  #door: Door | null = null; // made when it is first needed
  readonly #salted = new PageSalted();
  #keys: KeyFor | null = null;

  /** @param onAsked called when the door has opened to ask, with what to say around it */
  constructor(onAsked: (notice: Notice) => void) {
    this.#onAsked = onAsked;
  }

  /** A person is being asked for the password, or what was answered is being tried. */
  get asking(): boolean {
    return this.#door?.open ?? false;
  }

  /**
   * What a new visit brings.
   * @throws PortholeError TOKEN_INVALID when the invitation that is kept is damaged
   */
  options(): VisitorOptions {
    const invite = pageInvite();
    const answer: Credentials['answer'] = async (...question) => (await this.#password()).answer(...question);
    return {
      key: (site) => this.#key(site),
      site: pageSite() ?? undefined,
      credentials: { token: invite === null ? undefined : inviteToken(invite), answer },
    };
  }

  async #key(site: string): Promise<KeyPair> {
    this.#keys ??= keysOf(pageSeed(), await pagePrimitives());
    return this.#keys(site);
  }

  async #password(): Promise<ReturnType<DoorPart['passwordCredentials']>> {
    const { Door, DOOR_NOTICE, pageSalting, passwordCredentials } = await loadPart(() => import('./door-part.ts'));
    return passwordCredentials({
      salting: pageSalting,
      store: this.#salted,
      ask: async ({ code }) => {
        this.#door ??= new Door();
        const given = this.#door.ask(code === 'PASSWORD_WRONG');
        this.#onAsked(DOOR_NOTICE);
        const password = await given;
        this.#salted.remember = this.#door.remember;
        return password;
      },
    });
  }

  /** This visitor's key for a site, as its owner would put it on a list. */
  async idFor(site: string): Promise<string> {
    return visitorId((await this.#key(site)).publicKey);
  }

  /** The visit stands differently: the door closes when there is nothing to ask any more; a site that stands has proved its key. */
  follow(status: VisitState, site: string | undefined): void {
    const opened = status.state === 'connected';
    if (opened && site !== undefined) keepSite(site);
    const locked = status.state === 'offline' && waitOf(status.error) !== null;
    if (opened || locked || status.state === 'closed') this.#salted.tried(opened);
    if (opened || status.state === 'offline' || status.state === 'closed') this.#door?.close(opened);
  }
}

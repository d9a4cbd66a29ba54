// SPDX-License-Identifier: Apache-2.0
// The registry: which hosts are online now, and who watches which site.

import { PortholeError } from '../../proto/errors.ts';
import type { Directory, SiteRecord } from '../directory/directory.ts';
import type { End } from '../shared/end.ts';

/** A host that is online. */
export interface Presence {
  readonly end: End;
  readonly site: SiteRecord;
  readonly strategies: readonly string[];
  readonly behindNat: boolean;
  /** The running host, in hex, and the number of this registration among its own; absent for one that does not say. */
  readonly instance?: { readonly id: string; readonly registration: number };
}

export interface RegistryOptions {
  readonly directory: Directory;
  /** A site's link, by name or id. */
  readonly link: (label: string) => string;
  /** Sites one connection may watch. */
  readonly watchedPerConnection: number;
}

/** Who is here. Presence lives in memory only: after a restart, hosts come back by themselves. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #online = new Map<string, Presence>();
  readonly #siteOf = new Map<End, string>();
  readonly #watchers = new Map<string, Map<End, string | undefined>>();
  readonly #watched = new Map<End, Set<string>>();
  readonly #listeners = new Set<() => void>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /**
   * Brings a host online, or changes what it says of itself; the connection it replaces, which has lost its place.
   * @throws PortholeError SESSION_CLOSED when the connection has left meanwhile
   */
  enter(presence: Presence): End | undefined {
    mustBeHere(presence.end);
    const before = this.#online.get(presence.site.id)?.end;
    this.#online.set(presence.site.id, presence);
    this.#siteOf.set(presence.end, presence.site.id);
    if (before !== undefined && before !== presence.end) this.#siteOf.delete(before);
    this.#announce(presence.site);
    return before === presence.end ? undefined : before;
  }

  /**
   * Whether the host that has a site online has registered anew since it sent this registration: on a line that loses much, what it
   * said on a connection that it gave up may come after.
   */
  isLate(site: string, instance: Presence['instance']): boolean {
    const newest = this.#online.get(site)?.instance;
    return newest !== undefined && newest.id === instance?.id && newest.registration > instance.registration;
  }

  /** Takes a connection away: its watching, and its site if it is the one that has it online. */
  leave(end: End): void {
    for (const site of this.#watched.get(end) ?? []) {
      const watchers = this.#watchers.get(site);
      watchers?.delete(end);
      if (watchers?.size === 0) this.#watchers.delete(site);
    }
    this.#watched.delete(end);
    const id = this.#siteOf.get(end);
    if (id === undefined) return;
    this.#siteOf.delete(end);
    const presence = this.#online.get(id);
    this.#online.delete(id);
    if (presence !== undefined) this.#announce(presence.site);
  }

  /**
   * Tells a connection of each change of a site from now on.
   * @param link the site's for this connection, where it is another than usual
   * @throws PortholeError RATE_LIMITED, SESSION_CLOSED
   */
  watch(end: End, site: string, link?: string): void {
    mustBeHere(end);
    const watched = this.#watched.get(end) ?? new Set();
    if (!watched.has(site) && watched.size >= this.#options.watchedPerConnection) {
      throw new PortholeError('RATE_LIMITED', `one connection may watch ${this.#options.watchedPerConnection} sites`);
    }
    this.#watched.set(end, watched.add(site));
    this.#watchers.set(site, (this.#watchers.get(site) ?? new Map()).set(end, link));
  }

  /** Tells those who watch a host's site that more is known of it; nobody, of a connection that is no host. */
  tell(end: End): void {
    const presence = this.#online.get(this.#siteOf.get(end) ?? '');
    if (presence !== undefined) this.#tellWatchers(presence.site);
  }

  /** The host that has a site online. */
  presence(site: string): Presence | undefined {
    return this.#online.get(site);
  }

  /** The id of the site that a connection has online. */
  siteOf(end: End): string | undefined {
    return this.#siteOf.get(end);
  }

  /** All hosts online. */
  online(): Iterable<Presence> {
    return this.#online.values();
  }

  get count(): number {
    return this.#online.size;
  }

  /** A site's status as the protocol tells it. @param link the site's, where it is another than usual */
  status(
    site: SiteRecord,
    link = this.#options.link(site.name),
  ): {
    site: string;
    name: string;
    card: SiteRecord['card'] & { keywords: string[] };
    online: boolean;
    link: string;
  } {
    return {
      site: site.id,
      name: site.name,
      card: { ...site.card, keywords: [...site.card.keywords] },
      online: this.#online.has(site.id),
      link,
    };
  }

  /** Calls back at each change of a listed site; returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes down in the directory that the hosts online are still here. */
  markSeen(): void {
    if (this.#online.size > 0) this.#options.directory.seen(this.#online.keys());
  }

  #tellWatchers(site: SiteRecord): void {
    for (const [end, link] of this.#watchers.get(site.id) ?? []) end.send('SiteStatus', this.status(site, link));
  }

  #announce(site: SiteRecord): void {
    this.#tellWatchers(site);
    if (!site.unlisted) for (const listener of this.#listeners) listener();
  }
}

/** What waited for a limiter may find its connection gone; it must not leave a trace of it. */
export function mustBeHere(end: End): void {
  if (!end.here) throw new PortholeError('SESSION_CLOSED', 'the connection has left');
}

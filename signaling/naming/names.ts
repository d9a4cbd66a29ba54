// SPDX-License-Identifier: Apache-2.0
// What a suite is called: its domains, what its links start with, a site's link, and which site a dialled host or a link means.

import { isIP, isIPv6 } from 'node:net';
import { PortholeError } from '../../proto/errors.ts';
import { type Caller, isLoopback } from '../shared/caller.ts';
import { hostName, type Place, parseLink, placeOf, siteLabel, siteOfLink } from './links.ts';

/** The site that is shown to this network, over plain HTTP, at the root of each address of this machine. */
export interface LanSite {
  /** Its id; undefined while it is not registered. */
  readonly site: () => string | undefined;
  /** Names by which this network may call this machine beside its addresses, such as `box.local`. */
  readonly names: readonly string[];
}

export interface NameOptions {
  /** Host names that are this suite's; the first is the one of its links. */
  readonly domains?: readonly string[] | undefined;
  /** What links start with; it wins over the domains. */
  readonly publicUrl?: string | undefined;
  /** Where the suite listens. */
  readonly address: string;
  readonly lan?: LanSite | undefined;
}

/** What a suite is called. */
export class SuiteNames {
  /** Host names that are this suite's, with a site's origin at each label below. */
  readonly domains: readonly string[];
  readonly lan: LanSite | undefined;
  /** The port it listens on, once that is known. */
  port = 0;
  readonly #publicUrl: URL | undefined;
  readonly #host: string;

  /** @throws PortholeError CONFIG_INVALID */
  constructor({ domains = [], publicUrl, address, lan }: NameOptions) {
    const named = domains.map(domainOf);
    this.#publicUrl = publicUrl === undefined ? undefined : checkedUrl(publicUrl);
    this.#host = named[0] ?? dialled(address);
    this.lan = lan && { ...lan, names: lan.names.map((name) => name.toLowerCase()) };
    const all = ['localhost', ...named, this.#publicUrl?.hostname, isIP(address) ? undefined : hostName(address)];
    this.domains = [...new Set(all.filter((name) => name !== undefined))];
  }

  /** What links start with: the public URL, else the first domain, else what this machine calls the address it listens on. */
  get publicUrl(): URL {
    return this.#publicUrl ?? new URL(`http://${this.#host}:${this.port}`);
  }

  /** A site's link, by name or id. */
  link(label: string): string {
    return siteLink(this.publicUrl, label);
  }

  /** What a dialled host is. @param host a Host header, with or without a port */
  place(host: string): Place {
    const place = placeOf(host, this.domains);
    if (this.lan === undefined) return place;
    const isLan =
      place.kind === 'address' ? !isLoopback(place.ip) : place.kind === 'foreign' && this.lan.names.includes(hostName(host) ?? '');
    return isLan ? { kind: 'lan' } : place;
  }

  /** The suite's own origin as this caller can reach it: as it dialled it, where that is a name of ours. */
  origin({ host, protocol }: Caller): URL {
    const place = this.place(host);
    if (place.kind === 'lan') return new URL(`${protocol}://${host}`);
    const { publicUrl } = this;
    if (place.kind === 'foreign' || (place.kind === 'address' && !isLoopback(place.ip))) return publicUrl;
    const port = /:\d+$/.exec(host)?.[0] ?? '';
    const authority = `${place.kind === 'address' ? 'localhost' : place.domain}${port}`;
    return authority === publicUrl.host ? publicUrl : new URL(`${protocol}://${authority}`);
  }

  /**
   * The site that a link, a name or an id means, and its own link when that is another than usual: at an address of this machine
   * the site of this network has the whole of it.
   * @param asked the host name the asker dialled: it is the suite by that very fact, listed or not
   * @throws PortholeError LINK_INVALID; HOST_OFFLINE when it is the site of this network and not there yet
   */
  find(link: string, asked?: string): { label: string; link?: string } {
    const url = this.lan && siteLabel(link.trim()) === undefined ? parseLink(link.trim()) : undefined;
    if (url === undefined || this.place(url.host).kind !== 'lan' || url.searchParams.has('hostid')) {
      return { label: siteOfLink(link, this.domains, asked) };
    }
    const label = this.lan?.site();
    if (label === undefined) throw new PortholeError('HOST_OFFLINE');
    return { label, link: `${url.origin}/` };
  }
}

/** How this machine itself calls what listens on an address, and so what links say of a suite that has no name: as a URL spells it. */
export function dialled(address: string): string {
  if (['0.0.0.0', '::', '::1', '127.0.0.1'].includes(address)) return 'localhost';
  return isIP(address) ? urlHost(address) : (hostName(address) ?? 'localhost');
}

/**
 * A site's link: its own origin, or under an address, which has no names below it, a path.
 * @param suite what the suite's links start with: scheme, host, port
 * @param label name or id
 */
export function siteLink(suite: URL, label: string): string {
  if (isIP(suite.hostname.replace(/^\[|\]$/g, ''))) return `${suite.origin}/${label}`;
  return `${suite.protocol}//${label}.${suite.host}/`;
}

/** How an address stands in a URL. */
export function urlHost(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}

function domainOf(domain: string): string {
  const spelled = isIPv6(domain) ? urlHost(domain) : domain.toLowerCase();
  const name = hostName(spelled);
  if (name === undefined || (name !== spelled && !isIPv6(domain))) {
    throw new PortholeError('CONFIG_INVALID', `"${domain}" is not a host name`);
  }
  return name;
}

function checkedUrl(text: string): URL {
  if (!URL.canParse(text)) throw new PortholeError('CONFIG_INVALID', `"${text}" is not a URL`);
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new PortholeError('CONFIG_INVALID', `"${text}" must be http:// or https://, a host and a port, no more`);
  }
  return url;
}

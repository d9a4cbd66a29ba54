// SPDX-License-Identifier: Apache-2.0
// Links read: which site a host name, a path or a whole link means. Pure; what a suite is called, names.ts knows.

import { isIP } from 'node:net';
import { PortholeError } from '../../proto/errors.ts';
import { isSiteId, isSiteName } from '../../proto/rendezvous.ts';
import { canonicalAddress } from '../shared/caller.ts';
import { MAX_LINK_CHARS } from '../shared/limits.ts';

/** What a dialled host is to the suite. */
export type Place =
  /** The suite itself, under one of its domains. */
  | { readonly kind: 'suite'; readonly domain: string }
  /** A site's own origin: a label under a domain. */
  | { readonly kind: 'site'; readonly domain: string; readonly label: string }
  /** An IP address: the suite, where sites have no origins. */
  | { readonly kind: 'address'; readonly ip: string }
  /** This machine as this network calls it, where one site is shown to it (`SuiteNames.place`). */
  | { readonly kind: 'lan' }
  /** A name that is not ours. */
  | { readonly kind: 'foreign' };

const FOREIGN: Place = { kind: 'foreign' };

/**
 * The host name of a Host header or a URL's authority, as the URL standard spells it: lower case, without port,
 * IPv6 in brackets; undefined when it is none.
 */
export function hostName(host: string): string | undefined {
  if (!/^([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i.test(host)) return undefined;
  try {
    return new URL(`http://${host}`).hostname.replace(/\.$/, '') || undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a dialled host is.
 * @param host a Host header, with or without a port
 * @param domains the suite's domains; the longest that fits counts
 */
export function placeOf(host: string, domains: readonly string[]): Place {
  const name = hostName(host);
  if (name === undefined) return FOREIGN;
  const ip = name.replace(/^\[|\]$/g, '');
  if (isIP(ip)) return { kind: 'address', ip: canonicalAddress(ip) };
  const domain = domains.filter((one) => name === one || name.endsWith(`.${one}`)).sort((a, b) => b.length - a.length)[0];
  if (domain === undefined) return FOREIGN;
  if (name === domain) return { kind: 'suite', domain };
  return { kind: 'site', domain, label: name.slice(0, -domain.length - 1) };
}

/**
 * The name or id that a link, a name or an id means.
 * @param text as a person or a program gave it
 * @param domains the suite's domains
 * @param dialled the host name the asker dialled: it is the suite by that very fact, listed or not
 * @throws PortholeError LINK_INVALID
 */
export function siteOfLink(text: string, domains: readonly string[], dialled?: string): string {
  const link = text.trim();
  if (link.length > MAX_LINK_CHARS) throw new PortholeError('LINK_INVALID', `a link has at most ${MAX_LINK_CHARS} characters`);
  const bare = siteLabel(link);
  if (bare !== undefined) return bare;
  const url = parseLink(link);
  if (url === undefined) throw new PortholeError('LINK_INVALID', `"${shorten(link)}" is not a link to a site`);
  const place = placeOf(url.host, domains);
  if (place.kind === 'site') {
    const label = siteLabel(place.label);
    if (label === undefined) throw new PortholeError('LINK_INVALID', `"${shorten(place.label)}" cannot be a site's name`);
    return label;
  }
  if (place.kind === 'foreign' && hostName(url.host) !== dialled) {
    throw new PortholeError('LINK_INVALID', `this suite is not ${shorten(url.hostname)}`);
  }
  const label = siteOfPath(url.pathname, url.searchParams);
  if (label === undefined) throw new PortholeError('LINK_INVALID', 'the link leads to the suite but names no site');
  return label;
}

/** The site that a path of the suite's own origin names: `/?hostid=…` or `/<name>/…`; undefined when it names none. */
export function siteOfPath(path: string, query: URLSearchParams): string | undefined {
  const hostId = query.get('hostid');
  if (hostId !== null) return siteLabel(hostId);
  return siteLabel(path.split('/')[1] ?? '');
}

/** A name or an id in its one spelling; undefined when the text can be neither. */
export function siteLabel(text: string): string | undefined {
  const label = text.toLowerCase();
  return isSiteName(label) || isSiteId(label) ? label : undefined;
}

/** Names that are paths of the suite's own pages, so that `http://suite/<name>` could not lead to the site. */
const RESERVED = new Set(['healthz', 'metrics']);

/** Whether a site may be called so: a DNS label, no id, no path of the suite's. */
export function isFreeName(name: string): boolean {
  return isSiteName(name) && !RESERVED.has(name);
}

/** A link as a URL, with or without a scheme; undefined when it is none of ours. */
export function parseLink(link: string): URL | undefined {
  // "localhost:8080/demo" is a link without its scheme, not a URL of the scheme "localhost".
  const whole = /^https?:\/\//i.test(link) ? link : /^[\w.[\]:-]+(\/|\?|$)/.test(link) ? `http://${link}` : undefined;
  if (whole === undefined) return undefined;
  try {
    return new URL(whole);
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

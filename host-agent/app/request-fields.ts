// SPDX-License-Identifier: Apache-2.0
// The header fields of a request as the app gets them: its own host and origin, what is true of the way, and who asks.

import type { Header, RequestHead } from '../../proto/site.ts';
import { endToEnd } from '../../transport/session/fields.ts';
import type { Visitor } from '../../transport/session/site.ts';
import { isOfSite, targetAtApp } from './places.ts';
import { type AppTarget, isNearHost } from './target.ts';

/** The field that tells the app whom the gate let in. What a visitor sends under this name is dropped. */
export const VISITOR_FIELD = 'x-porthole-visitor';

/** The field that tells the app that a request waited in the inbox: since when, and its number. */
export const INBOX_FIELD = 'x-porthole-inbox';

/** How an app's site is told to pass requests on. */
export interface Passing {
  readonly target: AppTarget;
  /** Whether the app is told the visitor's Host and Origin in place of its own. */
  readonly keepHost: boolean;
  /** The site's link, once that is known: it tells by which scheme the site is reached. */
  readonly link: () => string | undefined;
}

/** What tells of the way here, which only this end knows, and the app believes: a visitor's own are dropped. */
const OF_THE_WAY = /^(forwarded|x-forwarded-.*|x-real-ip|x-porthole-.*)$/;
/** A host and perhaps a port. What a visitor calls the site may be anything, and goes into fields that apps read in parts. */
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i;

/**
 * The fields for the app, and whether the visitor's Origin was taken for the site's own and replaced.
 * @param asked the request as it came
 */
export function fieldsForApp(
  asked: Pick<RequestHead, 'authority' | 'headers'>,
  visitor: Pick<Visitor, 'session' | 'who' | 'inbox'>,
  { target, keepHost, link }: Passing,
): { fields: [name: string, value: string][]; origin: string | null } {
  const authority = AUTHORITY.test(asked.authority) ? asked.authority : '';
  const site = siteOf(authority, link());
  let origin: string | null = null;
  const fields: [string, string][] = [['host', (keepHost && asked.authority !== '' && (site.host || authority)) || target.authority]];
  for (const [name, value] of endToEnd(pairs(asked.headers))) {
    // Gateways of many languages make `_` of `-`, and PHP of all else: such names are one to the app.
    if (OF_THE_WAY.test(name.replace(/[^a-z0-9]/g, '-'))) continue;
    // Whoever took the content has said that it may come (RFC 9110 section 10.1.1).
    if (name === 'expect') continue;
    if (!keepHost && name === 'origin' && isOwnOrigin(value, authority)) {
      origin = value;
      fields.push([name, target.origin]);
    } else if (!keepHost && name === 'referer') fields.push([name, refererAtApp(target, value, authority)]);
    else fields.push([name, value]);
  }
  return { fields: [...fields, ...ofTheWay(site, visitor, keepHost)], origin };
}

function* pairs(headers: readonly Header[]): Iterable<[string, string]> {
  for (const { name, value } of headers) yield [name, value];
}

/**
 * What is true: by which host and scheme the site was called. Where a visitor's machine is nobody here knows; its session has a name.
 * Under the customary names it is told only where Host is the visitor's, too: frameworks hold Origin against X-Forwarded-Host, and
 * refuse every form where the one is the app's own and the other is not.
 */
function ofTheWay(
  { host, scheme }: { host: string; scheme: string },
  { session, who, inbox }: Pick<Visitor, 'session' | 'who' | 'inbox'>,
  keepHost: boolean,
): [string, string][] {
  const from = `for="_${session.replace(/[^A-Za-z0-9._-]/g, '-')}"`;
  const named: [string, string][] = host === '' ? [] : [['host', host]];
  const all: [string, string][] = [...named, ['proto', scheme]];
  const under = (prefix: string): [string, string][] => all.map(([name, value]) => [prefix + name, value]);
  return [
    ['forwarded', keepHost ? `${from}${host === '' ? '' : `;host="${host}"`};proto=${scheme}` : from],
    ['x-forwarded-for', 'unknown'],
    ...(keepHost ? under('x-forwarded-') : []),
    ...under('x-porthole-'),
    [VISITOR_FIELD, inAscii(who)],
    ...(inbox === undefined ? [] : [[INBOX_FIELD, inAscii(inbox)] as [string, string]]),
  ];
}

/**
 * How the site was called. A visitor's word is taken for an address of its network (where a gateway shows the site), and for the
 * link's host; any other name is none of the site's, and an app that makes links of it would make them for whoever said it.
 */
function siteOf(authority: string, link: string | undefined): { host: string; scheme: string } {
  if (link === undefined) return { host: '', scheme: 'http' };
  const { host, protocol } = new URL(link);
  const isOther = !isOfSite(authority, host) && URL.canParse(`http://${authority}`) && isNearHost(new URL(`http://${authority}`).hostname);
  return isOther
    ? { host: authority, scheme: 'http' }
    : { host: isOfSite(authority, host) ? authority : host, scheme: protocol.slice(0, -1) };
}

function isOwnOrigin(origin: string, authority: string): boolean {
  const [, host] = /^https?:\/\/([^/?#\\@\s]+)$/i.exec(origin) ?? [];
  return host !== undefined && isOfSite(authority, host);
}

/** A page of the site, as it stands at the app; other pages stay. */
function refererAtApp(target: AppTarget, referer: string, authority: string): string {
  const [, host, rest = ''] = /^https?:\/\/([^/?#\\@\s]+)(.*)$/is.exec(referer) ?? [];
  if (host === undefined || !isOfSite(authority, host)) return referer;
  return target.origin + targetAtApp(target, rest.startsWith('/') ? rest : `/${rest}`);
}

/** Text for a header field: what is not printable ASCII, and `%`, as the percent-encoded bytes of UTF-8. */
function inAscii(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
}

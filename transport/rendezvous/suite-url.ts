// SPDX-License-Identifier: Apache-2.0
// Parses the address of a suite, or a link, as people write it, with or without a scheme: the same for every program.

import { PortholeError } from '../../proto/errors.ts';

/** What stands in front of a path: a name, or an address (IPv6 in brackets), and a port. */
const AUTHORITY = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d+)?(?=[/?#]|$)/i;

/** Whether what a person calls by this name is reached without TLS: this machine, or an address, which has no certificate. */
function isPlain(host: string): boolean {
  return /^(.+\.)?localhost\.?$/i.test(host) || /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.startsWith('[');
}

/**
 * A link as people copy it, made a URL: `suite.example/demo` lacks what browsers add. Without a scheme it is https; http where the
 * host is `localhost`, a name below it, or an IP address. What names no host stays as it is.
 */
export function withScheme(link: string): string {
  const [authority, host = ''] = AUTHORITY.exec(link) ?? [];
  if (authority === undefined || !/[.:]/.test(authority)) return link;
  return `${isPlain(host) ? 'http' : 'https'}://${link}`;
}

/** The origin a link leads to, to be dialled; null when it is no http or https URL. */
export function originOf(link: string): URL | null {
  const text = withScheme(link.trim());
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(new URL(text).origin);
  // Names under .localhost are this machine (RFC 6761 section 6.3), whatever a resolver makes of them.
  if (url.hostname.endsWith('.localhost')) url.hostname = 'localhost';
  return url;
}

/**
 * The URL of a suite, as a setting or an option gives it: any URL on it, with or without a scheme. A name alone is one, too.
 * @returns scheme, host and port
 * @throws PortholeError CONFIG_INVALID
 */
export function suiteUrl(text: string): URL {
  const given = text.trim();
  const url = originOf(given) ?? (/^(?!https?$)[a-z0-9-]+$/i.test(given) ? originOf(`${given}:${isPlain(given) ? 80 : 443}`) : null);
  if (url) return url;
  throw new PortholeError('CONFIG_INVALID', `"${given}" is not the URL of a suite, such as https://suite.example or localhost:8080`);
}

// SPDX-License-Identifier: Apache-2.0
// The header fields of an app's answer as the site has them: redirections and cookies that name the app name the site.

import { endToEnd } from '../../transport/session/fields.ts';
import { cookiePathAtSite, isOfApp, referenceAtSite } from './places.ts';
import type { AppTarget } from './target.ts';

/** Of what request an answer is. */
export interface AnswerTo {
  readonly target: AppTarget;
  /** What the site is called: by the visitor, and by its link. */
  readonly names: readonly string[];
  /** The visitor's Origin, where the app was told its own in its place. */
  readonly origin: string | null;
}

/** The fields for the visitor. */
export function fieldsForVisitor(fields: Iterable<readonly [name: string, value: string]>, to: AnswerTo): [name: string, value: string][] {
  const kept: [string, string][] = [];
  for (const [name, value] of endToEnd(fields)) {
    // Another way to the app, which visitors do not have (RFC 7838).
    if (name === 'alt-svc') continue;
    kept.push([name, atSite(name, value, to)]);
  }
  return kept;
}

function atSite(name: string, value: string, { target, names, origin }: AnswerTo): string {
  switch (name) {
    case 'location':
    case 'content-location':
      return referenceAtSite(target, names, value);
    case 'refresh':
      return value.replace(
        /^(\s*[\d.]+\s*[;,]?\s*(?:url\s*=\s*)?)(["']?)(.*?)\2(\s*)$/is,
        (_, head: string, quote: string, url: string, tail: string) => head + quote + referenceAtSite(target, names, url) + quote + tail,
      );
    case 'set-cookie':
      return cookieAtSite(target, value);
    case 'access-control-allow-origin':
      return origin !== null && value === target.origin ? origin : value;
    default:
      return value;
  }
}

/** A cookie for the app's host is one for the site's: without a Domain it is for the host that gave it (RFC 6265 section 5.3). */
function cookieAtSite(target: AppTarget, cookie: string): string {
  const [pair = '', ...attributes] = cookie.split(';');
  const kept = attributes.flatMap((attribute) => {
    const [, name = '', value = ''] = /^\s*([^=\s]*)\s*=\s*(.*?)\s*$/s.exec(attribute) ?? [];
    if (/^domain$/i.test(name)) return isOfApp({ ...target, port: 80 }, value.replace(/^\./, ''), false) ? [] : [attribute];
    if (/^path$/i.test(name)) return [attribute.replace(value, () => cookiePathAtSite(target, value))];
    return [attribute];
  });
  return [pair, ...kept].join(';');
}

// SPDX-License-Identifier: Apache-2.0
// Secrets in heads: what hides them where they are shown, and what puts them back where they are used.

import type { Header, RequestHead, ResponseHead } from '../../proto/site.ts';
import type { Heads } from './exchange.ts';

/** Stands for a secret. */
export const MASK = '***';

/** Fields whose whole value is one. */
const SECRET_FIELDS =
  /^(x-)?(api-?key|auth(entication|orization)?-?(token|key)?|access-?token|csrf-?token|xsrf-?token|amz-security-token|session-?(id|token)|secret|goog-api-key|github-token|gitlab-token|vault-token)$/;
/** Fields that name a scheme before it (RFC 9110 section 11.4). */
const CREDENTIALS = new Set(['authorization', 'proxy-authorization']);
/** Fields with addresses in them. */
const ADDRESSES = new Set(['location', 'referer', 'content-location', 'link', 'refresh', 'origin-url']);
/** Parameters of a query. */
const SECRET_PARAMETER =
  /^((access|id|refresh|auth|csrf|xsrf|session|security|oauth|bearer|reset|invite)[-_]?)?token$|^(api|access|private|secret)?[-_]?key$|^(client[-_]?)?secret$|^pass(word|wd|code)?$|^pwd$|^sig(nature)?$|^auth(orization)?$|^code$|^jwt$|^assertion$|^session([-_]?id)?$|^sid$|^x-(amz|goog)-(signature|credential|security-token)$/i;

/** An address without the secrets in its query. */
export function maskAddress(address: string): string {
  const at = address.indexOf('?');
  if (at < 0) return address;
  const end = address.indexOf('#', at);
  const query = address.slice(at + 1, end < 0 ? undefined : end);
  const masked = query
    .split('&')
    .map((pair) => (isSecret(pair) ? `${pair.slice(0, pair.indexOf('=') + 1)}${MASK}` : pair))
    .join('&');
  return `${address.slice(0, at + 1)}${masked}${end < 0 ? '' : address.slice(end)}`;
}

function isSecret(pair: string): boolean {
  const at = pair.indexOf('=');
  return at > 0 && at < pair.length - 1 && SECRET_PARAMETER.test(nameOf(pair.slice(0, at)));
}

function nameOf(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** A field's value without its secrets. */
export function maskValue(name: string, value: string): string {
  if (CREDENTIALS.has(name)) {
    const [, scheme] = /^([\w-]+)\s+\S/.exec(value) ?? [];
    return scheme === undefined ? MASK : `${scheme} ${MASK}`;
  }
  if (name === 'cookie') return value.split(';').map(maskPair).join(';');
  if (name === 'set-cookie') return [maskPair(value.split(';')[0] ?? ''), ...value.split(';').slice(1)].join(';');
  if (SECRET_FIELDS.test(name)) return MASK;
  return ADDRESSES.has(name) ? maskAddress(value) : value;
}

/** A cookie keeps its name. */
function maskPair(pair: string): string {
  const at = pair.indexOf('=');
  if (at < 0) return pair.trim() === '' ? pair : MASK;
  return at === pair.length - 1 ? pair : pair.slice(0, at + 1) + MASK;
}

const maskHeader = ({ name, value }: Header): Header => ({ name, value: maskValue(name, value) });

/** Heads without their secrets. */
export function maskHeads({ request, response }: Heads): Heads {
  return {
    request: { ...request, target: maskAddress(request.target), headers: request.headers.map(maskHeader) } satisfies RequestHead,
    response: response && ({ ...response, headers: response.headers.map(maskHeader) } satisfies ResponseHead),
  };
}

/**
 * A request that somebody saw masked and perhaps changed, with the secrets of the one it came from: where a mask was left as it
 * was, what it stands for is put back.
 */
export function unmask(changed: RequestHead, original: RequestHead): RequestHead {
  const left = [...original.headers];
  const headers = changed.headers.map(({ name, value }) => {
    const at = left.findIndex((one) => one.name === name && (value === one.value || value === maskValue(name, one.value)));
    if (at >= 0) return left.splice(at, 1)[0] as Header;
    const same = left.find((one) => one.name === name);
    return { name, value: same && name === 'cookie' ? unmaskPairs(value, same.value, /;\s*/, '; ') : value };
  });
  return { ...changed, target: unmaskTarget(changed.target, original.target), headers };
}

function unmaskTarget(changed: string, original: string): string {
  if (changed === maskAddress(original)) return original;
  const [path = '', query] = split(changed, '?');
  return query === undefined ? changed : `${path}?${unmaskPairs(query, split(original, '?')[1] ?? '', '&', '&')}`;
}

/** Each `name=***` gets the value that the name had, the first of several first. */
function unmaskPairs(changed: string, original: string, between: string | RegExp, join: string): string {
  const had = original.split(between);
  return changed
    .split(between)
    .map((pair) => {
      const [name, value] = split(pair, '=');
      if (value !== MASK) return pair;
      const at = had.findIndex((one) => split(one, '=')[0] === name);
      return at < 0 ? pair : (had.splice(at, 1)[0] as string);
    })
    .join(join);
}

function split(text: string, at: string): [string, string?] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

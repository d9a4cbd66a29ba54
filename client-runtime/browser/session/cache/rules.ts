// SPDX-License-Identifier: Apache-2.0
// What a private cache may keep, and when it may use that (RFC 9111), as Chromium decides it: no state, no clock.

import { ageMs, dateOf, directiveMs, listOf, lists, wholeLength } from './fields.ts';

/** Fields of an answer or a request. Names are in lower case, each is there once. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** What is known of an answer that was kept. Times are milliseconds since 1970. */
export interface KeptHead {
  readonly status: number;
  readonly fields: Fields;
  /** What the request had of the fields that Vary names; null where Vary names none. */
  readonly varies: Fields | null;
  /** When it was asked for, … */
  readonly askedAt: number;
  /** … and when its head came. */
  readonly cameAt: number;
}

/** A kept answer. */
export interface Kept extends KeptHead {
  readonly url: string;
  /** Of its body's pieces. */
  readonly id: string;
  /** Bytes of its body. */
  readonly length: number;
}

/** A request, as the rules see it. */
export interface Wish {
  readonly method: string;
  /** As the page said it (Fetch standard, "cache mode"). */
  readonly mode: RequestCache;
  /** As they are sent, cookies with them. */
  readonly fields: Headers;
  /** It is a style, a picture or the like, which no script asked for. */
  readonly subresource: boolean;
}

const field = (fields: Fields, name: string): string | null => fields.find(([one]) => one === name)?.[1] ?? null;

/** Fields with which a request is the page's own affair: it has a stored answer of its own, or wants an error. */
const CONDITIONS = ['if-match', 'if-unmodified-since', 'if-range', 'if-none-match', 'if-modified-since'];

/**
 * What a cache has to do with a request: `no` (it passes by), `fill` (what is kept is not used, the answer may be kept) or `yes`.
 */
export function concerns({ method, mode, fields }: Wish): 'no' | 'fill' | 'yes' {
  if ((method !== 'GET' && method !== 'HEAD') || mode === 'no-store' || CONDITIONS.some((name) => fields.has(name))) return 'no';
  const bypasses = mode === 'reload' || lists(fields.get('cache-control'), 'no-cache') || lists(fields.get('pragma'), 'no-cache');
  return bypasses ? 'fill' : 'yes';
}

/** How long an answer is fresh from its making on, and how long it may still be used while it is asked for anew; in milliseconds. */
export function lifetimeOf({ status, fields, cameAt }: Pick<KeptHead, 'status' | 'fields' | 'cameAt'>): {
  readonly freshMs: number;
  readonly staleMs: number;
} {
  const control = field(fields, 'cache-control');
  if (lists(control, 'no-cache') || lists(field(fields, 'pragma'), 'no-cache')) return { freshMs: 0, staleMs: 0 };
  const strict = lists(control, 'must-revalidate');
  const staleMs = strict ? 0 : (directiveMs(control, 'stale-while-revalidate') ?? 0);
  const maxAge = directiveMs(control, 'max-age');
  if (maxAge !== null) return { freshMs: maxAge, staleMs };
  const made = dateOf(field(fields, 'date')) ?? cameAt;
  const expires = field(fields, 'expires');
  // What is no date is in the past (RFC 9111 section 5.3).
  if (expires !== null) return { freshMs: Math.max(0, (dateOf(expires) ?? 0) - made), staleMs };
  if ((status === 200 || status === 203 || status === 206) && !strict) {
    const changed = dateOf(field(fields, 'last-modified'));
    if (changed !== null && changed <= made) return { freshMs: (made - changed) / 10, staleMs };
  }
  // For good unless it says otherwise (RFC 9110 sections 15.4 and 15.5).
  if ([300, 301, 308, 410].includes(status)) return { freshMs: Number.POSITIVE_INFINITY, staleMs: 0 };
  return { freshMs: 0, staleMs };
}

/** How old an answer is, in milliseconds (RFC 9111 section 4.2.3). */
export function ageOf({ fields, askedAt, cameAt }: Pick<KeptHead, 'fields' | 'askedAt' | 'cameAt'>, now: number): number {
  const apparent = Math.max(0, cameAt - (dateOf(field(fields, 'date')) ?? cameAt));
  return Math.max(apparent, ageMs(field(fields, 'age')) ?? 0) + (cameAt - askedAt) + (now - cameAt);
}

/** Whether a kept answer is for this request too (RFC 9111 section 4.1). */
export function matches({ fields, varies }: KeptHead, wish: Wish): boolean {
  if (lists(field(fields, 'vary'), '*')) return false;
  return (varies ?? []).every(([name, value]) => sentFor(name, wish.fields) === value);
}

/**
 * How a kept answer may be used: `use` it, use it and `refresh` it behind the page's back, or `ask` first.
 */
export function useOf(kept: KeptHead, wish: Wish, now: number): 'use' | 'refresh' | 'ask' {
  if (!matches(kept, wish)) return 'ask';
  if (wish.mode === 'force-cache' || wish.mode === 'only-if-cached') return 'use';
  const { freshMs, staleMs } = lifetimeOf(kept);
  const age = ageOf(kept, now);
  // What a person loads anew, browsers ask for with each of its parts, but for those that never change (RFC 8246).
  const lasting = wish.subresource && age < freshMs && lists(field(kept.fields, 'cache-control'), 'immutable');
  if ((wish.mode === 'no-cache' && !lasting) || directiveMs(wish.fields.get('cache-control'), 'max-age') === 0) return 'ask';
  if (age < freshMs) return 'use';
  return age < freshMs + staleMs && wish.method === 'GET' ? 'refresh' : 'ask';
}

/** The fields that ask whether a kept answer still holds (RFC 9111 section 4.3.1); none where it has nothing to ask by. */
export function conditionsOf(kept: KeptHead, wish: Wish): Fields {
  if (kept.status !== 200) return [];
  const etag = field(kept.fields, 'etag');
  // Of another variant only a tag tells it apart.
  const changed = matches(kept, wish) ? field(kept.fields, 'last-modified') : null;
  return [...(etag ? [['if-none-match', etag] as const] : []), ...(changed ? [['if-modified-since', changed] as const] : [])];
}

/** Fields that mean one connection, or are for whoever asked first: cookies are in the jar. */
const UNKEPT = /^(connection|proxy-connection|keep-alive|te|trailer|transfer-encoding|upgrade|set-cookie2?|clear-site-data)$/;
/** Fields that a 304 does not change: they tell of the content, as it was kept, or are no more than one answer's. */
const CONTENTS =
  /^(www-authenticate|proxy-auth.*|content-(location|md5|encoding|range|type|length)|etag|x-frame-options|x-xss-protection|x-content-.*|x-webkit-.*)$/;

/** The fields of an answer that are kept. */
export function keptFields(headers: Headers): Fields {
  // `no-cache="a, b"` keeps back those that it names (RFC 9111 section 5.2.2.4).
  const named = listOf(headers.get('cache-control')).flatMap((element) => /^no-cache="([^"]*)"?$/i.exec(element)?.[1]?.split(',') ?? []);
  const back = new Set(named.map((name) => name.trim().toLowerCase()));
  return [...headers].filter(([name]) => !UNKEPT.test(name) && !back.has(name));
}

/** The fields of a kept answer after a 304 (RFC 9111 section 3.2). */
export function updatedFields(kept: Fields, headers: Headers): Fields {
  const fresh = keptFields(headers).filter(([name]) => !CONTENTS.test(name));
  const names = new Set(fresh.map(([name]) => name));
  return [...kept.filter(([name]) => !names.has(name)), ...fresh];
}

/** What of a request an answer depends on, by its Vary; null for nothing. */
export function variesBy(vary: string | null, sent: Headers): Fields | null {
  const names = listOf(vary);
  return names.length === 0 ? null : names.map((name) => [name.toLowerCase(), sentFor(name, sent)] as const);
}

/** What a request has of a field; of what cannot be one (RFC 9110 section 5.1), nothing. */
function sentFor(name: string, sent: Headers): string {
  return (/^[!#$%&'*+.^_`|~\w-]+$/.test(name) && sent.get(name)) || '';
}

/**
 * Whether an answer to a GET may be kept. A part of a content is not; what says no time for how long may be, to ask whether it
 * still holds, or for `force-cache`.
 */
export function mayKeep(status: number, headers: Headers): boolean {
  if (lists(headers.get('cache-control'), 'no-store') || lists(headers.get('vary'), '*')) return false;
  if (status === 206) return wholeLength(headers.get('content-range')) !== null && /^"/.test(headers.get('etag') ?? '');
  // Who signs in gets another answer to the same request.
  return status >= 200 && ![304, 401, 407, 416].includes(status);
}

/**
 * Whether the answer to a request with this method says that what is kept for its URL no longer holds (RFC 9111 section 4.4): of methods
 * that are not of HTTP itself Chromium does not take that for said.
 */
export function changes(method: string, status: number): boolean {
  return /^(POST|PUT|DELETE|PATCH)$/.test(method) && status >= 200 && status < 400;
}

/** What browsers say to caches on the way, of a request that is not to be answered by one (Fetch standard section 4.5). */
export function directivesOf({ mode, fields }: Wish): Fields {
  if (mode === 'no-cache') return fields.has('cache-control') ? [] : [['cache-control', 'max-age=0']];
  if (mode !== 'no-store' && mode !== 'reload') return [];
  return ['pragma', 'cache-control'].filter((name) => !fields.has(name)).map((name) => [name, 'no-cache'] as const);
}

// SPDX-License-Identifier: Apache-2.0
// Cookies of one site (RFC 6265bis): how Set-Cookie is read, what is kept, and which go with a request. For the jar and for the pages.

/** Bytes of a cookie's name and value, and of one attribute (RFC 6265bis section 5.6). */
export const COOKIE_BYTES = 4096;
const ATTRIBUTE_BYTES = 1024;
/** Cookies that one site may have, as in Chromium; the ones that were used last are kept. */
export const MOST_COOKIES = 180;
/** Milliseconds that a cookie may live (RFC 6265bis section 5.5). */
export const LONGEST_LIFE_MS = 400 * 86_400_000;

/** Milliseconds between cookies of one moment: 2 ** -10, which numbers of today's time can tell apart. */
const SHORT_MS = 1 / 1024;

/** What a request must be for a cookie to go with it (RFC 6265bis section 5.8.3); a cookie that does not say is `lax`. */
export type SameSite = 'strict' | 'lax' | 'none';

/** A cookie as it is kept. Names and values are bytes, one in each character, as in HTTP's fields. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** When it ends, in milliseconds since 1970; null: with the browser. */
  readonly expires: number | null;
  readonly httpOnly: boolean;
  /** It said so, which scripts may read. One that an older build kept does not say. */
  readonly secure?: boolean;
  readonly sameSite: SameSite;
  /** When one of this name and path was kept first; of two of one moment the second's is a little later, for their order is sent. */
  readonly created: number;
}

/** Where a cookie comes from. */
export interface CookieSource {
  /** The site's own host name: a cookie for any other is refused. */
  readonly host: string;
  /** Path of the URL that was asked for, or of the page. */
  readonly path: string;
  readonly now: number;
  /** It was set by a script, which HttpOnly keeps out. */
  readonly script: boolean;
}

/** What no field of HTTP can carry: control characters, and characters that are not bytes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const UNSENDABLE = /[\0-\x08\x0a-\x1f\x7f\u0100-\uffff]/;

/** Whether a cookie that was kept can be sent: one that cannot would fail every request that it goes with. */
export function isSendable({ name, value }: Cookie): boolean {
  return !UNSENDABLE.test(name + value);
}

const trimmed = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');

/**
 * Reads a cookie (RFC 6265bis sections 5.6 and 5.7). The origin is taken for a secure one: where it is not there is no service worker.
 * @param text as Set-Cookie has it, one byte in each character
 * @returns null for what is no cookie of this site
 */
export function parseCookie(text: string, { host, path, now, script }: CookieSource): Cookie | null {
  if (UNSENDABLE.test(text)) return null;
  const [pair = '', ...rest] = text.split(';');
  const at = pair.indexOf('=');
  const name = at < 0 ? '' : trimmed(pair.slice(0, at));
  const value = trimmed(pair.slice(at + 1));
  if (name.length + value.length > COOKIE_BYTES || name.length + value.length === 0) return null;

  const attributes = new Map<string, string>();
  for (const one of rest) {
    const is = one.indexOf('=');
    const key = trimmed(is < 0 ? one : one.slice(0, is)).toLowerCase();
    const given = is < 0 ? '' : trimmed(one.slice(is + 1));
    if (given.length <= ATTRIBUTE_BYTES && counts(key, given)) attributes.set(key, given);
  }
  const domain = (attributes.get('domain') ?? '').replace(/^\./, '').toLowerCase();
  const asked = attributes.get('path') ?? '';
  const cookie: Cookie = {
    name,
    value,
    path: asked.startsWith('/') ? asked : defaultPath(path),
    expires: expiry(attributes, now),
    httpOnly: attributes.has('httponly'),
    secure: attributes.has('secure'),
    sameSite: sameSiteOf(attributes.get('samesite')),
    created: now,
  };
  if (domain !== '' && domain !== host) return null;
  if (script && cookie.httpOnly) return null;
  if (!cookie.secure && (cookie.sameSite === 'none' || attributes.has('partitioned'))) return null;
  return keepsPrefix(cookie, domain === '') ? cookie : null;
}

/** Whether an attribute is one that is read; what cannot be read does not stand for one that can. */
function counts(key: string, value: string): boolean {
  if (key === 'expires') return parseCookieDate(value) !== null;
  return key !== 'max-age' || /^-?\d+$/.test(value);
}

function sameSiteOf(text = ''): SameSite {
  const given = text.toLowerCase();
  return given === 'none' || given === 'strict' ? given : 'lax';
}

function expiry(attributes: ReadonlyMap<string, string>, now: number): number | null {
  const age = attributes.get('max-age');
  const date = attributes.get('expires');
  if (age === undefined && date === undefined) return null;
  const at = age === undefined ? (parseCookieDate(date ?? '') ?? 0) : Number(age) <= 0 ? 0 : now + Number(age) * 1000;
  return Math.min(at, now + LONGEST_LIFE_MS);
}

/** Names that promise what their cookie is (RFC 6265bis section 4.1.3). */
function keepsPrefix({ name, value, path, httpOnly, secure = false }: Cookie, hostOnly: boolean): boolean {
  const [, host, http] = /^__(?:(host-)?(http-)?)(?:secure-)?/i.exec(name) ?? [];
  if (name === '') return !/^__(secure|host|http)-/i.test(value);
  if (!/^__(secure|host|http)-/i.test(name)) return true;
  return secure && (!host || (hostOnly && path === '/')) && (!http || httpOnly);
}

/** Where a cookie without a path counts (RFC 6265bis section 5.1.4). */
export function defaultPath(path: string): string {
  const end = path.lastIndexOf('/');
  return end > 0 && path.startsWith('/') ? path.slice(0, end) : '/';
}

/** Whether a cookie's path takes a request's in (RFC 6265bis section 5.1.4). */
export function pathMatches(own: string, asked: string): boolean {
  return asked === own || (asked.startsWith(own) && (own.endsWith('/') || asked[own.length] === '/'));
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A date as cookies have it, in milliseconds (RFC 6265bis section 5.1.1); null for what is none. */
export function parseCookieDate(text: string): number | null {
  let time: number[] | null = null;
  let day: number | null = null;
  let month: number | null = null;
  let year: number | null = null;
  for (const token of text.split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
    const clock: string[] | null = time === null ? /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token) : null;
    const named = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (clock) time = clock.slice(1).map(Number);
    else if (day === null && /^\d{1,2}(?:\D|$)/.test(token)) day = Number.parseInt(token, 10);
    else if (month === null && named >= 0) month = named;
    else if (year === null && /^\d{2,4}(?:\D|$)/.test(token)) year = Number.parseInt(token, 10);
  }
  if (time === null || day === null || month === null || year === null) return null;
  if (year >= 70 && year <= 99) year += 1900;
  else if (year <= 69) year += 2000;
  const [hours = 0, minutes = 0, seconds = 0] = time;
  if (year < 1601 || hours > 23 || minutes > 59 || seconds > 59) return null;
  const date = new Date(Date.UTC(year, month, day, hours, minutes, seconds));
  return date.getUTCDate() === day && date.getUTCMonth() === month ? date.getTime() : null;
}

/** The cookies of a site. */
export class CookieSet {
  readonly #cookies = new Map<string, Cookie>();

  constructor(cookies: Iterable<Cookie> = []) {
    for (const cookie of cookies) this.#cookies.set(keyOf(cookie), cookie);
  }

  /** All of them, in no order. */
  get all(): readonly Cookie[] {
    return [...this.#cookies.values()];
  }

  /**
   * Keeps a cookie in place of the one of its name and path, or drops that one when the new one has ended.
   * @param script a script sets it: it does not replace what scripts do not see
   * @returns what is different now; one that has ended is dropped by whoever keeps a copy
   */
  keep(cookie: Cookie, now: number, script: boolean): readonly Cookie[] {
    const key = keyOf(cookie);
    const old = this.#cookies.get(key);
    if (script && old?.httpOnly) return [];
    this.#cookies.delete(key);
    if (hasEnded(cookie, now)) return old ? [cookie] : [];
    const kept = { ...cookie, created: old ? old.created : this.#moment(cookie.created) };
    this.#cookies.set(key, kept);
    return [kept, ...this.#shorten(now)];
  }

  /** A moment that no cookie has yet, as good as this one. */
  #moment(now: number): number {
    const taken = new Set(this.all.map(({ created }) => created));
    let moment = now;
    while (taken.has(moment)) moment += SHORT_MS;
    return moment;
  }

  /** Takes over what another set told of. */
  adopt(cookies: Iterable<Cookie>, now: number): void {
    for (const cookie of cookies) {
      this.#cookies.delete(keyOf(cookie));
      if (!hasEnded(cookie, now)) this.#cookies.set(keyOf(cookie), cookie);
    }
  }

  /**
   * Those that go with a request, in their order (RFC 6265bis section 5.8.3).
   * @param fits leaves some out
   */
  for(path: string, now: number, fits: (cookie: Cookie) => boolean): readonly Cookie[] {
    return this.all
      .filter((cookie) => !hasEnded(cookie, now) && isSendable(cookie) && pathMatches(cookie.path, path) && fits(cookie))
      .sort((a, b) => b.path.length - a.path.length || a.created - b.created);
  }

  /** Drops what is too much: what has ended, then the oldest. */
  #shorten(now: number): readonly Cookie[] {
    const dropped: Cookie[] = [];
    if (this.#cookies.size <= MOST_COOKIES) return dropped;
    const ended = this.all.filter((cookie) => hasEnded(cookie, now));
    for (const cookie of [...ended, ...this.all]) {
      if (this.#cookies.size <= MOST_COOKIES) break;
      if (this.#cookies.delete(keyOf(cookie))) dropped.push({ ...cookie, expires: 0 });
    }
    return dropped;
  }
}

/** By this a cookie replaces another of the same site. */
export function keyOf({ name, path }: Cookie): string {
  return `${path};${name}`;
}

export function hasEnded({ expires }: Cookie, now: number): boolean {
  return expires !== null && expires <= now;
}

/** As the Cookie field and `document.cookie` have them. */
export function cookieText(cookies: readonly Cookie[]): string {
  return cookies.map(({ name, value }) => (name === '' ? value : `${name}=${value}`)).join('; ');
}

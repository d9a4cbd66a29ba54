// SPDX-License-Identifier: Apache-2.0
// Fields of HTTP as a cache reads them: lists, directives, dates and ranges, as leniently as browsers do.

/**
 * Elements of a list (RFC 9110 section 5.6.1), trimmed, without empty ones. A comma in a quoted string parts nothing.
 * @param value of the field; several lines of it joined by commas
 */
export function listOf(value: string | null): readonly string[] {
  const elements = value?.match(/(?:"(?:\\.|[^"\\])*(?:"|$)|[^",])+/gs) ?? [];
  return elements.map((element) => element.trim()).filter((element) => element !== '');
}

/** Whether a list has an element, in letters of any case. */
export function lists(value: string | null, element: string): boolean {
  return listOf(value).some((one) => one.toLowerCase() === element);
}

/**
 * A number of seconds that a directive of Cache-Control has, in milliseconds; null where it is not there or no number. The first one
 * counts. What no number can hold is as long as one can.
 */
export function directiveMs(cacheControl: string | null, name: string): number | null {
  for (const element of listOf(cacheControl)) {
    const seconds = element.toLowerCase().startsWith(`${name}=`) ? /^ *(\d+)$/.exec(element.slice(name.length + 1)) : null;
    if (seconds) return Number(seconds[1]) * 1000;
  }
  return null;
}

/** An Age field in milliseconds; null where it is not there or no number. Of several the first one counts. */
export function ageMs(age: string | null): number | null {
  const [first = ''] = listOf(age);
  return /^\d+$/.test(first) ? Number(first) * 1000 : null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** The first two forms of a date (RFC 9110 section 5.6.7), with what servers make of them. */
const DATE = /(\d{1,2})[ -]+([a-z]{3})[a-z]*[ -]+(\d{4}|\d{2})[ ]+(\d{1,2})[:.](\d{1,2})[:.](\d{1,2})/i;
/** The third, of ANSI C. */
const ANSI_DATE = /([a-z]{3}) +(\d{1,2}) +(\d{1,2}):(\d{2}):(\d{2}) +(\d{4})/i;

/**
 * A date, in milliseconds since 1970; null where it is none. All zones are read as GMT, and of several lines the first is read, as
 * Chromium does.
 */
export function dateOf(value: string | null): number | null {
  const [first = ''] = /^\s*(?:[a-z]+,)?[^,]*/i.exec(value ?? '') ?? [];
  const ansi = ANSI_DATE.exec(first);
  const parts = ansi ? [ansi[2], ansi[1], ansi[6], ansi[3], ansi[4], ansi[5]] : DATE.exec(first)?.slice(1);
  if (!parts) return null;
  const [day, month, given, hour, minute, second] = parts.map((part) => Number(part));
  const at = MONTHS.indexOf((parts[1] ?? '').toLowerCase());
  const year = (given as number) + ((given as number) < 70 ? 2000 : (given as number) < 100 ? 1900 : 0);
  const time = Date.UTC(year, at, day, hour, minute, second);
  return at < 0 || Number.isNaN(time) || month === undefined ? null : time;
}

/** Bytes of a content: from the first to the last, both of them in it. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/**
 * What a Range field asks of a content of so many bytes (RFC 9110 section 14.1.2).
 * @returns null for what is not one range of bytes, or none that the content has
 */
export function spanOf(range: string, length: number): Span | null {
  const match = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(range);
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const suffix = match[1] === '';
  const first = suffix ? Math.max(0, length - Number(match[2])) : Number(match[1]);
  const last = suffix || match[2] === '' ? length - 1 : Math.min(Number(match[2]), length - 1);
  return first <= last && first < length ? { first, last } : null;
}

/** The length of a content that a 206 has all of, by its Content-Range; null where it has less, or does not say. */
export function wholeLength(contentRange: string | null): number | null {
  const match = /^bytes 0-(\d+)\/(\d+)$/.exec(contentRange ?? '');
  return match && Number(match[1]) + 1 === Number(match[2]) ? Number(match[2]) : null;
}

// SPDX-License-Identifier: Apache-2.0
// Conditional requests: what tells two states of a file apart, and RFC 9110 section 13 on what follows.

import type { FileFacts } from './folder.ts';

/** The validators of one representation: a strong entity tag, and the second of its last change. */
export interface Validators {
  readonly etag: string;
  /** Whole seconds since 1970. */
  readonly modified: number;
}

/** What the preconditions of a request say: answer it, answer 304, answer 412. */
export type Verdict = 'proceed' | 'not-modified' | 'failed';

const NS_PER_SECOND = 1_000_000_000n;

/**
 * The validators of a file. The tag changes with every write that moves size, time (nanoseconds) or inode;
 * a compressed copy has its own, which names its coding.
 */
export function validatorsOf({ size, mtimeNs, inode }: FileFacts, coding?: string): Validators {
  const state = `${size.toString(36)}-${mtimeNs.toString(36)}-${inode.toString(36)}`;
  return { etag: coding ? `"${state}-${coding}"` : `"${state}"`, modified: Number(mtimeNs / NS_PER_SECOND) };
}

/** `Last-Modified` for a second; never in the future (RFC 9110 section 8.8.2.1). */
export function httpDate(seconds: number): string {
  return new Date(Math.min(seconds * 1000, Date.now())).toUTCString();
}

const ENTITY_TAG = /[\t ]*(?:(W\/)?("[\x21\x23-\x7e\x80-\xff]*"))?[\t ]*(?:,|$)/y;

/** One entity tag of a list. */
export interface EntityTag {
  readonly weak: boolean;
  /** With its quotation marks. */
  readonly tag: string;
}

/**
 * Reads If-Match or If-None-Match (RFC 9110 section 13.1): '*', or the entity tags. Empty elements are allowed;
 * what follows a mistake is not read, so that no tag is taken from text that is none.
 */
export function readEntityTags(header: string): '*' | EntityTag[] {
  if (header.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  ENTITY_TAG.lastIndex = 0;
  while (ENTITY_TAG.lastIndex < header.length) {
    const found = ENTITY_TAG.exec(header);
    if (!found) break;
    if (found[2]) tags.push({ weak: found[1] !== undefined, tag: found[2] });
  }
  return tags;
}

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '\\d{2}:\\d{2}:\\d{2}';
const FIXDATE = new RegExp(`^${DAY}, \\d{2} ${MONTH} \\d{4} ${TIME} GMT$`);
const RFC850 = new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d{2})-(${MONTH})-(\\d{2}) (${TIME}) GMT$`);
const ASCTIME = new RegExp(`^${DAY} ${MONTH} [ \\d]\\d ${TIME} \\d{4}$`);

/** Seconds since 1970 of an HTTP-date in any of its three forms (RFC 9110 section 5.6.7); null when it is none. */
export function readHttpDate(text: string): number | null {
  let plain = text;
  const old = RFC850.exec(text);
  if (old) {
    const century = Math.floor(new Date().getUTCFullYear() / 100) * 100;
    let year = century + Number(old[3]);
    // "More than 50 years in the future" means the past.
    if (year > new Date().getUTCFullYear() + 50) year -= 100;
    plain = `${old[1]} ${old[2]} ${year} ${old[4]} GMT`;
  } else if (ASCTIME.test(text)) plain = `${text} GMT`;
  else if (!FIXDATE.test(text)) return null;
  const time = Date.parse(plain);
  return Number.isNaN(time) ? null : time / 1000;
}

/** Judges the preconditions of a GET or HEAD in the order of RFC 9110 section 13.2.2; If-Range comes after them. */
export function judge(headers: Headers, validators: Validators): Verdict {
  const ifMatch = headers.get('if-match');
  if (ifMatch !== null) {
    if (!matches(ifMatch, validators.etag, 'strong')) return 'failed';
  } else if (changedSince(headers.get('if-unmodified-since'), validators) === true) return 'failed';

  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== null) return matches(ifNoneMatch, validators.etag, 'weak') ? 'not-modified' : 'proceed';
  return changedSince(headers.get('if-modified-since'), validators) === false ? 'not-modified' : 'proceed';
}

/** Our own tags are strong, so a weak comparison looks at the text alone, and a strong one refuses a weak tag besides. */
function matches(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  const tags = readEntityTags(header);
  return tags === '*' || tags.some(({ weak, tag }) => tag === etag && (comparison === 'weak' || !weak));
}

/** Whether a file changed after a date; null when there is no date to go by. */
function changedSince(header: string | null, { modified }: Validators): boolean | null {
  const since = header === null ? null : readHttpDate(header);
  return since === null ? null : modified > since;
}

/**
 * Whether If-Range (RFC 9110 section 13.1.5) lets the range count: the same strong tag, or exactly the same date.
 * @param header the field's value, or null when there is none, which lets it
 */
export function rangeStillHolds(header: string | null, { etag, modified }: Validators): boolean {
  if (header === null) return true;
  return header.includes('"') ? header === etag : readHttpDate(header) === modified;
}

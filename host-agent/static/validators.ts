// SPDX-License-Identifier: Apache-2.0
// Conditional requests: what tells two states of a file apart, and RFC 9110 section 13 on what follows.

import type { FileFacts } from './facts.ts';

/**
 * The validators of one representation: strong entity tags, and the second of its last change. There may be two tags: one of the
 * content's hash, once that is known, and one of the file's state, which visitors hold who came before. Both mean the same bytes.
 */
export interface Validators {
  /** The tag that answers carry. */
  readonly etag: string;
  /** The other one; null when there is only one. */
  readonly also: string | null;
  /** Whole seconds since 1970. */
  readonly modified: number;
}

/** What the preconditions of a request say: answer it, answer 304, answer 412. */
export type Verdict = 'proceed' | 'not-modified' | 'failed';

const NS_PER_SECOND = 1_000_000_000n;

/** What the tags of content hashes begin with. */
const HASH_TAG = 'sha256.';

/**
 * The validators of a file. The tag of its state changes with every write, also with one whose time was set back; that of
 * its content is the same wherever the same bytes are. A compressed copy has its own, which name its coding.
 * @param hash SHA-256 of the content in base64url; null when it is not known
 */
export function validatorsOf(facts: FileFacts, hash: string | null, coding?: string): Validators {
  const modified = Number(facts.mtimeNs / NS_PER_SECOND);
  const end = coding ? `.${coding}"` : '"';
  if (hash === null) return { etag: `"${stateOf(facts)}${end}`, also: null, modified };
  return {
    etag: `"${HASH_TAG}${hash}${end}`,
    // Few ask for it, and it takes longer to write than all the rest.
    get also() {
      return `"${stateOf(facts)}${end}`;
    },
    modified,
  };
}

const stateOf = ({ size, mtimeNs, ctimeNs, inode }: FileFacts): string =>
  [size, mtimeNs, ctimeNs, inode].map((number) => number.toString(36)).join('-');

/** The fields that may name a tag which a visitor holds. */
const NAMING = ['if-none-match', 'if-range', 'if-match'] as const;

/** Whether a request names the hash of content: an answer to it has to know the hash of the file. */
export function namesHash(headers: Headers): boolean {
  return NAMING.some((name) => headers.get(name)?.includes(`"${HASH_TAG}`));
}

/**
 * The tag for the answer to a request: the one that its visitor holds, if it is of this content. A cache freshens a copy, and
 * puts the parts of one together, by the tag that the copy has (RFC 9111 sections 3.4 and 4.3.4).
 */
export function tagFor(headers: Headers, validators: Validators): string {
  let named = '';
  for (const name of NAMING) named += headers.get(name) ?? '';
  if (named === '' || named.includes(validators.etag)) return validators.etag;
  const { etag, also } = validators;
  return also !== null && named.includes(also) ? also : etag;
}

/** `Repr-Digest` (RFC 9530) of a content hash in base64url. */
export function reprDigest(hash: string): string {
  return `sha-256=:${hash.replaceAll('-', '+').replaceAll('_', '/')}=:`;
}

/** `Last-Modified` for a second; never in the future (RFC 9110 section 8.8.2.1). */
export function httpDate(seconds: number): string {
  if (seconds === said.seconds) return said.text;
  const now = Date.now();
  const text = new Date(Math.min(seconds * 1000, now)).toUTCString();
  // A time to come is not the same text a moment later.
  if (seconds * 1000 <= now) said = { seconds, text };
  return text;
}

/** The last one: files of a folder were often written in one second. */
let said = { seconds: Number.NaN, text: '' };

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
    if (!matches(ifMatch, validators, 'strong')) return 'failed';
  } else if (changedSince(headers.get('if-unmodified-since'), validators) === true) return 'failed';

  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== null) return matches(ifNoneMatch, validators, 'weak') ? 'not-modified' : 'proceed';
  return changedSince(headers.get('if-modified-since'), validators) === false ? 'not-modified' : 'proceed';
}

/** Our own tags are strong, so a weak comparison looks at the text alone, and a strong one refuses a weak tag besides. */
function matches(header: string, validators: Validators, comparison: 'strong' | 'weak'): boolean {
  const tags = readEntityTags(header);
  return tags === '*' || tags.some(({ weak, tag }) => isOurs(tag, validators) && (comparison === 'weak' || !weak));
}

const isOurs = (tag: string, validators: Validators): boolean => tag === validators.etag || tag === validators.also;

/** Whether a file changed after a date; null when there is no date to go by. */
function changedSince(header: string | null, { modified }: Validators): boolean | null {
  const since = header === null ? null : readHttpDate(header);
  return since === null ? null : modified > since;
}

/**
 * Whether If-Range (RFC 9110 section 13.1.5) lets the range count: the same strong tag, or exactly the same date.
 * @param header the field's value, or null when there is none, which lets it
 */
export function rangeStillHolds(header: string | null, validators: Validators): boolean {
  if (header === null) return true;
  return header.includes('"') ? isOurs(header, validators) : readHttpDate(header) === validators.modified;
}

// SPDX-License-Identifier: Apache-2.0
// The Range field (RFC 9110 section 14): from text to the parts of a file that are to be sent.

/** Ranges that one request may ask for; a Range with more is not followed, and the whole file is sent. */
export const MAX_RANGES = 32;
/** Characters of a Range field that are read; MAX_RANGES of them with numbers of 20 digits fit. */
export const MAX_RANGE_CHARS = 2048;
/** Ranges closer to each other than this many bytes are sent as one: the head of a part costs as much (RFC 9110 section 15.3.7.2). */
export const MIN_GAP_BYTES = 80;

/** Bytes `first` to `last`, both included, counted from 0. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** One element of a Range field, before the file's size is known. */
export type RangeSpec = { readonly first: number; readonly last: number | null } | { readonly suffix: number };

/** What to send: everything (the field does not count), nothing (416), or these parts, never none. */
export type RangePlan = 'whole' | 'unsatisfiable' | readonly ByteRange[];

const SPEC = /^(?:(\d+)-(\d*)|-(\d+))$/;

/** Reads a Range field; null when it is not in bytes, not well-formed, or has more than MAX_RANGES elements: then it does not count. */
export function readRange(header: string): RangeSpec[] | null {
  const unit = /^bytes=/i.exec(header);
  if (!unit || header.length > MAX_RANGE_CHARS) return null;
  const specs: RangeSpec[] = [];
  for (const element of header.slice(unit[0].length).split(',')) {
    const text = element.trim();
    if (text === '') continue;
    const found = SPEC.exec(text);
    if (!found || specs.length === MAX_RANGES) return null;
    const [, first, last, suffix] = found;
    if (first === undefined) specs.push({ suffix: Number(suffix) });
    else if (last && Number(last) < Number(first)) return null;
    else specs.push({ first: Number(first), last: last ? Number(last) : null });
  }
  return specs.length === 0 ? null : specs;
}

/**
 * Plans what to send of a file for a Range field. Ranges that overlap or nearly touch become one, so that no answer is
 * longer than the file and the heads of its parts; the others keep the order they were asked in.
 * @param size of the file, in bytes
 */
export function planRanges(header: string, size: number): RangePlan {
  const specs = readRange(header);
  if (specs === null) return 'whole';
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    // The end of an empty file is the empty file, which no Content-Range can say.
    if (size === 0 && 'suffix' in spec && spec.suffix > 0) return 'whole';
    const first = 'suffix' in spec ? Math.max(0, size - spec.suffix) : spec.first;
    const last = 'suffix' in spec ? size - 1 : Math.min(spec.last ?? size - 1, size - 1);
    if (first <= last) ranges.push({ first, last });
  }
  return ranges.length === 0 ? 'unsatisfiable' : join(ranges);
}

/** Joins ranges that overlap or lie close; each joined one takes the place of the earliest asked of its members. */
function join(ranges: readonly ByteRange[]): ByteRange[] {
  const sorted = ranges.map((range, place) => ({ ...range, place })).sort((one, other) => one.first - other.first);
  const joined: { first: number; last: number; place: number }[] = [];
  for (const range of sorted) {
    const before = joined.at(-1);
    if (before && range.first - before.last - 1 < MIN_GAP_BYTES) {
      before.last = Math.max(before.last, range.last);
      before.place = Math.min(before.place, range.place);
    } else joined.push(range);
  }
  return joined.sort((one, other) => one.place - other.place).map(({ first, last }) => ({ first, last }));
}

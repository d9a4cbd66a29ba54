// SPDX-License-Identifier: Apache-2.0
// How a visitor wants to see a folder, as the query of its address says, and the order that follows.

import { setImmediate } from 'node:timers/promises';

/** Entries of one page of a listing. */
export const ENTRIES_PER_PAGE = 500;
/** Characters of a filter. */
export const MAX_FILTER_CHARS = 100;

const SORTS = ['name', 'size', 'changed'] as const;
/** What a listing is ordered by. */
export type Sort = (typeof SORTS)[number];

/** How to see a folder. */
export interface View {
  /** From 1. */
  readonly page: number;
  readonly sort: Sort;
  readonly descending: boolean;
  /** What names must contain; '' for all. */
  readonly filter: string;
  /** As rows, as tiles, or as fits what is shown. */
  readonly layout: 'list' | 'grid' | 'auto';
}

/** Reads a view; what is not understood means the usual. */
export function readView(query: URLSearchParams): View {
  const page = Number(query.get('page') ?? 1);
  const layout = query.get('view');
  return {
    page: Number.isSafeInteger(page) && page >= 1 ? page : 1,
    sort: SORTS.find((sort) => sort === query.get('sort')) ?? 'name',
    descending: query.get('order') === 'desc',
    filter: (query.get('q') ?? '').trim().slice(0, MAX_FILTER_CHARS),
    layout: layout === 'list' || layout === 'grid' ? layout : 'auto',
  };
}

/** The query of a view, with its question mark; '' for the usual one. */
export function queryOf({ page, sort, descending, filter, layout }: View): string {
  const query = new URLSearchParams();
  if (sort !== 'name') query.set('sort', sort);
  if (descending) query.set('order', 'desc');
  if (filter !== '') query.set('q', filter);
  if (layout !== 'auto') query.set('view', layout);
  if (page !== 1) query.set('page', String(page));
  return query.size === 0 ? '' : `?${query}`;
}

/** An entry as it is ordered. `size` is null for folders, and both are left out where names alone count. */
export interface Ordered {
  readonly name: string;
  readonly folder: boolean;
  readonly size?: number | null;
  readonly modified?: Date;
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Compares by name as people count (2 before 10); code units settle what is equal to people. */
function compareNames(one: Ordered, other: Ordered): number {
  return byName.compare(one.name, other.name) || (one.name < other.name ? -1 : 1);
}

/** The order of a view: folders first, whatever else. */
export function orderOf({ sort, descending }: Pick<View, 'sort' | 'descending'>): (one: Ordered, other: Ordered) => number {
  const sign = descending ? -1 : 1;
  return (one, other) => {
    const kind = Number(other.folder) - Number(one.folder);
    if (kind !== 0) return kind;
    const measured =
      sort === 'size'
        ? (one.size ?? 0) - (other.size ?? 0)
        : sort === 'changed'
          ? (one.modified?.getTime() ?? 0) - (other.modified?.getTime() ?? 0)
          : 0;
    return sign * (measured || compareNames(one, other));
  };
}

/** Whether a name contains a filter, whatever its case and however its letters are composed. */
export function fits(name: string, filter: string): boolean {
  return plain(name).includes(plain(filter));
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Entries that are sorted or merged in one turn of the event loop: some milliseconds' work. */
const SORTED_AT_ONCE = 1024;

/** Sorts as `toSorted` does, in turns, so that nobody waits for a large folder. */
export async function sortInTurns<T>(items: readonly T[], compare: (one: T, other: T) => number): Promise<T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += SORTED_AT_ONCE) {
    runs.push(items.slice(at, at + SORTED_AT_ONCE).sort(compare));
    if (items.length > SORTED_AT_ONCE) await setImmediate();
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<T>(left: readonly T[], right: readonly T[], compare: (one: T, other: T) => number): Promise<T[]> {
  const merged: T[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    const [one, other] = [left[l] as T, right[r] as T];
    if (compare(one, other) <= 0) l += merged.push(one) && 1;
    else r += merged.push(other) && 1;
    if (merged.length % SORTED_AT_ONCE === 0) await setImmediate();
  }
  return merged.concat(left.slice(l), right.slice(r));
}

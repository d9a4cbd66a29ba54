// SPDX-License-Identifier: Apache-2.0
// The listing of a folder without an index page: which of its entries one page shows, in which order, and what is left out.

import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { readCodingWishes } from './coding.ts';
import type { Entry, Folder, Look, Refusal, Unseen } from './folder.ts';
import type { LeftOut, Listing, Shown } from './listed.ts';
import { listingPage, SCRIPT_SOURCE } from './listing-page.ts';
import { ENTRIES_PER_PAGE, fits, type Ordered, orderOf, readView, sortInTurns, type View } from './listing-view.ts';
import { textAnswer } from './pages.ts';
import { Places } from './places.ts';
import type { Thumbnails } from './thumbnails.ts';

/** Entries of a folder that a listing knows; of a larger one it shows as many, and says so. */
export const MAX_LISTED = 200_000;
/** Entries that are looked at for an order by size or time; a larger folder is listed by name. */
export const MAX_MEASURED = 20_000;
/** Entries that are looked at together: enough to keep the disk busy, few enough to leave it to others. */
const LOOKS_AT_ONCE = 16;
/** Listings that are made at once; others wait for their turn. */
export const LISTINGS_AT_ONCE = 2;
/** Bytes from which on a page is worth compressing. */
const WORTH_COMPRESSING_BYTES = 1024;
/** Of brotli's eleven: a tenth of the time of the best, for a few hundredths more bytes. */
const BROTLI_QUALITY = 4;

/** Makes the listings of a folder. */
export class Listings {
  readonly #folder: Folder;
  readonly #thumbnails: Thumbnails;
  readonly #places = new Places(LISTINGS_AT_ONCE);

  constructor(folder: Folder, thumbnails: Thumbnails) {
    this.#folder = folder;
    this.#thumbnails = thumbnails;
  }

  /**
   * Answers with the listing of a folder.
   * @param name the folder's, inside the site; '' for the site itself
   * @throws PortholeError SITE_FAILED; the signal's reason when the request is aborted
   */
  async answer(name: string, request: Request): Promise<Response | Refusal> {
    const view = readView(new URL(request.url).searchParams);
    const { signal } = request;
    const listing = await this.#places.run(() => listFolder(this.#folder, name, view, signal), signal);
    if (typeof listing === 'string') return listing;
    const page = listingPage(listing, await this.#thumbnails.able());
    const { body, coding } = await compressed(page, request.headers.get('accept-encoding'));
    return textAnswer(200, body, 'text/html', request, {
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; script-src ${SCRIPT_SOURCE}; form-action 'self'; base-uri 'none'`,
      vary: 'Accept-Encoding',
      ...(coding && { 'content-encoding': coding }),
    });
  }
}

async function compressed(page: string, accepted: string | null): Promise<{ body: string | Uint8Array; coding: string | null }> {
  const coding = page.length < WORTH_COMPRESSING_BYTES ? undefined : readCodingWishes(accepted).codings[0]?.token;
  if (coding === 'gzip') return { body: await promisify(gzip)(page), coding };
  if (coding !== 'br') return { body: page, coding: null };
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  return { body: await promisify(brotliCompress)(page, { params }), coding };
}

/** One page of a folder; why there is none when it is not to be had. */
export async function listFolder(folder: Folder, name: string, view: View, signal: AbortSignal): Promise<Listing | Refusal> {
  const all = await folder.entries(name, MAX_LISTED);
  if (typeof all === 'string') return all;
  const { hidden, unlinkable, special, more } = all;
  const looks = new Looks(folder, name, signal, { hidden, unlinkable, special, elsewhere: 0, unreadable: 0 });
  await looks.at(all.entries.filter(({ kind }) => kind === 'unknown'));
  const entries = all.entries.flatMap((entry) => looks.ordered(entry) ?? []);
  const chosen = view.filter === '' ? entries : entries.filter((entry) => fits(entry.name, view.filter));

  const measurable = chosen.length <= MAX_MEASURED;
  const by = measurable ? view : ({ ...view, sort: 'name', descending: false } as const);
  let measured: Ordered[] = chosen;
  if (by.sort !== 'name') {
    await looks.at(chosen);
    measured = chosen.flatMap((entry) => looks.ordered(entry) ?? []);
  }
  const sorted = await sortInTurns(measured, orderOf(by));
  const pages = Math.max(1, Math.ceil(sorted.length / ENTRIES_PER_PAGE));
  const page = Math.min(view.page, pages);
  const slice = sorted.slice((page - 1) * ENTRIES_PER_PAGE, page * ENTRIES_PER_PAGE);
  await looks.at(slice);
  const shown = slice.flatMap(({ name }) => looks.shown(name) ?? []);
  const { leftOut } = looks;
  return { name, view: { ...by, page }, shown, found: sorted.length, total: entries.length, pages, more, measurable, leftOut };
}

/** Looks at entries of one folder, each once, and counts those that visitors may not have. */
class Looks {
  readonly leftOut: LeftOut;
  readonly #folder: Folder;
  readonly #prefix: string;
  readonly #signal: AbortSignal;
  readonly #seen = new Map<string, Look | Unseen>();

  constructor(folder: Folder, name: string, signal: AbortSignal, leftOut: LeftOut) {
    this.#folder = folder;
    this.#prefix = name === '' ? '' : `${name}/`;
    this.#signal = signal;
    this.leftOut = leftOut;
  }

  async at(entries: readonly { readonly name: string; readonly kind?: Entry['kind'] }[]): Promise<void> {
    const queue = entries.values();
    const work = async (): Promise<void> => {
      for (const { name, kind } of queue) {
        if (this.#seen.has(name)) continue;
        this.#signal.throwIfAborted();
        const look = await this.#folder.look(this.#prefix + name);
        this.#seen.set(name, look);
        // What is no link and leads elsewhere is excluded.
        if (look === 'elsewhere' && kind !== 'unknown') this.leftOut.hidden = true;
        else if (typeof look === 'string') this.leftOut[look]++;
      }
    };
    await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, work));
  }

  /** An entry as far as it is known; null when it is left out. */
  ordered({ name, kind }: Entry | (Ordered & { readonly kind?: undefined })): (Ordered & { readonly kind?: undefined }) | null {
    const look = this.#seen.get(name);
    if (look === undefined) return { name, folder: kind === 'folder' };
    return typeof look === 'string' ? null : { name, folder: look.size === null, ...look };
  }

  shown(name: string): Shown | null {
    const look = this.#seen.get(name);
    return look === undefined || typeof look === 'string' ? null : { name, folder: look.size === null, ...look };
  }
}

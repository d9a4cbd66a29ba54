// SPDX-License-Identifier: Apache-2.0
// The page that shows one page of a folder: rows or tiles, ways to sort, filter and turn pages, and keys for all of it.

import { createHash } from 'node:crypto';
import type { LeftOut, Listing, Shown } from './listed.ts';
import { type Icon, LISTING_SCRIPT, LISTING_STYLE, SYMBOLS } from './listing-look.ts';
import { ENTRIES_PER_PAGE, MAX_FILTER_CHARS, queryOf, type Sort, type View } from './listing-view.ts';
import { mediaType } from './media-type.ts';
import { escapeHtml, page } from './pages.ts';
import { THUMBNAIL_QUERY, Thumbnails } from './thumbnails.ts';

/** Bytes of a picture that stands for itself where no thumbnail can be made. */
export const MAX_PLAIN_THUMBNAIL_BYTES = 128 * 1024;
/** From so many entries on there is something to filter. */
const WORTH_FILTERING = 10;

/** What the page's policy says of its script. */
export const SCRIPT_SOURCE = `'sha256-${createHash('sha256').update(LISTING_SCRIPT).digest('base64')}'`;

/**
 * A listing as a page; its links are relative to the folder's own address, with the slash at its end.
 * @param thumbnails whether they can be made
 */
export function listingPage(listing: Listing, thumbnails: boolean): string {
  const { name, view, shown, found, total } = listing;
  const rows = shown.map((entry) => row(entry, thumbnails));
  const pictures = shown.filter(({ name, folder }) => !folder && kindOf(name) === 'picture').length;
  // A folder of photographs is looked at, any other is read.
  const tiles = view.layout === 'auto' ? pictures >= 4 && pictures * 2 >= shown.length : view.layout === 'grid';
  const up = name === '' ? '' : `<tr><td><a href="../">${icon('up')}<span>..</span></a></td><td></td><td></td></tr>\n`;
  const head = (['name', 'size', 'changed'] as const).map((sort) => heading(listing, sort)).join('');
  const table = `<div class="box"><table><thead><tr>${head}</tr></thead><tbody>
${up}${rows.join('\n')}
</tbody></table></div>`;
  const nothing = total === 0 ? '<p>This folder is empty.</p>' : found === 0 ? '<p>No name contains that.</p>' : '';
  const main = `<svg class="symbols">${SYMBOLS}</svg><h1>${trail(name)}</h1>
<div class="bar"><p>${summary(listing)}</p>${filter(listing)}${layouts(view, tiles, pictures)}</div>
${nothing}${shown.length === 0 && up === '' ? '' : table}
${pager(listing)}${notes(listing)}<script>${LISTING_SCRIPT}</script>`;
  return page(`/${name === '' ? '' : `${name}/`}`, main, { style: LISTING_STYLE, kind: tiles ? 'tiles' : 'rows' });
}

/** The way to a folder, each step a link to it. */
function trail(name: string): string {
  const steps = name === '' ? [] : name.split('/');
  const links = steps.map((step, index) => {
    const up = steps.length - index - 1;
    return up === 0 ? escapeHtml(step) : `<a href="${'../'.repeat(up)}">${escapeHtml(step)}</a>`;
  });
  const home = steps.length === 0 ? 'All files' : `<a href="${'../'.repeat(steps.length)}">All files</a>`;
  return [home, ...links].join(' / ');
}

function summary({ found, total, pages }: Listing): string {
  const entries = `${count(total)} ${total === 1 ? 'entry' : 'entries'}`;
  const some = found === total ? entries : `${count(found)} of ${entries}`;
  return pages === 1 ? some : `${some}, ${ENTRIES_PER_PAGE} on a page`;
}

/** A column's heading, which orders by it; pressed again, the other way round. */
function heading({ view, measurable, found }: Listing, sort: Sort): string {
  const words = { name: 'Name', size: 'Size', changed: '<span class="utc">Changed (UTC)</span>' }[sort];
  if ((!measurable && sort !== 'name') || found === 0) return `<th>${words}</th>`;
  const here = view.sort === sort;
  // Large and new first: that is what people look for.
  const descending = here ? !view.descending : sort !== 'name';
  const mark = here ? ` aria-sort="${view.descending ? 'descending' : 'ascending'}"` : '';
  return `<th${mark}><a href="${link({ ...view, sort, descending, page: 1 })}">${words}</a></th>`;
}

function filter({ view, total }: Listing): string {
  if (total < WORTH_FILTERING && view.filter === '') return '';
  const kept = [
    ['sort', view.sort === 'name' ? '' : view.sort],
    ['order', view.descending ? 'desc' : ''],
    ['view', view.layout === 'auto' ? '' : view.layout],
  ].flatMap(([name, value]) => (value ? `<input type="hidden" name="${name}" value="${value}">` : []));
  return `<form role="search">${kept.join('')}<input type="search" name="q" value="${escapeHtml(view.filter)}" maxlength="${MAX_FILTER_CHARS}" placeholder="Filter by name" aria-label="Filter by name"></form>`;
}

function layouts(view: View, tiles: boolean, pictures: number): string {
  if (pictures === 0 && view.layout !== 'grid') return '';
  return `<a class="layout" href="${link({ ...view, layout: tiles ? 'list' : 'grid' })}">${tiles ? 'As a list' : 'As pictures'}</a>`;
}

function row({ name, folder, size, modified }: Shown, thumbnails: boolean): string {
  const slash = folder ? '/' : '';
  // The dot keeps a name with a colon from being read as a scheme.
  const address = `./${encodeURIComponent(name)}${slash}`;
  const kind = folder ? 'folder' : kindOf(name);
  const small = kind === 'picture' ? thumbnail(name, address, modified, size ?? 0, thumbnails) : '';
  const text = `<a${folder ? ' class="folder"' : ''} href="${address}">${icon(kind, small)}<span>${escapeHtml(name)}${slash}</span></a>`;
  const when = modified.toISOString();
  const time = `<time datetime="${when}">${when.slice(0, 10)} ${when.slice(11, 16)}</time>`;
  return `<tr><td>${text}</td><td>${size === null ? '' : inWords(size)}</td><td>${time}</td></tr>`;
}

/** The picture beside a picture's name; '' where there is none that is quick to load. */
function thumbnail(name: string, address: string, modified: Date, size: number, able: boolean): string {
  const made = able && Thumbnails.fits(mediaType(name, null), size);
  if (!made && size > MAX_PLAIN_THUMBNAIL_BYTES) return '';
  const source = made ? `${address}?${THUMBNAIL_QUERY}&amp;v=${Thumbnails.version(modified, size)}` : address;
  return `<img src="${source}" alt="" loading="lazy" decoding="async">`;
}

function icon(kind: Icon, over = ''): string {
  return `<i><svg><use href="#i-${kind}"/></svg>${over}</i>`;
}

function kindOf(name: string): Icon {
  const type = mediaType(name, null);
  if (type.startsWith('image/')) return 'picture';
  if (type.startsWith('video/')) return 'film';
  if (type.startsWith('audio/')) return 'sound';
  return /^text\/|pdf|document|epub/.test(type) ? 'text' : 'file';
}

function pager({ view, pages }: Listing): string {
  if (pages === 1) return '';
  const to = (page: number, words: string, rel = ''): string =>
    page < 1 || page > pages || page === view.page ? `<span>${words}</span>` : `<a${rel} href="${link({ ...view, page })}">${words}</a>`;
  return `<nav aria-label="Pages">${to(1, 'First')}${to(view.page - 1, 'Previous', ' rel="prev"')}<b>Page ${count(view.page)} of ${count(pages)}</b>${to(view.page + 1, 'Next', ' rel="next"')}${to(pages, 'Last')}</nav>`;
}

function notes(listing: Listing): string {
  const said = [leftOutWords(listing.leftOut)];
  if (listing.more) said.push(`This folder has more entries than a listing takes in: ${count(listing.total)} of them are here.`);
  if (!listing.measurable) said.push('There are too many entries to order them by size or time; a filter helps.');
  return said.map((words) => (words === '' ? '' : `<p class="note">${words}</p>`)).join('');
}

/** What is there and not shown, in words. */
export function leftOutWords({ hidden, elsewhere, special, unreadable, unlinkable }: LeftOut): string {
  const some = (many: number, one: string, more: string): string[] => (many === 0 ? [] : [`${count(many)} ${many === 1 ? one : more}`]);
  const parts = [
    ...(hidden ? ['hidden files'] : []),
    ...some(elsewhere, 'link that leads out or nowhere', 'links that lead out or nowhere'),
    ...some(special, 'that is neither file nor folder', 'that are neither files nor folders'),
    ...some(unreadable, 'that may not be read', 'that may not be read'),
    ...some(unlinkable, 'whose name no link can carry', 'whose names no link can carry'),
  ];
  return parts.length === 0 ? '' : `Not shown: ${parts.join(', ')}.`;
}

function link(view: View): string {
  return escapeHtml(queryOf(view) || './');
}

const counted = new Intl.NumberFormat('en', { useGrouping: 'min2' });
const count = (number: number): string => counted.format(number);

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** A number of bytes as people say it, in powers of 1000. */
function inWords(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

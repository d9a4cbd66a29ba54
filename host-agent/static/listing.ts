// SPDX-License-Identifier: Apache-2.0
// The listing of a folder without an index page, for hosts that switch it on.

import type { Folder, Look } from './folder.ts';
import { escapeHtml, page } from './pages.ts';

/** Entries that a listing shows; of a larger folder it shows as many, and says so. */
export const MAX_LISTED = 2000;
/** Entries that are looked at together: enough to keep the disk busy, few enough to leave it to others. */
const LOOKS_AT_ONCE = 16;

interface Entry extends Look {
  readonly name: string;
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Folders first, then by name as people count (2 before 10); code units settle what is equal to people. */
function order(one: Entry, other: Entry): number {
  const kind = Number(one.size !== null) - Number(other.size !== null);
  return kind || byName.compare(one.name, other.name) || (one.name < other.name ? -1 : 1);
}

/**
 * The listing of a folder as a page; its links are relative to the folder's own address, with the slash at its end.
 * @param name the folder's name inside the site, '' for the site itself
 * @returns null when there is no such folder, or it may not be read
 */
export async function listingOf(folder: Folder, name: string): Promise<string | null> {
  const names = await folder.names(name, MAX_LISTED + 1);
  if (names === null) return null;
  const more = names.length > MAX_LISTED;
  const entries = (await lookAt(folder, name, names.slice(0, MAX_LISTED))).sort(order);
  const rows = entries.map(row).join('\n');
  const note = more ? `<p>Only ${MAX_LISTED} entries of this folder are shown.</p>` : '';
  const up = name === '' ? '' : `<tr><td><a class="folder" href="../">Up</a></td><td></td><td></td></tr>\n`;
  const table = `<div class="box"><table><thead><tr><th>Name</th><th>Size</th><th>Changed (UTC)</th></tr></thead><tbody>
${up}${rows}
</tbody></table></div>`;
  const empty = entries.length === 0 ? '<p>This folder is empty.</p>' : '';
  return page(
    `/${name === '' ? '' : `${name}/`}`,
    `<h1>${trail(name)}</h1>${empty}${entries.length === 0 && up === '' ? '' : table}${note}`,
  );
}

async function lookAt(folder: Folder, name: string, names: readonly string[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  const queue = names.values();
  const work = async (): Promise<void> => {
    for (const child of queue) {
      const look = await folder.look(name === '' ? child : `${name}/${child}`);
      if (look) entries.push({ name: child, ...look });
    }
  };
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, work));
  return entries;
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

function row({ name, size, modified }: Entry): string {
  const slash = size === null ? '/' : '';
  // The dot keeps a name with a colon from being read as a scheme.
  const link = `<a${size === null ? ' class="folder"' : ''} href="./${encodeURIComponent(name)}${slash}">${escapeHtml(name)}${slash}</a>`;
  const when = modified.toISOString();
  const time = `<time datetime="${when}">${when.slice(0, 10)} ${when.slice(11, 16)}</time>`;
  return `<tr><td>${link}</td><td>${size === null ? '' : inWords(size)}</td><td>${time}</td></tr>`;
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** A number of bytes as people say it, in powers of 1000. */
function inWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

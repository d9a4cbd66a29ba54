// SPDX-License-Identifier: Apache-2.0
// The inspector's page: hears of exchanges as they pass, and shows them.

import { Detail } from './detail.ts';
import { List } from './list.ts';
import { ask, byId, type Line, say, sizeWords } from './shared.ts';

/** What the server tells. */
interface News {
  readonly lines: readonly Line[];
  readonly dropped?: readonly number[];
  readonly trouble: string | null;
  readonly usage: { readonly bytes: number; readonly limit: number };
}

const secrets = byId<HTMLInputElement>('secrets');
const text = byId<HTMLInputElement>('text');
const method = byId<HTMLSelectElement>('method');
const status = byId<HTMLSelectElement>('status');
const kind = byId<HTMLSelectElement>('kind');
const file = byId<HTMLInputElement>('file');
/** One that was asked again, and is to be shown as soon as it is in the list. */
let awaited = 0;

const detail = new Detail({
  secrets: () => secrets.checked,
  wayOf: (id) => list.lines.get(id)?.way ?? '',
  kindOf: (id) => list.lines.get(id)?.kind,
  choose(id) {
    if (list.lines.has(id)) return list.choose(id);
    awaited = id;
  },
});
const list = new List((id) => detail.show(id));

function take({ lines, dropped = [], trouble, usage }: News): void {
  for (const line of lines) {
    list.lines.set(line.id, line);
    detail.changed(line);
    if (![...method.options].some(({ value }) => value === line.method)) method.add(new Option(line.method, line.method));
  }
  for (const id of dropped) list.lines.delete(id);
  byId('trouble').hidden = trouble === null;
  byId('trouble').textContent = trouble === null ? '' : `What passes is not kept now: ${trouble}. The site goes on.`;
  byId('usage').textContent = `${sizeWords(usage.bytes)} of ${sizeWords(usage.limit)}`;
  if (awaited > 0 && list.lines.has(awaited)) {
    list.refresh();
    list.choose(awaited);
    awaited = 0;
  }
  list.changed();
}

function live(state: 'on' | 'off' | '', words: string): void {
  byId('live').className = `live ${state}`;
  byId('live').textContent = words;
}

const events = new EventSource('api/live');
events.addEventListener('open', () => live('on', 'live'));
events.addEventListener('error', () => live('off', 'the program does not answer'));
let isFirst = true;
events.addEventListener('all', ({ data }) => {
  const all = JSON.parse(data) as News & { readonly secrets: boolean };
  if (isFirst) secrets.checked = all.secrets;
  isFirst = false;
  list.lines.clear();
  take(all);
});
events.addEventListener('changes', ({ data }) => take(JSON.parse(data) as News));

const filtered = (): void => {
  list.filter = { text: text.value.trim(), method: method.value, status: status.value, kind: kind.value };
  list.refresh();
};
for (const one of [text, method, status, kind]) one.addEventListener('input', filtered);
byId('filters').addEventListener('submit', (event) => event.preventDefault());
secrets.addEventListener('change', () => detail.again());

byId('clear').addEventListener('click', () => void ask('/clear', { method: 'POST' }).catch((error: Error) => say(error.message)));
byId('export').addEventListener('click', () => {
  // What is filtered out stays out; all of them need no list of names.
  const ids = list.shown.length === list.lines.size ? '' : `ids=${list.shown.map(({ id }) => id).join(',')}&`;
  const link = document.createElement('a');
  link.href = `api/har?${ids}secrets=${secrets.checked ? 1 : 0}`;
  link.download = '';
  link.click();
});
byId('import').addEventListener('click', () => file.click());
file.addEventListener('change', async () => {
  const [chosen] = file.files ?? [];
  file.value = '';
  if (!chosen) return;
  try {
    const { ids, skipped } = await ask<{ ids: number[]; skipped: number }>('/har', { method: 'POST', body: chosen });
    say(`${ids.length} exchanges from ${chosen.name}${skipped > 0 ? `; ${skipped} could not be read` : ''}.`);
    awaited = ids.at(-1) ?? 0;
  } catch (error) {
    say((error as Error).message);
  }
});

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target as HTMLElement;
  if (event.key === 'Escape' && !at.closest('.edit')) return byId('scroll').focus();
  if (at.closest('input, select, textarea')) return;
  if (event.key === '/') {
    event.preventDefault();
    text.select();
  }
  if (event.key === 'r') void detail.replay();
});

const split = byId('split');
const widen = (px: number): void => {
  const percent = Math.min(80, Math.max(20, (px / document.body.clientWidth) * 100));
  document.documentElement.style.setProperty('--list', `${percent}%`);
  split.setAttribute('aria-valuenow', String(Math.round(percent)));
};
split.addEventListener('pointerdown', (event) => split.setPointerCapture(event.pointerId));
split.addEventListener('pointermove', (event) => split.hasPointerCapture(event.pointerId) && widen(event.clientX));
split.addEventListener('keydown', (event) => {
  const step = { ArrowLeft: -32, ArrowRight: 32 }[event.key];
  if (step !== undefined) widen(split.getBoundingClientRect().left + step);
});

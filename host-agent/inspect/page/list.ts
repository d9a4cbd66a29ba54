// SPDX-License-Identifier: Apache-2.0
// The list of exchanges: filtered, the newest first, with elements for those rows alone that are seen.

import { byId, type ExchangeLine, el, type Line, sizeWords, timeWords } from './shared.ts';

/** As in the style. */
const ROW_PX = 28;
/** Rows beyond those that are seen. */
const MARGIN = 8;

/** What is to be shown. */
export interface Filter {
  readonly text: string;
  readonly method: string;
  /** The first digit of a status; `x` for what failed, `-` for what runs. */
  readonly status: string;
  readonly kind: string;
}

export function isShown(line: Line, { text, method, status, kind }: Filter): boolean {
  if (method !== '' && line.method !== method) return false;
  if (
    status === 'x' ? line.error === null : status === '-' ? line.endedMs !== null : status !== '' && !String(line.status).startsWith(status)
  )
    return false;
  if (kind !== '' && line.kind !== kind && line.from !== kind) return false;
  if (text === '') return true;
  const all = `${line.method} ${line.target} ${line.status} ${line.type} ${line.visitor} ${line.who} ${line.way}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** The list. */
export class List {
  readonly lines = new Map<number, Line>();
  filter: Filter = { text: '', method: '', status: '', kind: '' };
  chosen = 0;
  readonly #scroll = byId('scroll');
  readonly #rows = byId('rows');
  readonly #choose: (id: number) => void;
  /** Those that are shown, the newest first. */
  #shown: Line[] = [];
  #isDue = false;

  constructor(choose: (id: number) => void) {
    this.#choose = choose;
    this.#scroll.addEventListener('scroll', () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.#scroll);
    this.#rows.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('.row');
      if (row) this.choose(Number(row.dataset.id));
    });
    this.#scroll.addEventListener('keydown', (event) => this.#key(event));
  }

  get shown(): readonly Line[] {
    return this.#shown;
  }

  /** Something changed: it is drawn with the next frame, once for all. */
  changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.refresh();
    });
  }

  refresh(): void {
    const before = this.#shown[0]?.id ?? 0;
    this.#shown = [...this.lines.values()].filter((line) => isShown(line, this.filter)).sort((a, b) => b.id - a.id);
    const { scrollTop } = this.#scroll;
    this.#rows.style.height = `${this.#shown.length * ROW_PX}px`;
    // Whoever reads further below is not moved by what comes above.
    if (scrollTop > 0 && before > 0) {
      const added = this.#shown.findIndex(({ id }) => id <= before);
      if (added > 0) this.#scroll.scrollTop = scrollTop + added * ROW_PX;
    }
    byId('empty').hidden = this.#shown.length > 0;
    byId('empty').textContent =
      this.lines.size > 0 ? 'Nothing fits the filter.' : 'Nothing yet. Each request that a visitor makes is listed here as it comes.';
    const all = this.lines.size;
    byId('count').textContent = this.#shown.length === all ? `${all} kept` : `${this.#shown.length} of ${all}`;
    this.#draw();
  }

  choose(id: number): void {
    if (!this.lines.has(id)) return;
    this.chosen = id;
    const at = this.#shown.findIndex((line) => line.id === id);
    const top = at * ROW_PX;
    const { scrollTop, clientHeight } = this.#scroll;
    if (at >= 0 && top < scrollTop) this.#scroll.scrollTop = top;
    if (at >= 0 && top + ROW_PX > scrollTop + clientHeight) this.#scroll.scrollTop = top + ROW_PX - clientHeight;
    this.#draw();
    this.#choose(id);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.#shown.findIndex(({ id }) => id === this.chosen);
    const page = Math.max(1, Math.floor(this.#scroll.clientHeight / ROW_PX) - 1);
    const last = this.#shown.length - 1;
    const to: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      j: at + 1,
      ArrowUp: Math.max(0, at - 1),
      k: Math.max(0, at - 1),
      PageDown: Math.min(last, at + page),
      PageUp: Math.max(0, at - page),
      Home: 0,
      End: last,
    };
    if (event.key === 'Enter') byId('detail').focus();
    const next = this.#shown[to[event.key] ?? -1];
    if (to[event.key] === undefined) return;
    event.preventDefault();
    if (next) this.choose(next.id);
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.#scroll;
    const from = Math.max(0, Math.floor(scrollTop / ROW_PX) - MARGIN);
    const to = Math.min(this.#shown.length, Math.ceil((scrollTop + clientHeight) / ROW_PX) + MARGIN);
    const rows = this.#shown.slice(from, to).map((line, index) => {
      const row = rowOf(line, line.id === this.chosen);
      row.style.top = `${(from + index) * ROW_PX}px`;
      row.setAttribute('aria-setsize', String(this.#shown.length));
      row.setAttribute('aria-posinset', String(from + index + 1));
      return row;
    });
    this.#rows.replaceChildren(...rows);
    if (this.chosen > 0 && document.getElementById(`x${this.chosen}`))
      this.#scroll.setAttribute('aria-activedescendant', `x${this.chosen}`);
    else this.#scroll.removeAttribute('aria-activedescendant');
  }
}

/** The class of a status' colour, and its words. */
export function statusOf({ status, error, endedMs }: ExchangeLine): { readonly className: string; readonly text: string } {
  if (error !== null) return { className: 'sx', text: status > 0 ? `${status} ✕` : 'failed' };
  if (status === 0) return { className: 'quiet', text: endedMs === null ? '…' : '–' };
  return { className: `s${Math.floor(status / 100)}`, text: String(status) };
}

function rowOf(line: Line, isChosen: boolean): HTMLElement {
  const status = statusOf(line);
  const marks = { replay: 'replay', import: 'HAR', visitor: '' }[line.from] || { websocket: 'ws', events: 'sse', request: '' }[line.kind];
  const row = el(
    'div',
    { className: 'row', id: `x${line.id}`, role: 'option' },
    el('span', { className: 'method' }, line.method),
    el('span', { className: 'path', title: line.target }, marks ? el('small', {}, marks) : null, line.target),
    el('span', { className: status.className, title: line.error ?? '' }, status.text),
    el('span', { className: line.endedMs === null ? 'quiet' : '' }, timeWords(line.endedMs ?? line.answeredMs)),
    el('span', {}, sizeWords(line.responseBytes)),
    el('span', { title: `${line.who} · ${line.agent}` }, line.who === 'anyone' || line.who === '' ? `visitor ${line.visitor}` : line.who),
    el('span', { className: 'quiet' }, line.way),
    el('span', { className: 'quiet' }, new Date(line.startedAt).toLocaleTimeString(undefined, { hour12: false })),
  );
  row.dataset.id = String(line.id);
  row.setAttribute('aria-selected', String(isChosen));
  return row;
}

// SPDX-License-Identifier: Apache-2.0
// The badge in the corner: which strategy carries the site, why, and what happened to the paths. It folds to a dot, and can be put away.

import type { StrategyInfo } from '../../../transport/strategy/strategy.ts';
import type { PathChange, VisitState } from '../../visit/visit.ts';
import { NOT_CONNECTED, reasonWords, roundTrip, silentWords, strategyWords, type Words } from './words.ts';

/** Milliseconds after a change until the badge folds to a dot. */
const FOLD_AFTER_MS = 4_000;
/** Changes that are shown. */
const MOST_SHOWN = 12;
const HIDDEN_KEY = 'porthole-badge-hidden';

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** What it is made of; laid over the site at the end of the page. */
const HTML = `
<aside id="porthole-badge" aria-label="Connection to this site" data-via="" data-folded="false" hidden>
<div id="porthole-badge-card" hidden>
<p class="site" id="porthole-badge-site"></p>
<dl>
<dt>Path</dt><dd id="porthole-badge-path"></dd>
<dt>Why</dt><dd id="porthole-badge-reason"></dd>
<dt>Round trip</dt><dd id="porthole-badge-rtt"></dd>
<dt>Standing by</dt><dd id="porthole-badge-standby"></dd>
</dl>
<h2 id="porthole-badge-heard">What happened</h2>
<ol id="porthole-badge-story" aria-labelledby="porthole-badge-heard"></ol>
<button type="button" id="porthole-badge-hide">Hide in this tab</button>
</div>
<button type="button" id="porthole-badge-toggle" aria-expanded="false" aria-controls="porthole-badge-card">
<span class="dot" aria-hidden="true"></span><span id="porthole-badge-title"></span>
</button>
<p id="porthole-badge-said" class="read-out" role="status"></p>
</aside>`;

/** The badge. `data-via` on it is the strategy's name, empty while there is none; `data-silent` while it gives no sign of life. */
export class Badge {
  readonly #badge = made();
  readonly #toggle = byId('porthole-badge-toggle');
  readonly #card = byId('porthole-badge-card');
  #fold: ReturnType<typeof setTimeout> | undefined;
  #shown: PathChange | undefined; // the newest of the story as it is shown

  constructor() {
    this.#toggle.addEventListener('click', () => this.#open(this.#card.hidden !== false));
    window.addEventListener('blur', () => this.#open(false)); // a click into the site
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !this.#card.hidden) {
        this.#open(false);
        this.#toggle.focus();
      }
    });
    byId('porthole-badge-hide').addEventListener('click', () => {
      this.#badge.dataset.away = 'true';
      try {
        sessionStorage.setItem(HIDDEN_KEY, 'true');
      } catch {
        // It comes back with the next load
      }
    });
    try {
      if (sessionStorage.getItem(HIDDEN_KEY)) this.#badge.dataset.away = 'true';
    } catch {
      // Storage is off: the badge is there
    }
  }

  /**
   * Shows where the visit stands.
   * @param name the site's
   * @param history what happened to its paths, the oldest first
   * @param strategies that it has, with their words
   */
  show(status: VisitState, name: string, history: readonly PathChange[], strategies: readonly StrategyInfo[]): void {
    const path = status.state === 'connected' ? status.path : null;
    const { title, text } = wordsOf(path?.via ?? '', path?.silent ?? false, strategies);
    const via = path?.via ?? '';
    const changed = this.#badge.dataset.via !== via;
    this.#badge.dataset.via = via;
    this.#badge.dataset.silent = String(path?.silent ?? false);
    this.#badge.hidden = false;
    set('porthole-badge-title', title);
    set('porthole-badge-site', name);
    set('porthole-badge-path', text ? `${title}. ${text}` : title);
    set('porthole-badge-rtt', path && path.rttMs > 0 ? roundTrip(path.rttMs) : '–');
    set('porthole-badge-standby', path?.standby ? strategyWords(path.standby, strategies).title : '–');
    set('porthole-badge-reason', path?.reason ? reasonWords(path.reason, strategies) : '–');
    this.#tell(history, strategies);
    if (changed) this.#unfold();
  }

  /** The story, the newest first. What is new of it is read out, except for the first path: nobody missed it. */
  #tell(history: readonly PathChange[], strategies: readonly StrategyInfo[]): void {
    const newest = history.at(-1);
    if (!newest || newest === this.#shown) return;
    const title = titleOf(newest, strategies);
    if (this.#shown && title !== titleOf(this.#shown, strategies))
      set('porthole-badge-said', `${title}. ${reasonWords(newest.reason, strategies)}`);
    this.#shown = newest;
    const events = history.filter(({ kind }) => kind !== 'standby').slice(-MOST_SHOWN);
    byId('porthole-badge-story').replaceChildren(...events.reverse().map((change) => entryOf(change, strategies)));
  }

  #open(open: boolean): void {
    this.#card.hidden = !open;
    this.#toggle.setAttribute('aria-expanded', String(open));
    this.#unfold();
  }

  /** The dot grows to its words for a while; it stays so while it is open or there is no path. */
  #unfold(): void {
    this.#badge.dataset.folded = 'false';
    clearTimeout(this.#fold);
    this.#fold = setTimeout(() => {
      if (this.#card.hidden && this.#badge.dataset.via !== '') this.#badge.dataset.folded = 'true';
    }, FOLD_AFTER_MS);
  }
}

function wordsOf(via: string, silent: boolean, strategies: readonly StrategyInfo[]): Words {
  if (via === '') return NOT_CONNECTED;
  const words = strategyWords(via, strategies);
  return silent ? silentWords(words) : words;
}

function titleOf({ via, kind }: PathChange, strategies: readonly StrategyInfo[]): string {
  return wordsOf(via, kind === 'silent', strategies).title;
}

/** A change as an item of the list: when, what carries since, and why. */
function entryOf(change: PathChange, strategies: readonly StrategyInfo[]): HTMLElement {
  const item = document.createElement('li');
  item.dataset.via = change.via;
  item.dataset.silent = String(change.kind === 'silent');
  const when = document.createElement('time');
  when.dateTime = new Date(change.at).toISOString();
  when.textContent = time.format(change.at);
  const dot = document.createElement('span');
  dot.className = 'dot';
  dot.ariaHidden = 'true';
  const path = document.createElement('strong');
  path.textContent = titleOf(change, strategies);
  const why = document.createElement('p');
  why.textContent = reasonWords(change.reason, strategies);
  item.append(when, dot, path, why);
  return item;
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`shell.html has no #${id}`);
  return element;
}

function set(id: string, value: string): void {
  const element = byId(id);
  if (element.textContent !== value) element.textContent = value;
}

function made(): HTMLElement {
  document.body.insertAdjacentHTML('beforeend', HTML);
  return byId('porthole-badge');
}

// SPDX-License-Identifier: Apache-2.0
// The badge in the corner: which way carries the site, and why. It folds to a dot, and can be put away.

import type { SiteInfo, VisitState } from '../visit.ts';
import { roundTrip, wayWords } from './words.ts';

/** Milliseconds after a change until the badge folds to a dot. */
const FOLD_AFTER_MS = 4_000;
const HIDDEN_KEY = 'porthole-badge-hidden';

/** The badge. `data-via` on it is the way's name, empty while there is none. */
export class Badge {
  readonly #badge = document.getElementById('porthole-badge') as HTMLElement;
  readonly #toggle = document.getElementById('porthole-badge-toggle') as HTMLButtonElement;
  readonly #card = document.getElementById('porthole-badge-card') as HTMLElement;
  #fold: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#toggle.addEventListener('click', () => this.#open(this.#card.hidden !== false));
    window.addEventListener('blur', () => this.#open(false)); // a click into the site
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !this.#card.hidden) {
        this.#open(false);
        this.#toggle.focus();
      }
    });
    document.getElementById('porthole-badge-hide')?.addEventListener('click', () => {
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

  /** Shows where the visit stands. */
  show(status: VisitState, site: SiteInfo | null, name: string): void {
    const path = status.state === 'connected' ? status.path : null;
    const { title, text } = path ? wayWords(path.via) : { title: 'Reconnecting', text: 'The way to the site was lost.' };
    const changed = this.#badge.dataset.via !== (path?.via ?? '');
    this.#badge.dataset.via = path?.via ?? '';
    this.#badge.hidden = false;
    set('porthole-badge-way', title);
    set('porthole-badge-site', site?.title || site?.name || name);
    set('porthole-badge-path', text ? `${title}. ${text}` : title);
    set('porthole-badge-rtt', path ? roundTrip(path.rttMs) : '–');
    set('porthole-badge-reason', path?.reason || '–');
    if (changed) this.#unfold();
  }

  #open(open: boolean): void {
    this.#card.hidden = !open;
    this.#toggle.setAttribute('aria-expanded', String(open));
    this.#unfold();
  }

  /** The dot grows to its words for a while; it stays so while it is open or there is no way. */
  #unfold(): void {
    this.#badge.dataset.folded = 'false';
    clearTimeout(this.#fold);
    this.#fold = setTimeout(() => {
      if (this.#card.hidden && this.#badge.dataset.via !== '') this.#badge.dataset.folded = 'true';
    }, FOLD_AFTER_MS);
  }
}

function set(id: string, value: string): void {
  const element = document.getElementById(id);
  if (element && element.textContent !== value) element.textContent = value;
}

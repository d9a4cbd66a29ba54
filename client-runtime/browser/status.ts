// SPDX-License-Identifier: Apache-2.0
// The page a person sees while there is no site to show, and the bar over the site while the way to it is lost.

import type { VisitState } from '../visit.ts';
import { type Words, wayWords, wordsFor } from './words.ts';

/** What the status page says. */
export interface Notice extends Words {
  /** Something is under way: the mark turns. */
  readonly busy: boolean;
  /** An error's code or a technical detail, in small print. */
  readonly detail?: string;
  /** Ways being tried. */
  readonly trying?: readonly string[];
  /** Since when this is so. */
  readonly since?: Date;
  /** What a person can do: start the page anew, or open it in a tab of its own. */
  readonly action?: 'again' | 'open';
}

const byId = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`shell.html has no #${id}`);
  return element;
};

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** What to say of a visit that has nothing to show yet. */
export function noticeFor(status: VisitState, name: string, since: Date): Notice {
  switch (status.state) {
    case 'finding':
      return { busy: true, title: `Looking for ${name}`, text: 'Asking where the computer is that has this site.' };
    case 'connecting':
      return {
        busy: true,
        title: `Connecting to ${name}`,
        text: 'Opening a way to the computer that has this site.',
        trying: status.trying.map((via) => wayWords(via).title),
      };
    case 'connected':
      return { busy: true, title: `Opening ${name}`, text: 'Connected. The first page is on its way.' };
    case 'offline':
      return { busy: true, ...wordsFor(status.error.code), detail: status.error.code, since };
    case 'closed':
      return {
        busy: false,
        ...wordsFor(status.error?.code ?? 'SESSION_CLOSED'),
        detail: status.error?.code ?? 'SESSION_CLOSED',
        action: 'again',
      };
  }
}

/** The page in place of the site. */
export class StatusPage {
  readonly #page = byId('porthole-status');

  constructor(name: string) {
    byId('porthole-status-site').textContent = name;
    byId('porthole-status-again').addEventListener('click', () => location.reload());
  }

  /** Says something. The page appears a moment later, so that a quick start does not flash. */
  show(notice: Notice): void {
    this.#page.hidden = false;
    this.#page.dataset.busy = String(notice.busy);
    document.title = notice.title;
    text('porthole-status-title', notice.title);
    text('porthole-status-text', notice.text);
    text('porthole-status-detail', notice.detail ?? '');
    text('porthole-status-since', notice.since ? `Waiting since ${time.format(notice.since)}, and trying again by itself.` : '');
    byId('porthole-status-again').hidden = notice.action !== 'again';
    const open = byId('porthole-status-open') as HTMLAnchorElement;
    open.hidden = notice.action !== 'open';
    open.href = location.href;
    const tried = (notice.trying ?? []).map((way) => {
      const item = document.createElement('li');
      item.textContent = way;
      return item;
    });
    byId('porthole-status-trying').replaceChildren(...tried);
  }

  /** Gives way to the site. */
  hide(): void {
    this.#page.hidden = true;
  }
}

/** Writes only what differs: a live region reads out every change. */
function text(id: string, value: string): void {
  const element = byId(id);
  if (element.textContent !== value) element.textContent = value;
  element.hidden = value === '';
}

/** Milliseconds before a lost way is worth a word. */
const BAR_AFTER_MS = 400;
/** Milliseconds that a passing message stays. */
const MESSAGE_FOR_MS = 8_000;

/** The small bar over the site: the way is lost, or a message that passes. */
export class Bar {
  readonly #bar = byId('porthole-bar');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lost = '';

  constructor() {
    byId('porthole-bar-again').addEventListener('click', () => location.reload());
  }

  /** Follows the visit while a page of the site is shown. */
  follow(status: VisitState): void {
    if (status.state === 'connected') {
      this.#lost = '';
      clearTimeout(this.#timer);
      this.#bar.hidden = true;
      return;
    }
    const offline = status.state === 'offline' && status.error.code === 'HOST_OFFLINE';
    const ended = status.state === 'closed';
    const words = ended
      ? wordsFor(status.error?.code ?? 'SESSION_CLOSED').title
      : offline
        ? 'The computer that has this site went offline. Waiting for it …'
        : 'Connection lost. Reconnecting …';
    if (words === this.#lost) return;
    const first = this.#lost === '';
    this.#lost = words;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(words, !ended, ended), first ? BAR_AFTER_MS : 0);
  }

  /** Says something for a while. */
  message(words: string): void {
    clearTimeout(this.#timer);
    this.#show(words, false, false);
    this.#timer = setTimeout(() => {
      if (this.#lost) this.#show(this.#lost, true, false);
      else this.#bar.hidden = true;
    }, MESSAGE_FOR_MS);
  }

  #show(words: string, busy: boolean, again: boolean): void {
    this.#bar.hidden = false;
    this.#bar.dataset.busy = String(busy);
    text('porthole-bar-text', words);
    byId('porthole-bar-again').hidden = !again;
  }
}

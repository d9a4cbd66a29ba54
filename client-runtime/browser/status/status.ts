// SPDX-License-Identifier: Apache-2.0
// The page a person sees while there is no site to show, and the bar over the site while its connection is lost.

import type { ErrorCode, PortholeError } from '../../../proto/errors.ts';
import { waitOf } from '../../../proto/wait.ts';
import type { StrategyInfo } from '../../../transport/strategy/strategy.ts';
import type { VisitState } from '../../visit/visit.ts';
import { dropInvite } from '../shared/visitor-store.ts';
import { Countdown } from './countdown.ts';
import { strategyWords, type Words, wordsFor } from './words.ts';

/** What the status page says. */
export interface Notice extends Words {
  /** Something is under way: the mark turns. */
  readonly busy: boolean;
  /** An error's code or a technical detail, in small print. */
  readonly detail?: string;
  /** Connections being tried. */
  readonly trying?: readonly string[];
  /** Since when this is so. */
  readonly since?: Date;
  /** When it is tried again. */
  readonly until?: Date;
  /** The visitor's key, to be sent to the site's owner. */
  readonly key?: string;
  /** What a person can do: start the page anew, with or without the invitation, or open it in a tab of its own. */
  readonly action?: 'again' | 'uninvited' | 'open';
}

/** What a notice needs to know beside the visit's state. */
export interface About {
  readonly name: string;
  /** Since when the state is what it is. */
  readonly since: Date;
  /** The strategies that it has. */
  readonly strategies: readonly StrategyInfo[];
  /** The visitor's key for this site, once it is known which. */
  readonly key?: string;
}

const byId = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`shell.html has no #${id}`);
  return element;
};

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** What to say of a visit that has nothing to show yet. */
export function noticeFor(status: VisitState, { name, since, strategies, key }: About): Notice {
  switch (status.state) {
    case 'finding':
      return { busy: true, title: `Looking for ${name}`, text: 'Asking where the computer is that has this site.' };
    case 'connecting':
      return {
        busy: true,
        title: `Connecting to ${name}`,
        text: 'Opening a connection to the computer that has this site.',
        trying: status.trying.map((via) => strategyWords(via, strategies).title),
      };
    case 'connected':
      return { busy: true, title: `Opening ${name}`, text: 'Connected. The first page is on its way.' };
    case 'offline':
      return waiting(status.error) ?? { busy: true, ...wordsFor(status.error.code), detail: status.error.code, since };
    case 'closed': {
      const code = status.error?.code ?? 'SESSION_CLOSED';
      const refused = REFUSED.has(code);
      return {
        busy: false,
        ...wordsFor(code),
        detail: code,
        key: refused ? key : undefined,
        action: refused && code !== 'NOT_ALLOWED' ? 'uninvited' : 'again',
      };
    }
  }
}

/** What the owner of a site mends by letting a key in. */
const REFUSED: ReadonlySet<ErrorCode> = new Set(['NOT_ALLOWED', 'TOKEN_INVALID', 'TOKEN_EXPIRED']);

/** A refusal that says when it is over; null for any other. */
function waiting(error: PortholeError): Notice | null {
  const wait = waitOf(error);
  if (wait === null) return null;
  const [what = ''] = error.message.split(';');
  const text = `${what[0]?.toUpperCase()}${what.slice(1)}.`;
  return { busy: false, title: 'Please wait a little', text, detail: error.code, until: new Date(Date.now() + wait) };
}

/** The page in place of the site. */
export class StatusPage {
  readonly #page = byId('porthole-status');
  readonly #countdown = new Countdown(byId('porthole-status-until'));

  constructor(name: string) {
    byId('porthole-status-site').textContent = name;
    byId('porthole-status-again').addEventListener('click', () => location.reload());
    byId('porthole-status-uninvited').addEventListener('click', () => {
      dropInvite();
      location.reload();
    });
    byId('porthole-status-copy').addEventListener('click', () => void this.#copyKey());
  }

  /** Says something. */
  show(notice: Notice): void {
    this.#page.hidden = false;
    this.#page.dataset.busy = String(notice.busy);
    document.title = notice.title;
    text('porthole-status-title', notice.title);
    text('porthole-status-text', notice.text);
    text('porthole-status-detail', notice.detail ?? '');
    text('porthole-status-since', notice.since ? `Waiting since ${time.format(notice.since)}, and trying again by itself.` : '');
    this.#countdown.show(notice.until);
    text('porthole-status-key', notice.key ?? '');
    byId('porthole-status-key-box').hidden = notice.key === undefined;
    text('porthole-status-copied', '');
    byId('porthole-status-again').hidden = notice.action !== 'again' && notice.action !== 'uninvited';
    byId('porthole-status-uninvited').hidden = notice.action !== 'uninvited';
    const open = byId('porthole-status-open') as HTMLAnchorElement;
    open.hidden = notice.action !== 'open';
    open.href = location.href;
    const tried = (notice.trying ?? []).map((strategy) => {
      const item = document.createElement('li');
      item.textContent = strategy;
      return item;
    });
    byId('porthole-status-trying').replaceChildren(...tried);
  }

  /** Gives way to the site. */
  hide(): void {
    this.#page.hidden = true;
    this.#countdown.show(undefined);
  }

  async #copyKey(): Promise<void> {
    const key = byId('porthole-status-key');
    try {
      await navigator.clipboard.writeText(key.textContent ?? '');
      text('porthole-status-copied', 'Copied.');
    } catch {
      getSelection()?.selectAllChildren(key); // the browser does not let a page copy: one key press is left to the person
      text('porthole-status-copied', 'Press Ctrl+C or ⌘C to copy it.');
    }
  }
}

/** Writes only what differs: a live region reads out every change. */
function text(id: string, value: string): void {
  const element = byId(id);
  if (element.textContent !== value) element.textContent = value;
  element.hidden = value === '';
}

/** Milliseconds before a lost connection is worth a word. */
const BAR_AFTER_MS = 400;
/** Milliseconds that a passing message stays. */
const MESSAGE_FOR_MS = 8_000;

/** The small bar over the site: the connection is lost, or a message that passes. */
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

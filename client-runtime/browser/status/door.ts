// SPDX-License-Identifier: Apache-2.0
// Asks a person for the site's password, on the status page, again until it is right.

import type { Notice } from './status.ts';

const byId = <T extends HTMLElement>(id: string): T => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`shell.html has no #${id}`);
  return element as T;
};

/** What the page says around the question. */
export const DOOR_NOTICE: Notice = {
  busy: false,
  title: 'This site asks for a password',
  text: 'Its owner can tell you. Only the computer that has this site checks it; nobody in between sees it.',
};

/** The form. */
export class Door {
  readonly #form = byId<HTMLFormElement>('porthole-door');
  readonly #input = byId<HTMLInputElement>('porthole-door-password');
  readonly #says = byId('porthole-door-says');
  readonly #submit = byId<HTMLButtonElement>('porthole-door-submit');
  readonly #remember = byId<HTMLInputElement>('porthole-door-remember');
  readonly #show = byId<HTMLButtonElement>('porthole-door-show');
  #answer: ((password: string | null) => void) | null = null;

  constructor() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#given();
    });
    this.#show.addEventListener('click', () => {
      const shown = this.#input.type === 'text';
      this.#input.type = shown ? 'password' : 'text';
      this.#show.textContent = shown ? 'Show' : 'Hide';
      this.#show.setAttribute('aria-pressed', String(!shown));
      this.#input.focus();
    });
  }

  /** A person is being asked, or what was answered is being tried. */
  get open(): boolean {
    return !this.#form.hidden;
  }

  /** Keep what opens the site on this device. */
  get remember(): boolean {
    return this.#remember.checked;
  }

  /** Asks; resolves with null when it is asked anew, or the door closes, before there is an answer. */
  ask(wasWrong: boolean): Promise<string | null> {
    this.#settle(null);
    const again = this.open;
    this.#form.hidden = false;
    this.#says.textContent = wasWrong ? 'That is not the password. Try again.' : '';
    this.#input.setAttribute('aria-invalid', String(wasWrong));
    this.#busy(false);
    this.#input.focus();
    if (wasWrong || !again) this.#input.select();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** The site is open, or there is another thing in the way. What was typed is forgotten when it is open. */
  close(forget: boolean): void {
    this.#form.hidden = true;
    if (forget) this.#input.value = '';
    this.#settle(null);
  }

  #given(): void {
    if (!this.#answer || this.#input.value === '') return;
    this.#says.textContent = 'Trying it …';
    this.#input.setAttribute('aria-invalid', 'false');
    this.#busy(true);
    this.#settle(this.#input.value);
  }

  /** Read-only, not disabled: the focus stays where it is. */
  #busy(busy: boolean): void {
    this.#input.readOnly = busy;
    this.#submit.disabled = busy;
  }

  #settle(password: string | null): void {
    this.#answer?.(password);
    this.#answer = null;
  }
}
